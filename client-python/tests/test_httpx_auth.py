from __future__ import annotations

import asyncio
import unittest
from unittest import mock

import httpx
from token_refresher_client import TokenError
from token_refresher_client.httpx_auth import BearerAuth

from .test_requests_auth import Api, FakeClient


class SyncTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = FakeClient()
        self.api = Api()
        self.addCleanup(self.api.close)

    def send(self, method: str, path: str = "", **options) -> httpx.Response:
        with httpx.Client(auth=BearerAuth(self.client), follow_redirects=True) as client:
            return client.request(method, self.api.url + path, **options)

    def stream(self):
        return iter([b"body"])

    def failure(self, **options) -> TokenError:
        with self.assertRaises(TokenError) as raised:
            self.send("POST", **options)
        return raised.exception

    def tokens_seen(self) -> list[str | None]:
        return [authorization for authorization, _ in self.api.seen]

    def test_after_a_401_the_request_is_sent_once_more_with_the_successor(self) -> None:
        self.assertEqual(self.send("POST", content=b"an order").status_code, 200)
        self.assertEqual(self.api.seen, [("Bearer old", b"an order"), ("Bearer new", b"an order")])
        self.assertEqual(self.client.rejected, [None, "old"])

    def test_after_a_redirect_only_the_last_request_is_repeated(self) -> None:
        self.api.elsewhere = self.api.url
        self.assertEqual(self.send("POST", "/see-other", content=b"an order").status_code, 200)
        self.assertEqual(self.api.seen, [("Bearer old", b"an order"), ("Bearer old", b""), ("Bearer new", b"")])

    def test_a_redirect_to_another_host_loses_the_token_and_its_401_is_passed_on(self) -> None:
        other = Api()
        self.addCleanup(other.close)
        self.api.elsewhere = other.url
        self.assertEqual(self.send("POST", "/see-other").status_code, 401)
        self.assertEqual(other.seen, [(None, b"")])
        self.assertEqual(self.client.rejected, [None])

    def test_a_second_401_is_an_error_with_the_answer(self) -> None:
        self.api.accepts = "neither"
        error = self.failure()
        self.assertEqual((error.code, error.response.status_code), ("TokenRejected", 401))
        self.assertEqual(len(self.api.seen), 2)

    def test_no_successor_is_an_error_with_the_answer(self) -> None:
        self.client.failure = TokenError("TokenRejected", "none newer")
        self.assertEqual(self.failure().response.status_code, 401)
        self.assertIsNone(self.client.failure.response)

    def test_a_stream_is_not_sent_again(self) -> None:
        self.client.young = {"old"}
        self.assertEqual(self.failure(content=self.stream()).code, "BodyNotReplayable")
        self.assertEqual(self.tokens_seen(), ["Bearer old"])
        self.assertEqual(self.client.rejected, [None, "old"])

    def test_403_is_passed_on(self) -> None:
        self.assertEqual(self.send("POST", "/forbidden").status_code, 403)
        self.assertEqual(self.client.rejected, [None])

    def test_a_young_token_is_sent_again_before_it_counts_as_rejected(self) -> None:
        self.client.young = {"old"}
        self.api.accepted_at = 3
        with mock.patch("time.sleep") as sleep:
            self.assertEqual(self.send("POST", content=b"an order").status_code, 200)
        self.assertEqual([call.args[0] for call in sleep.call_args_list], [1, 2])
        self.assertEqual(self.client.rejected, [None])


class AsyncTest(SyncTest):
    """The same, by the asynchronous client."""

    def send(self, method: str, path: str = "", **options) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(auth=BearerAuth(self.client), follow_redirects=True) as client:
                return await client.request(method, self.api.url + path, **options)

        return asyncio.run(send())

    def stream(self):
        async def parts():
            yield b"body"

        return parts()


if __name__ == "__main__":
    unittest.main()
