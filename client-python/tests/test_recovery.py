from __future__ import annotations

import json
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from token_refresher_client import TokenClient, TokenError

from .fakes import QUEUE, AwsError, FakeClock, FakeSqs, FakeSsm, client_of


class RecoveryTest(unittest.TestCase):
    def setUp(self) -> None:
        self.clock = FakeClock()
        self.ssm = FakeSsm(self.clock)
        self.sqs = FakeSqs()
        self.events: list[dict] = []
        self.ssm.write()
        self.client = self.new_client()

    def new_client(self, queue_url: str | None = QUEUE, warm: bool = True) -> TokenClient:
        client = client_of(
            self.clock,
            self.ssm,
            self.sqs,
            queue_url=queue_url,
            renew_ahead=False,
            on_event=self.events.append,
        )
        if warm:
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

    def test_else_the_refresher_is_asked_and_polled_for_soon_and_then_once_a_second(self) -> None:
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
        reads = [round(read - self.ssm.reads[1], 3) for read in self.ssm.reads[1:]]
        self.assertEqual(reads[0], 0)
        self.assertTrue(0.2 <= reads[1] <= 0.5)
        self.assertEqual(round(reads[2] - reads[1], 3), 1)
        types = [event["type"] for event in self.events if event["type"] != "read"]
        self.assertEqual(types, ["rejected", "refresh-requested", "recovered"])

    def write_at_the_second_read(self) -> None:
        if len(self.ssm.reads) == 4:
            self.ssm.write()

    def test_the_successor_of_a_token_that_was_just_read_is_asked_for_without_a_read(self) -> None:
        self.clock.passed -= 10
        self.sqs.on_send = self.ssm.write
        began = self.clock.passed
        self.assertEqual(self.client.get_token(rejected="token-1"), "token-2")
        self.assertLessEqual(self.clock.passed - began, 0.5)
        self.assertEqual(len(self.ssm.reads), 2)

    def test_a_request_that_cannot_be_sent_ends_nothing_if_there_is_a_newer_token(self) -> None:
        def write_and_fail() -> None:
            self.ssm.write()
            raise AwsError("AccessDenied")

        self.sqs.on_send = write_and_fail
        self.assertEqual(self.client.get_token(rejected="token-1"), "token-2")

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

    def test_having_given_up_on_one_token_it_asks_for_the_successor_of_the_next_at_once(self) -> None:
        self.failure()
        self.ssm.write()
        self.client.get_token(rejected="token-1")
        self.sqs.on_send = self.ssm.write
        self.assertEqual(self.client.get_token(rejected="token-2"), "token-3")
        self.assertEqual(len(self.sqs.sent), 2)

    def test_an_equal_token_written_again_is_no_successor_and_its_version_now_is_named(self) -> None:
        self.ssm.write(value="token-1")
        self.sqs.on_send = self.ssm.write
        self.assertEqual(self.client.get_token(rejected="token-1"), "token-3")
        self.assertEqual(self.versions_named(), [2])

    def test_an_equal_token_written_during_the_wait_does_not_end_it_nor_the_pause_after_it(self) -> None:
        self.sqs.on_send = lambda: self.ssm.write(value="token-1")
        self.assertEqual(self.failure().code, "TokenRejected")
        self.assertIn("in vain", str(self.failure()))
        self.assertEqual(self.versions_named(), [1])

    def versions_named(self) -> list[int]:
        return [json.loads(message["MessageBody"])["rejectedVersion"] for message in self.sqs.sent]

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

    def test_an_sqs_that_does_not_answer_is_not_waited_for(self) -> None:
        gate = threading.Event()
        self.addCleanup(gate.set)
        self.sqs.on_send = gate.wait
        with mock.patch("token_refresher_client.recovery.SEND_LIMIT_SECONDS", 0.1):
            error = self.failure()
        self.assertEqual(
            (error.code, error.message), ("RefreshRequestFailed", "no answer from SQS within 0.1 s")
        )

    def test_threads_share_one_search(self) -> None:
        self.sqs.on_send = self.ssm.write
        self.ssm.gate.clear()
        with ThreadPoolExecutor(50) as pool:
            calls = [pool.submit(self.client.get_token, rejected="token-1") for _ in range(50)]
            while any(not call.running() for call in calls):
                time.sleep(0.01)
            time.sleep(0.1)
            self.ssm.gate.set()
            self.assertEqual({call.result() for call in calls}, {"token-2"})
        self.assertEqual([event["type"] for event in self.events].count("rejected"), 1)
        self.assertEqual(len(self.sqs.sent), 1)

    def test_it_does_not_wait_for_the_search_for_an_older_token(self) -> None:
        self.client = client_of(self.clock, self.ssm, self.sqs, renew_ahead=False, max_age_seconds=10)
        self.client.get_token()
        gate = threading.Event()
        self.addCleanup(gate.set)
        self.sqs.on_send = gate.wait
        with ThreadPoolExecutor(1) as pool:
            older = pool.submit(self.client.get_token, rejected="token-1")
            while not self.sqs.sent:
                time.sleep(0.01)
            self.ssm.write()
            self.clock.passed += 10
            self.assertEqual(self.client.get_token(), "token-2")
            self.sqs.on_send = self.ssm.write
            self.assertEqual(self.client.get_token(rejected="token-2"), "token-3")
            gate.set()
            self.assertEqual(older.result(), "token-3")

    def test_a_parameter_that_was_created_again_with_the_same_version_holds_another_token(self) -> None:
        self.ssm.write(version=1, value="created-again")
        self.assertEqual(self.client.get_token(rejected="token-1"), "created-again")
        self.assertEqual(self.sqs.sent, [])

    def test_the_rejected_token_is_not_handed_out_because_none_was_at_hand(self) -> None:
        self.client = self.new_client(warm=False)
        self.sqs.on_send = self.ssm.write
        self.assertEqual(self.client.get_token(rejected="token-1"), "token-2")
        self.assertEqual(len(self.sqs.sent), 1)

    def test_what_has_replaced_the_rejected_token_meanwhile_is_handed_out(self) -> None:
        self.assertEqual(self.client.get_token(rejected="token-0"), "token-1")
        self.assertEqual(len(self.ssm.reads), 1)


if __name__ == "__main__":
    unittest.main()
