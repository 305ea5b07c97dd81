from __future__ import annotations

import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from token_refresher_client import TokenClient, TokenError
from token_refresher_client.clock import SystemClock

from .fakes import MINUTE, AwsError, FakeClock, FakeSsm

USABLE = 30 * MINUTE - 15
THROTTLED = AwsError("ThrottlingException", "Rate exceeded")


class CacheTest(unittest.TestCase):
    renew_ahead = False

    def setUp(self) -> None:
        self.clock = FakeClock()
        self.ssm = FakeSsm(self.clock)
        self.ssm.write()
        self.events: list[dict] = []
        self.client = self.new_client()

    def new_client(self, **options) -> TokenClient:
        return TokenClient(
            environment="sandbox",
            token="payments-api",
            ssm=self.ssm,
            clock=self.clock,
            on_event=self.events.append,
            **{"renew_ahead": self.renew_ahead, **options},
        )

    def get(self) -> str:
        return self.client.get_token()

    def code_of_failure(self) -> str:
        with self.assertRaises(TokenError) as raised:
            self.get()
        return raised.exception.code


class WithoutATokenTest(CacheTest):
    def test_a_failure_is_told_and_forgotten_at_once(self) -> None:
        self.ssm.failure = THROTTLED
        self.assertEqual(self.code_of_failure(), "ParameterUnavailable")
        self.ssm.failure = None
        self.assertEqual(self.get(), "token-1")

    def test_a_token_that_has_expired_is_refused(self) -> None:
        self.clock.passed = USABLE
        self.assertEqual(self.code_of_failure(), "TokenExpired")


class WithATokenTest(CacheTest):
    def setUp(self) -> None:
        super().setUp()
        self.get()

    def test_it_is_read_again_from_80_percent_of_the_maximum_age_on(self) -> None:
        self.ssm.write()
        self.clock.passed = 47.999
        self.assertEqual(self.get(), "token-1")
        self.clock.passed = 48
        self.assertEqual(self.get(), "token-2")
        self.assertEqual(self.ssm.reads, [0, 48])

    def test_an_older_version_does_not_replace_it(self) -> None:
        stale = self.ssm.answer()
        self.clock.passed = MINUTE
        self.ssm.write()
        self.assertEqual(self.get(), "token-2")
        self.ssm.stale = stale
        self.clock.passed = 2 * MINUTE
        self.assertEqual(self.get(), "token-2")

    def test_a_parameter_that_was_created_again_does(self) -> None:
        self.clock.passed = MINUTE
        self.ssm.write(version=1, value="created-again")
        self.assertEqual(self.get(), "created-again")

    def test_no_call_fails_while_ssm_throttles_for_two_minutes_and_reads_are_few(self) -> None:
        self.clock.passed = MINUTE
        self.ssm.failure = THROTTLED
        while self.clock.passed < 3 * MINUTE:
            self.assertEqual(self.get(), "token-1")
            self.clock.passed += 0.1
        self.assertLessEqual(len(self.ssm.reads), 2 + 120 / 5)

    def test_each_read_is_told_of(self) -> None:
        self.clock.passed = MINUTE
        self.get()
        self.ssm.failure = THROTTLED
        self.clock.passed = 2 * MINUTE
        self.get()
        self.assertEqual([event["outcome"] for event in self.events], ["new", "unchanged", "failed"])
        self.assertTrue(self.events[2]["token_at_hand"])


class PastTheExpiryTest(CacheTest):
    def setUp(self) -> None:
        super().setUp()
        self.get()
        self.clock.passed = USABLE

    def test_no_token_is_handed_out_from_that_moment_on(self) -> None:
        self.assertEqual(self.code_of_failure(), "TokenExpired")

    def test_a_new_one_is_handed_out_a_second_later_at_most(self) -> None:
        self.code_of_failure()
        self.ssm.write()
        self.assertEqual(self.get(), "token-2")
        self.assertEqual(self.clock.passed, USABLE + 1)

    def test_reads_are_a_second_apart(self) -> None:
        for _ in range(10):
            self.code_of_failure()
        reads = self.ssm.reads[1:]
        gaps = [later - earlier for earlier, later in zip(reads, reads[1:])]
        self.assertEqual(len(reads), 10)
        self.assertGreaterEqual(min(gaps), 1 - 1e-6)

    def test_ssm_failing_is_told(self) -> None:
        self.ssm.failure = THROTTLED
        self.assertEqual(self.code_of_failure(), "ParameterUnavailable")


