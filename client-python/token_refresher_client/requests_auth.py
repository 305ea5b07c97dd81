"""Bearer authentication for `requests`."""

from __future__ import annotations

from typing import Any

import requests
from requests.auth import AuthBase
from requests.cookies import extract_cookies_to_jar
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
        sent = str(response.request.headers.get("Authorization", ""))
        # A redirect to another host loses the token: a 401 from there says nothing about it.
        if response.status_code != 401 or not sent.startswith(SCHEME):
            return response
        failure = None
        successor = ""
        try:
            successor = self._client.get_token(rejected=sent[len(SCHEME) :])
        except TokenError as error:
            failure = error.for_caller(response)
        if failure is not None:
            raise failure
        if not is_replayable(response.request):
            raise TokenError(
                "BodyNotReplayable",
                "the API answered 401, and the body was a stream that is used up; there is a newer token now: call again with a new one",
                response=response,
            )
        second = send_again(response, successor, settings)
        if second.status_code != 401:
            return second
        raise TokenError("TokenRejected", "the API refuses the newest token, too", response=second)


def is_replayable(request: requests.PreparedRequest) -> bool:
    """Sending the body does not use it up, or it is a file that was at a known position."""
    body = request.body
    if body is None or isinstance(body, (str, bytes, bytearray)):
        return True
    return isinstance(request._body_position, int) and hasattr(body, "seek")


def send_again(first: requests.Response, token: str, settings: Any) -> requests.Response:
    """As the digest authentication of `requests` does it, but by a new connection."""
    # Unread, so that the connection is closed: the server may be about to end one that was idle during the wait.
    first.close()
    request = first.request.copy()
    extract_cookies_to_jar(request._cookies, first.request, first.raw)  # type: ignore[arg-type]
    request.prepare_cookies(request._cookies)
    request.headers["Authorization"] = SCHEME + token
    if isinstance(request._body_position, int):
        rewind_body(request)
    second = first.connection.send(request, **settings)
    second.history.append(first)
    second.request = request
    return second
