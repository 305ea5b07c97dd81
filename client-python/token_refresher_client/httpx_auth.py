"""Bearer authentication for `httpx`."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Generator
from typing import Optional

import anyio.to_thread
import httpx

from .client import TokenClient
from .errors import TokenError
from .token_cache import YOUNG_PAUSES_SECONDS

Flow = Generator[httpx.Request, httpx.Response, None]


class BearerAuth(httpx.Auth):
    """
    Sends the token, and after a 401 the same request once more with the token's successor. Any other answer, 403
    included, is returned as it came. After a redirect that is the last request only; one to another host lost the token.

        httpx.get(url, auth=BearerAuth(client))
        await async_client.get(url, auth=BearerAuth(client))

    Raises TokenError `TokenRejected` if there is no successor or the API refuses it, too, and `BodyNotReplayable` if the
    body was a stream; both with the API's `response`. With an `AsyncClient` the token is read in a thread.

    A token that was stored in the last 5 seconds is sent again after 1 s and after 3 s before it counts as rejected.
    """

    def __init__(self, client: TokenClient) -> None:
        self._client = client

    def sync_auth_flow(self, request: httpx.Request) -> Flow:
        token = self._client.get_token()
        response = yield from self._send(request, token)
        if response.status_code != 401 or not sent(response.request, token):
            return
        try:
            successor = self._client.get_token(rejected=token)
        except TokenError as error:
            raise error.for_caller(response) from None
        if not is_replayable(response.request):
            raise TokenError(
                "BodyNotReplayable",
                "the API answered 401, and the body was a stream that is used up; there is a newer token now: call again with a new one",
                response=response,
            )
        response = yield from self._send(response.request, successor)
        if response.status_code == 401 and sent(response.request, successor):
            raise TokenError("TokenRejected", "the API refuses the newest token, too", response=response)

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        flow = self.sync_auth_flow(request)
        outgoing = await anyio.to_thread.run_sync(step, flow, None)
        while outgoing is not None:
            response = yield outgoing
            outgoing = await anyio.to_thread.run_sync(step, flow, response)

    def _send(self, request: httpx.Request, token: str) -> Generator[httpx.Request, httpx.Response, httpx.Response]:
        """Sends the same token again while it is so young that the API may not know it yet."""
        response = yield with_token(request, token)
        for pause in YOUNG_PAUSES_SECONDS:
            last = response.request
            is_worthwhile = response.status_code == 401 and self._client.is_young(token)
            if not (is_worthwhile and sent(last, token) and is_replayable(last)):
                break
            time.sleep(pause)
            response = yield with_token(last, token)
        return response


def step(flow: Flow, response: Optional[httpx.Response]) -> Optional[httpx.Request]:
    """The next request; None at the end, since no StopIteration leaves a thread."""
    try:
        return next(flow) if response is None else flow.send(response)
    except StopIteration:
        return None


def with_token(request: httpx.Request, token: str) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token}"
    return request


def sent(request: httpx.Request, token: str) -> bool:
    """Whether a request brought the token: a redirect to another host takes it away, and a 401 from there says nothing."""
    return bool(request.headers.get("Authorization") == f"Bearer {token}")


def is_replayable(request: httpx.Request) -> bool:
    """Whether the body can be sent again: it is in memory."""
    return isinstance(request.stream, httpx.ByteStream)
