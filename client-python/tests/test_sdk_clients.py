from __future__ import annotations

import http.server
import json
import os
import tempfile
import threading
import time
import unittest
from unittest import mock

from token_refresher_client import TokenClient, TokenError
from token_refresher_client.refresh_requests import SqsRefreshRequests
from token_refresher_client.sdk_clients import OwnClient

NOWHERE = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
SOMEWHERE = {**NOWHERE, "AWS_DEFAULT_REGION": "us-east-1"}

NO_LOGIN = """
[profile with-url]
sso_start_url = https://no-such-login.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = reader

[profile with-session]
sso_session = no-such-login
sso_account_id = 123456789012
sso_role_name = reader

[sso-session no-such-login]
sso_start_url = https://no-such-login.awsapps.com/start
sso_region = us-east-1
"""


class SilentSsm(http.server.ThreadingHTTPServer):
    """Answers until it falls silent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.speaks = threading.Event()
        self.speaks.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """Nobody waits for an answer that comes late."""

    def close(self) -> None:
        self.speaks.set()
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    server: SilentSsm

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.speaks.wait()
        parameter = {"Value": "token-1", "Version": 1, "LastModifiedDate": time.time()}
        answer = json.dumps({"Parameter": parameter}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


class OwnClientTest(unittest.TestCase):
    def environment(self, **variables: str) -> None:
        patch = mock.patch.dict(os.environ, variables, clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def test_it_gives_up_soon(self) -> None:
        self.environment(**SOMEWHERE)
        for service in ["ssm", "sqs"]:
            config = OwnClient(service)().meta.config
            self.assertEqual((config.connect_timeout, config.read_timeout), (1, 2))
            self.assertEqual(config.retries["total_max_attempts"], 3)

    def test_no_region_is_told_at_once_and_not_worth_a_retry(self) -> None:
        self.environment(**NOWHERE)
        with self.assertRaises(TokenError) as raised:
            TokenClient(environment="sandbox", token="payments-api")
        error = raised.exception
        self.assertEqual((error.code, error.retryable), ("InvalidOption", False))
        self.assertIn("NoRegionError", error.message)
        self.assertIsNone(error.__context__)

    def test_a_region_that_cannot_be_is_told_in_the_same_way(self) -> None:
        for region in ["", "eu central 1", "https://x"]:
            self.environment(**{**SOMEWHERE, "AWS_DEFAULT_REGION": region})
            with self.subTest(region), self.assertRaises(TokenError) as raised:
                TokenClient(environment="sandbox", token="payments-api")
            self.assertEqual((raised.exception.code, raised.exception.retryable), ("InvalidOption", False))

    def test_nor_is_it_when_the_refresher_is_to_be_asked(self) -> None:
        self.environment(**NOWHERE)
        requests = SqsRefreshRequests("payments-api", "https://sqs/1/q.fifo", OwnClient("sqs"))
        with self.assertRaises(TokenError) as raised:
            requests.send(1)
        self.assertEqual(raised.exception.code, "InvalidOption")

    def test_a_profile_that_does_not_exist_is_told_as_invalid_credentials(self) -> None:
        self.environment(**SOMEWHERE, AWS_PROFILE="no-such-profile")
        with self.assertRaises(TokenError) as raised:
            TokenClient(environment="sandbox", token="payments-api")
        self.assertEqual(raised.exception.code, "AwsCredentialsInvalid")

    def test_a_profile_without_its_login_is_told_as_invalid_credentials(self) -> None:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(NO_LOGIN)
            file.flush()
            for profile in ["with-url", "with-session"]:
                self.environment(
                    AWS_CONFIG_FILE=file.name,
                    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
                    AWS_EC2_METADATA_DISABLED="true",
                    AWS_DEFAULT_REGION="us-east-1",
                    AWS_PROFILE=profile,
                )
                with self.subTest(profile):
                    with self.assertRaises(TokenError) as raised:
                        TokenClient(environment="sandbox", token="payments-api").get_token()
                    error = raised.exception
                    self.assertEqual(error.code, "AwsCredentialsInvalid")
                    self.assertEqual(error.aws_error, "SSOTokenLoadError")

    def test_in_lambda_too_nobody_with_a_token_at_hand_waits_long_for_an_ssm_that_never_answers(self) -> None:
        ssm = SilentSsm()
        self.addCleanup(ssm.close)
        endpoint = f"http://127.0.0.1:{ssm.server_port}"
        self.environment(**SOMEWHERE, AWS_ENDPOINT_URL=endpoint, AWS_LAMBDA_FUNCTION_NAME="orders")
        client = TokenClient(environment="sandbox", token="payments-api", max_age_seconds=1)
        client.get_token()
        ssm.speaks.clear()
        time.sleep(1)
        began = time.monotonic()
        self.assertEqual([client.get_token() for _ in range(3)], ["token-1"] * 3)
        waited = time.monotonic() - began
        self.assertGreater(waited, 1.5)
        self.assertLess(waited, 3)


if __name__ == "__main__":
    unittest.main()
