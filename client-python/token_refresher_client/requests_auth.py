"""Bearer authentication for `requests`."""

from __future__ import annotations

from typing import Any

import requests
from requests.auth import AuthBase
from requests.cookies import extract_cookies_to_jar
from requests.exceptions import UnrewindableBodyError
from requests.utils import rewind_body

from .client import TokenClient
from .errors import TokenError

SCHEME = "Bearer "


class BearerAuth(AuthBase):
    """
    Sends the token, and after a 401 the same request once more with the token's successor. Any other answer, 403
    included, is returned as it came.

        requests.get(url, auth=BearerAuth(client))

    Raises TokenError `TokenRejected` if there is no successor or the API refuses it, too, and `BodyNotReplayable` if the
    body was a stream that cannot be rewound; both with the API's `response`. The 401 in the `history` of a response has
    lost its body.
    """

    def __init__(self, client: TokenClient) -> None:
        self._client = client

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = SCHEME + self._client.get_token()
        request.register_hook("response", self._after)
        return request

    def _after(self, response: requests.Response, **settings: Any) -> requests.Response:
        # A redirect to another host loses the token: a 401 from there says nothing about it.
        if response.status_code != 401 or not sent_token(response.request):
            return response
        request = response.request.copy()
        failure = None
        try:
            self._replace_token(request)
        except TokenError as error:
            failure = error.for_caller(response)
        if failure is not None:
            raise failure
        if not rewind(request):
            raise TokenError(
                "BodyNotReplayable",
                "the API answered 401, and the body was a stream that is used up; there is a newer token now: call again with a new one",
                response=response,
            )
        second = send_again(response, request, settings)
        if second.status_code != 401:
            return second
        raise TokenError("TokenRejected", "the API refuses the newest token, too", response=second)

    def _replace_token(self, request: requests.PreparedRequest) -> None:
        """Apart, so that no token is a local variable of `_after`, which raises: error trackers record those."""
        successor = self._client.get_token(rejected=sent_token(request))
        request.headers["Authorization"] = SCHEME + successor


def sent_token(request: requests.PreparedRequest) -> str:
    """Empty if none was sent."""
    authorization = str(request.headers.get("Authorization", ""))
    return authorization[len(SCHEME) :] if authorization.startswith(SCHEME) else ""


def rewind(request: requests.PreparedRequest) -> bool:
    """Whether the body can be sent again: sending does not use it up, or it is a file that is now back where it was."""
    if request.body is None or isinstance(request.body, (str, bytes, bytearray, memoryview)):
        return True
    try:
        rewind_body(request)
    except UnrewindableBodyError:
        return False
    return True


def send_again(
    first: requests.Response, request: requests.PreparedRequest, settings: Any
) -> requests.Response:
    """As the digest authentication of `requests` does it, but by a new connection."""
    # Unread, so that the connection is closed: the server may be about to end one that was idle during the wait.
    first.close()
    extract_cookies_to_jar(request._cookies, first.request, first.raw)  # type: ignore[arg-type]
    request.prepare_cookies(request._cookies)
    second = first.connection.send(request, **settings)
    second.history.append(first)
    second.request = request
    return second