class JumpingClockTest(CacheTest):
    def setUp(self) -> None:
        super().setUp()
        self.get()

    def test_set_back_the_token_still_expires_in_time(self) -> None:
        self.clock.wall_offset = -60 * MINUTE
        self.clock.passed = USABLE
        self.assertEqual(self.code_of_failure(), "TokenExpired")

    def test_set_forward_one_read_and_the_same_token_goes_on(self) -> None:
        self.clock.wall_offset = 60 * MINUTE
        self.assertEqual([self.get(), self.get()], ["token-1", "token-1"])
        self.assertEqual(len(self.ssm.reads), 2)

    def test_a_machine_that_slept(self) -> None:
        self.clock.passed = 60 * MINUTE
        self.clock.slept = 60 * MINUTE
        self.ssm.write()
        self.assertEqual(self.get(), "token-2")


class ThreadsTest(CacheTest):
    """Real threads; only the wall clock is played."""

    renew_ahead = True

    def setUp(self) -> None:
        super().setUp()
        self.clock.sleep = SystemClock.sleep

    def call_together(self, calls: int) -> list[str]:
        with ThreadPoolExecutor(calls) as pool:
            return list(pool.map(lambda _: self.get(), range(calls)))

    def test_1000_parallel_cold_reads_are_one(self) -> None:
        self.ssm.on_read = lambda: SystemClock.sleep(0.05)
        self.assertEqual(set(self.call_together(1000)), {"token-1"})
        self.assertEqual(len(self.ssm.reads), 1)

    def test_so_they_are_where_nothing_may_go_on_in_the_background(self) -> None:
        self.client = self.new_client(renew_ahead=False)
        self.ssm.on_read = lambda: SystemClock.sleep(0.05)
        threads = threading.active_count()
        self.assertEqual(set(self.call_together(1000)), {"token-1"})
        self.assertEqual(len(self.ssm.reads), 1)
        self.assertEqual(threading.active_count(), threads)

    def test_renewal_goes_on_in_the_background(self) -> None:
        self.get()
        self.ssm.write()
        self.ssm.gate.clear()
        self.clock.passed = 50
        self.assertEqual([self.get(), self.get()], ["token-1", "token-1"])
        self.ssm.gate.set()
        self.eventually(lambda: self.get() == "token-2")
        self.assertEqual(self.ssm.reads, [0, 50])

    def test_with_a_token_at_hand_nobody_waits_long_for_ssm(self) -> None:
        self.get()
        self.clock.passed = 2 * MINUTE
        self.ssm.gate.clear()
        began = SystemClock.monotonic()
        self.assertEqual([self.get(), self.get(), self.get()], ["token-1"] * 3)
        self.assertLess(SystemClock.monotonic() - began, 3)
        self.assertEqual(len(self.ssm.reads), 2)
        self.ssm.gate.set()

    def test_without_one_a_read_that_hangs_is_given_up(self) -> None:
        self.client = self.new_client(read_timeout_seconds=0.1)
        self.ssm.gate.clear()
        self.assertEqual(self.code_of_failure(), "ParameterUnavailable")
        self.ssm.gate.set()

    def test_a_read_whose_thread_was_lost_is_not_waited_for(self) -> None:
        lost: list = []
        self.client._cache._start = lost.append
        self.client._cache._read_timeout = 0
        self.code_of_failure()
        self.client._cache._read_timeout = 5
        self.client._cache._start = lambda work: work()
        self.clock.passed = 61
        self.assertEqual(self.get(), "token-1")

    def eventually(self, condition) -> None:
        for _ in range(200):
            if condition():
                return
            SystemClock.sleep(0.01)
        self.fail("it did not come to pass within 2 s")


if __name__ == "__main__":
    unittest.main()
