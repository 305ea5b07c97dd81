"""Bearer authentication for `requests`."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urljoin

import requests
from requests.auth import AuthBase
from requests.cookies import extract_cookies_to_jar
from requests.exceptions import UnrewindableBodyError
from requests.hooks import default_hooks
from requests.utils import rewind_body

from .client import TokenClient
from .errors import TokenError
from .token_cache import YOUNG_PAUSES_SECONDS

# RFC 9110, section 5.1: names of fields.
HEADER_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
# Set by the connection, or with another meaning.
OTHER_HEADERS = re.compile(
    r"host|connection|content-.*|transfer-encoding|cookie|expect|te|trailer|upgrade", re.IGNORECASE
)


class BearerAuth(AuthBase):
    """
    Sends the token, and after a 401 the same request once more with the token's successor. Any other answer, 403
    included, is returned as it came.

        requests.get(url, auth=BearerAuth(client))

    Raises TokenError `TokenRejected` if there is no successor or the API refuses it, too, and `BodyNotReplayable` if the
    body was a stream that cannot be rewound; both with the API's `response`. The 401 in the `history` of a response has
    lost its body. The `request` of a response is kept without the token, so that responses can be logged and pickled.

    A token that was stored in the last 5 seconds is sent again after 1 s and after 3 s before it counts as rejected.

    `header` and `scheme` are where the API wants the token, and what stands before it there: `header="X-Tableau-Auth",
    scheme=""`. A redirect to another host loses the token, whatever the header.
    """

    def __init__(self, client: TokenClient, *, header: str = "Authorization", scheme: str = "Bearer") -> None:
        if not HEADER_NAME.fullmatch(header) or OTHER_HEADERS.fullmatch(header):
            raise TokenError("InvalidOption", f"header is the name of an HTTP header for a token, got {header!r}")
        if not re.fullmatch(r"[\x21-\x7e]*", scheme):
            raise TokenError("InvalidOption", f"scheme is visible ASCII, or empty, got {scheme!r}")
        self._client = client
        self._header = header
        self._prefix = f"{scheme} " if scheme else ""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers[self._header] = self._prefix + self._client.get_token()
        request.register_hook("response", self._after)
        return request

    def __deepcopy__(self, _: Any) -> BearerAuth:
        """Copies share the token at hand."""
        return self

    def _after(self, response: requests.Response, **settings: Any) -> requests.Response:
        request = response.request
        response.request = self._without_token(request)
        answered = self._answered(response, request, settings)
        # `requests` builds the next request from this one, and itself takes away the header Authorization only.
        if leaves_host(answered):
            request.headers.pop(self._header, None)
        return answered

    def _answered(
        self, response: requests.Response, request: requests.PreparedRequest, settings: Any
    ) -> requests.Response:
        # A redirect to another host loses the token: a 401 from there says nothing about it.
        if response.status_code != 401 or not self._sent_token(request):
            return response
        first = self._while_young(response, request, settings)
        if first.status_code != 401:
            return first
        second_request = request.copy()
        failure = None
        try:
            self._replace_token(second_request)
        except TokenError as error:
            failure = error.for_caller(first)
        if failure is not None:
            raise failure
        if not rewind(second_request):
            raise TokenError(
                "BodyNotReplayable",
                "the API answered 401, and the body was a stream that is used up; there is a newer token now: call again with a new one",
                response=first,
            )
        second = self._send_again(first, second_request, settings)
        second = self._while_young(second, second_request, settings)
        if second.status_code != 401:
            return second
        raise TokenError("TokenRejected", "the API refuses the newest token, too", response=second)

    def _while_young(
        self, response: requests.Response, request: requests.PreparedRequest, settings: Any
    ) -> requests.Response:
        """Sends the same token again while it is so young that the API may not know it yet."""
        for pause in YOUNG_PAUSES_SECONDS:
            is_worthwhile = response.status_code == 401 and self._client.is_young(self._sent_token(request))
            if not is_worthwhile or not rewind(request):
                break
            time.sleep(pause)
            response = self._send_again(response, request.copy(), settings)
        return response

    def _replace_token(self, request: requests.PreparedRequest) -> None:
        """Apart, so that no token is a local variable of `_after`, which raises: error trackers record those."""
        successor = self._client.get_token(rejected=self._sent_token(request))
        request.headers[self._header] = self._prefix + successor

    def _sent_token(self, request: requests.PreparedRequest) -> str:
        """Empty if none was sent."""
        value = str(request.headers.get(self._header, ""))
        return value[len(self._prefix) :] if value.startswith(self._prefix) else ""

    def _without_token(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """What a response keeps of its request: it may be logged, pickled or copied, without the token and this object."""
        kept = request.copy()
        kept.headers.pop(self._header, None)
        kept.hooks = default_hooks()
        return kept

    def _send_again(
        self, first: requests.Response, request: requests.PreparedRequest, settings: Any
    ) -> requests.Response:
        """As the digest authentication of `requests` does it, but by a new connection."""
        # Unread, so that the connection is closed: the server may be about to end one that was idle during the wait.
        first.close()
        extract_cookies_to_jar(request._cookies, first.request, first.raw)  # type: ignore[arg-type]
        request.prepare_cookies(request._cookies)
        second: requests.Response = first.connection.send(request, **settings)
        second.history.append(first)
        second.request = self._without_token(request)
        return second


def leaves_host(response: requests.Response) -> bool:
    """Whether the response redirects to where `requests` would send no authorization."""
    if not response.is_redirect:
        return False
    target = urljoin(response.url, response.headers["location"])
    return requests.Session().should_strip_auth(response.url, target)


def rewind(request: requests.PreparedRequest) -> bool:
    """Whether the body can be sent again: sending does not use it up, or it is a file that is now back where it was."""
    if request.body is None or isinstance(request.body, (str, bytes, bytearray, memoryview)):
        return True
    try:
        rewind_body(request)
    except UnrewindableBodyError:
        return False
    return True
