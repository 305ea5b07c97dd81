"""Real boto3 and requests against AWS in memory, the real refresher and a token API."""

from __future__ import annotations

import time
import unittest
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
        self.late = 0.0

    def new_client(self, **options) -> TokenClient:
        return TokenClient(
            environment="sandbox",
            token="payments-api",
            ssm=self.aws("ssm"),
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

    def statuses(self, client: TokenClient, calls: int) -> list[int]:
        auth = BearerAuth(client)

        def call(_: int) -> int:
            return requests.get(self.servers.resource, auth=auth, timeout=60).status_code

        with ThreadPoolExecutor(calls) as pool:
            return list(pool.map(call, range(calls)))

    def test_1000_parallel_requests_that_all_get_401_cause_one_refresh_and_all_succeed(self) -> None:
        client = self.new_client()
        self.assertEqual(self.statuses(client, 1), [200])
        self.servers.tell("revoke")
        statuses = self.statuses(client, 1000)
        self.assertEqual(statuses.count(200), 1000)
        report = self.servers.tell("report")
        self.assertEqual((report["logins"], report["refreshes"], report["reuses"]), (1, 1, 0))
        self.assertEqual(report["requests"], 1)
        seconds = time.time() - report["reads"][0] / 1000
        self.assertLessEqual(len(report["reads"]), 1 + seconds)

    def test_without_leave_to_ask_the_call_fails_and_says_so(self) -> None:
        client = self.new_client(queue_url=None)
        self.assertEqual(self.statuses(client, 1), [200])
        self.servers.tell("revoke")
        with self.assertRaises(TokenError) as raised:
            self.statuses(client, 1)
        self.assertEqual(raised.exception.code, "TokenRejected")
        self.assertEqual(raised.exception.response.status_code, 401)

    def test_1000_parallel_cold_reads_are_one_get_parameter(self) -> None:
        client = self.new_client()
        with ThreadPoolExecutor(1000) as pool:
            tokens = set(pool.map(lambda _: client.get_token(), range(1000)))
        self.assertEqual(len(tokens), 1)
        self.assertEqual(len(self.servers.tell("report")["reads"]), 1)

    def test_a_missing_parameter_is_told(self) -> None:
        client = TokenClient(environment="sandbox", token="no-such-token", ssm=self.aws("ssm"))
        with self.assertRaises(TokenError) as raised:
            client.get_token()
        self.assertEqual(raised.exception.code, "ParameterNotFound")


if __name__ == "__main__":
    unittest.main()
