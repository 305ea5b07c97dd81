"""Real boto3 and requests against AWS in memory or a MiniStack, the real refresher and a token API."""

from __future__ import annotations

import os
import time
import unittest
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import boto3
import requests
from botocore.config import Config
from token_refresher_client import TokenClient, TokenError
from token_refresher_client.requests_auth import BearerAuth

from .servers import Servers


class RevocationTest(unittest.TestCase):
    def setUp(self) -> None:
        self.servers = Servers()
        self.addCleanup(self.servers.close)
        self.assertEqual(self.servers.endpoint, os.environ.get("MINISTACK_ENDPOINT", self.servers.endpoint))
        #: When GetParameter was sent, in seconds since the epoch.
        self.reads: list[float] = []

    def new_client(self, **options) -> TokenClient:
        ssm = self.aws("ssm")
        ssm.meta.events.register("before-send.ssm.GetParameter", self.count_read)
        return TokenClient(
            environment=self.servers.environment,
            token="payments-api",
            ssm=ssm,
            sqs=self.aws("sqs"),
            **{"queue_url": self.servers.queue_url, **options},
        )

    def aws(self, service: str):
        return boto3.client(
            service,
            endpoint_url=self.servers.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 2}),
        )

    def count_read(self, **_: object) -> None:
        self.reads.append(time.time())

    def request(self, client: TokenClient) -> requests.PreparedRequest:
        """With the token that the client has at hand now."""
        return requests.Request("GET", self.servers.resource, auth=BearerAuth(client)).prepare()

    def statuses(self, prepared: list[requests.PreparedRequest]) -> list[int]:
        def send(request: requests.PreparedRequest) -> int:
            with requests.Session() as session:
                return session.send(request, timeout=60).status_code

        with ThreadPoolExecutor(len(prepared)) as pool:
            return list(pool.map(send, prepared))

    def test_1000_parallel_requests_that_all_get_401_cause_one_refresh_and_all_succeed(self) -> None:
        client = self.new_client()
        prepared = [self.request(client) for _ in range(1000)]
        self.servers.tell("revoke")
        self.assertEqual(self.statuses(prepared), [200] * 1000)
        report = self.servers.tell("report")
        self.assertEqual(Counter(report["answers"]), {401: 1000, 200: 1000})
        self.assertEqual((report["logins"], report["refreshes"], report["reuses"]), (1, 1, 0))
        self.assertEqual(report["requests"], 1)
        # A second from beginning to beginning; with a thousand threads one may be sent somewhat later than it began.
        gaps = [later - earlier for earlier, later in zip(self.reads, self.reads[1:])]
        # The first poll comes sooner, once.
        self.assertGreater(min(gaps[1:], default=1), 0.5)

    def test_without_leave_to_ask_the_call_fails_and_says_so(self) -> None:
        request = self.request(self.new_client(queue_url=None))
        self.servers.tell("revoke")
        with self.assertRaises(TokenError) as raised:
            self.statuses([request])
        self.assertEqual(raised.exception.code, "TokenRejected")
        self.assertEqual(raised.exception.response.status_code, 401)

    def test_1000_parallel_cold_reads_are_one_get_parameter(self) -> None:
        client = self.new_client()
        with ThreadPoolExecutor(1000) as pool:
            tokens = set(pool.map(lambda _: client.get_token(), range(1000)))
        self.assertEqual(len(tokens), 1)
        self.assertEqual(len(self.reads), 1)

    def test_a_missing_parameter_is_told(self) -> None:
        client = TokenClient(environment="sandbox", token="no-such-token", ssm=self.aws("ssm"))
        with self.assertRaises(TokenError) as raised:
            client.get_token()
        self.assertEqual(raised.exception.code, "ParameterNotFound")


if __name__ == "__main__":
    unittest.main()
