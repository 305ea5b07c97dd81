from __future__ import annotations

import unittest

from token_refresher_client import TokenClient, TokenError

from .fakes import AwsError, FakeClock, FakeSqs, FakeSsm

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/token-refresher-sandbox.fifo"


class RecoveryTest(unittest.TestCase):
    def setUp(self) -> None:
        self.clock = FakeClock()
        self.ssm = FakeSsm(self.clock)
        self.sqs = FakeSqs()
        self.events: list[dict] = []
        self.ssm.write()
        self.client = self.new_client()

    def new_client(self, queue_url: str | None = QUEUE) -> TokenClient:
        client = TokenClient(
            environment="sandbox",
            token="payments-api",
            ssm=self.ssm,
            sqs=self.sqs,
            queue_url=queue_url,
            clock=self.clock,
            renew_ahead=False,
            on_event=self.events.append,
        )
        client.get_token()
        self.clock.passed += 10
        return client

    def failure(self) -> TokenError:
        with self.assertRaises(TokenError) as raised:
            self.client.get_token(rejected="token-1")
        return raised.exception

    def test_a_successor_that_is_stored_already_takes_one_read(self) -> None:
        self.ssm.write()
        self.assertEqual(self.client.get_token(rejected="token-1"), "token-2")
        self.assertEqual(len(self.ssm.reads), 2)
        self.assertEqual(self.sqs.sent, [])

    def test_else_the_refresher_is_asked_and_polled_for_once_a_second(self) -> None:
        self.sqs.on_send = lambda: setattr(self.ssm, "on_read", self.write_at_the_second_read)
        self.assertEqual(self.client.get_token(rejected="token-1"), "token-2")
        self.assertEqual(
            self.sqs.sent,
            [
                {
                    "QueueUrl": QUEUE,
                    "MessageGroupId": "payments-api",
                    "MessageBody": '{"token":"payments-api","requestedBy":"consumer","rejectedVersion":1}',
                }
            ],
        )
        self.assertEqual([read - self.ssm.reads[1] for read in self.ssm.reads[1:]], [0, 1, 2])
        types = [event["type"] for event in self.events if event["type"] != "read"]
        self.assertEqual(types, ["rejected", "refresh-requested", "recovered"])

    def write_at_the_second_read(self) -> None:
        if len(self.ssm.reads) == 4:
            self.ssm.write()

    def test_without_leave_to_ask_it_says_so(self) -> None:
        self.client = self.new_client(queue_url=None)
        error = self.failure()
        self.assertEqual(error.code, "TokenRejected")
        self.assertIn("may not be asked", str(error))

    def test_it_gives_up_and_for_a_minute_does_not_ask_or_wait_again(self) -> None:
        began = self.clock.passed
        self.assertEqual(self.failure().code, "TokenRejected")
        self.assertLessEqual(self.clock.passed - began, 22)
        began = self.clock.passed
        self.assertIn("in vain", str(self.failure()))
        self.assertLessEqual(self.clock.passed - began, 1)
        self.assertEqual(len(self.sqs.sent), 1)
        self.clock.passed += 60
        self.failure()
        self.assertEqual(len(self.sqs.sent), 2)

    def test_it_asks_although_ssm_fails(self) -> None:
        self.ssm.failure = AwsError("ThrottlingException")

        def recover() -> None:
            self.ssm.failure = None
            self.ssm.write()

        self.sqs.on_send = recover
        self.assertEqual(self.client.get_token(rejected="token-1"), "token-2")

    def test_not_being_allowed_to_ask_names_the_permission(self) -> None:
        self.sqs.failure = AwsError("AccessDenied")
        self.assertEqual(self.failure().permission, "sqs:SendMessage")

    def test_what_has_replaced_the_rejected_token_meanwhile_is_handed_out(self) -> None:
        self.assertEqual(self.client.get_token(rejected="token-0"), "token-1")
        self.assertEqual(len(self.ssm.reads), 1)


if __name__ == "__main__":
    unittest.main()
