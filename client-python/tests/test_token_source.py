from __future__ import annotations

import traceback
import unittest

from token_refresher_client import TokenClient, TokenError
from token_refresher_client.refresh_requests import request_text

from .fakes import MINUTE, AwsError, FakeClock, FakeSsm, jwt

KMS_OLD = "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access."


class SourceTest(unittest.TestCase):
    def setUp(self) -> None:
        self.clock = FakeClock()
        self.ssm = FakeSsm(self.clock)

    def get(self, **options) -> str:
        client = TokenClient(
            environment="sandbox",
            token="payments-api",
            ssm=self.ssm,
            clock=self.clock,
            renew_ahead=False,
            **options,
        )
        return client.get_token()

    def failure(self, **options) -> TokenError:
        with self.assertRaises(TokenError) as raised:
            self.get(**options)
        return raised.exception

    def test_an_answer_without_version_or_date_is_an_error_that_names_it(self) -> None:
        for field in ["Version", "LastModifiedDate"]:
            with self.subTest(field):
                self.ssm = FakeSsm(self.clock)
                self.ssm.write()
                del self.ssm._stored[field]
                self.assertRegex(str(self.failure()), f"ParameterMalformed: .* has no {field}")

    def test_errors_of_aws_are_told_apart(self) -> None:
        for code, message, expected, permission in [
            ("ParameterNotFound", "", "ParameterNotFound", None),
            (
                "AccessDeniedException",
                "User: arn:aws:sts::1:assumed-role/kms-user/x is not authorized to perform: ssm:GetParameter",
                "AccessDenied",
                "ssm:GetParameter",
            ),
            (
                "AccessDeniedException",
                "not authorized to perform: kms:Decrypt",
                "AccessDenied",
                "kms:Decrypt",
            ),
            ("AccessDeniedException", KMS_OLD, "AccessDenied", "kms:Decrypt"),
            ("AccessDenied", "not authorized to perform: sts:AssumeRole", "AwsCredentialsInvalid", None),
            (
                "AccessDenied",
                "Not authorized to perform sts:AssumeRoleWithWebIdentity",
                "AwsCredentialsInvalid",
                None,
            ),
            ("InvalidKeyId", "", "KeyUnusable", None),
            ("ExpiredTokenException", "", "AwsCredentialsInvalid", None),
            ("SignatureDoesNotMatch", "", "AwsCredentialsInvalid", None),
            ("UnauthorizedSSOTokenError", "", "AwsCredentialsInvalid", None),
            ("ThrottlingException", "", "ParameterUnavailable", None),
            ("InternalServerError", "", "ParameterUnavailable", None),
        ]:
            with self.subTest(code, message=message):
                self.ssm.failure = AwsError(code, message)
                error = self.failure()
                self.assertEqual((error.code, error.permission), (expected, permission))
                self.assertEqual((error.aws_error, error.request_id), (code, "id-1"))

    def test_nothing_of_an_sdk_error_gets_out_but_its_name(self) -> None:
        self.ssm.failure = ValueError("Unable to parse: the-secret-token")
        error = self.failure()
        self.assertEqual(error.aws_error, "ValueError")
        shown = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        self.assertNotIn("the-secret-token", shown)
        self.assertIsNone(error.__context__)

    def test_white_space_around_the_value_is_no_part_of_it(self) -> None:
        self.ssm.write("  the-token\n")
        self.assertEqual(self.get(), "the-token")

    def test_values_that_are_no_token(self) -> None:
        for value in [" ", "two words", "first\nsecond", "tökén"]:
            with self.subTest(value):
                self.ssm.write(value)
                error = self.failure()
                self.assertEqual(error.code, "ParameterMalformed")
                if value.strip():
                    self.assertNotIn(value, str(error))

    def test_the_expiry(self) -> None:
        for name, value, options, minutes in [
            ("30 minutes by default", "opaque", {}, 30),
            ("as the option says", "opaque", {"lifetime_seconds": 3600}, 60),
            ("as a JWT says", jwt(iat=0, exp=600), {}, 10),
            ("a JWT that says nothing", jwt(sub="x"), {}, 30),
            ("a JWT that ends before it begins", jwt(iat=600, exp=0), {}, 30),
            ("no JWT", "a.b.c", {}, 30),
        ]:
            with self.subTest(name):
                self.clock.passed = 0
                self.ssm.write(value)
                self.clock.passed = minutes * MINUTE - 1
                self.assertEqual(self.get(**options), value)
                self.clock.passed += 1
                self.assertEqual(self.failure(**options).code, "TokenExpired")

    def test_the_age_of_a_token_is_right_on_a_computer_whose_clock_is_an_hour_ahead(self) -> None:
        self.ssm.write()
        self.clock.wall_offset = 60 * MINUTE
        self.assertEqual(self.get(), "token-1")


class OptionsTest(unittest.TestCase):
    def new_client(self, **options) -> TokenClient:
        return TokenClient(**{"environment": "sandbox", "token": "payments-api", "ssm": object(), **options})

    def test_at_their_limits(self) -> None:
        self.new_client(max_age_seconds=225)
        self.new_client(lifetime_seconds=1576, max_age_seconds=1)
        self.new_client(lifetime_seconds=240, interval_seconds=60)
        self.new_client(queue_url="https://sqs.us-east-1.amazonaws.com/1/q.fifo", wait_seconds=120)

    def test_one_past_them(self) -> None:
        for options, message in [
            ({"environment": "Sandbox"}, "environment matches"),
            ({"token": "payments_api"}, "token matches"),
            ({"token": "a" * 31}, "token has at most 30 characters"),
            ({"max_age_seconds": 226}, "max_age_seconds is a number from 1 to 225, got 226"),
            ({"max_age_seconds": True}, "got True"),
            ({"lifetime_seconds": 1575}, "lifetime_seconds is more than interval_seconds (1500) + 75"),
            ({"poll_seconds": 0.5}, "poll_seconds is a number from 1 to 60"),
            ({"queue_url": "q.fifo"}, "queue_url is the URL of a FIFO queue"),
            ({"wait_seconds": 121}, "wait_seconds is a number from 1 to 120"),
        ]:
            with self.subTest(options), self.assertRaises(TokenError) as raised:
                self.new_client(**options)
            self.assertIn(message, str(raised.exception))
        with self.assertRaises(TypeError):
            self.new_client(max_age=60)


class RequestTest(unittest.TestCase):
    def test_a_request_is_what_its_documentation_says(self) -> None:
        self.assertIn(request_text("payments-api", 7), request_text.__doc__)


if __name__ == "__main__":
    unittest.main()
