from __future__ import annotations

import os
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from token_refresher_client.clock import SystemClock

from .fakes import MINUTE, START, jwt
from .test_token_cache import LIFETIME, THROTTLED, CacheTest


class ThreadsTest(CacheTest):
    """Real threads; only the wall clock is played."""

    renew_ahead = True

    def setUp(self) -> None:
        super().setUp()
        self.clock.sleep = SystemClock().sleep

    def call_together(self, calls: int) -> list[str]:
        with ThreadPoolExecutor(calls) as pool:
            return list(pool.map(lambda _: self.get(), range(calls)))

    def test_1000_parallel_cold_reads_are_one(self) -> None:
        self.ssm.on_read = lambda: SystemClock().sleep(0.05)
        self.assertEqual(set(self.call_together(1000)), {"token-1"})
        self.assertEqual(len(self.ssm.reads), 1)

    def test_so_they_are_where_nothing_may_go_on_in_the_background(self) -> None:
        self.client = self.new_client(renew_ahead=False)
        self.ssm.on_read = lambda: SystemClock().sleep(0.05)
        self.assertEqual(set(self.call_together(1000)), {"token-1"})
        self.assertEqual(len(self.ssm.reads), 1)

    def test_in_lambda_they_are_waited_for_elsewhere_not(self) -> None:
        for variables, expected in [({"AWS_LAMBDA_FUNCTION_NAME": "orders"}, "new"), ({}, "token-1")]:
            with self.subTest(variables), mock.patch.dict(os.environ, variables):
                self.ssm.write(value="token-1")
                self.client = self.new_client(renew_ahead=None)
                self.get()
                self.ssm.write(value="new")
                self.ssm.on_read = lambda: SystemClock().sleep(0.05)
                self.clock.passed += 50
                self.assertEqual(self.get(), expected)
                self.eventually(lambda: self.get() == "new")

    def test_past_the_maximum_age_they_are_waited_for(self) -> None:
        self.client = self.new_client(max_age_seconds=10)
        self.get()
        self.ssm.write()
        self.ssm.on_read = lambda: SystemClock().sleep(0.05)
        self.clock.passed = 10
        self.assertEqual(self.get(), "token-2")

    def test_renewal_goes_on_in_the_background(self) -> None:
        self.get()
        self.ssm.write()
        self.ssm.gate.clear()
        self.clock.passed = 50
        self.assertEqual([self.get(), self.get()], ["token-1", "token-1"])
        self.ssm.gate.set()
        self.eventually(lambda: self.get() == "token-2")
        self.assertEqual(self.ssm.reads, [0, 50])

    def test_a_token_that_may_have_expired_is_read_again_in_the_background_every_10_seconds(self) -> None:
        token = jwt(iat=START - LIFETIME, exp=START)
        self.ssm.write(token)
        self.get()
        self.ssm.gate.clear()
        self.clock.passed = 9.9
        self.assertEqual(self.get(), token)
        self.clock.passed = 10
        self.assertEqual([self.get(), self.get()], [token, token])
        self.ssm.write()
        self.ssm.gate.set()
        self.eventually(lambda: self.get() == "token-3")
        self.assertEqual(self.ssm.reads, [0, 10])

    def test_with_a_token_at_hand_nobody_waits_long_for_ssm(self) -> None:
        self.get()
        self.clock.passed = 2 * MINUTE
        self.ssm.gate.clear()
        began = SystemClock().monotonic()
        self.assertEqual([self.get(), self.get(), self.get()], ["token-1"] * 3)
        self.assertLess(SystemClock().monotonic() - began, 3)
        self.assertEqual(len(self.ssm.reads), 2)
        self.ssm.gate.set()

    def test_while_ssm_hangs_or_fails_past_the_maximum_age_only_the_first_waits(self) -> None:
        for name, failure in [("hangs", None), ("fails", THROTTLED)]:
            with self.subTest(name):
                self.ssm.failure = None
                self.ssm.on_read = lambda: None
                self.client = self.new_client(read_timeout_seconds=0.3)
                self.get()
                self.ssm.failure = failure
                self.ssm.on_read = lambda: SystemClock().sleep(0.2 if self.ssm.failure else 1)
                waits = []
                for seconds in [2 * MINUTE, 6, 0, 6]:
                    self.clock.passed += seconds
                    began = SystemClock().monotonic()
                    self.assertEqual(self.get(), "token-1")
                    waits.append(SystemClock().monotonic() - began > 0.15)
                self.assertEqual(waits, [True, False, False, False])

    def test_without_one_a_read_that_hangs_is_given_up(self) -> None:
        self.client = self.new_client(read_timeout_seconds=0.1)
        self.ssm.gate.clear()
        self.assertEqual(self.code_of_failure(), "ParameterUnavailable")
        self.ssm.gate.set()

    def test_what_it_brings_after_that_counts(self) -> None:
        self.get()
        self.ssm.write()
        self.ssm.gate.clear()
        self.clock.passed = 50
        self.get()
        self.clock.passed = 53
        self.assertEqual(self.get(), "token-1")
        self.ssm.gate.set()
        self.eventually(lambda: self.get() == "token-2")
        self.assertEqual(self.ssm.reads, [0, 50])

    def test_a_read_frozen_with_its_process_is_not_waited_for_and_its_failure_is_nobodys(self) -> None:
        self.client = self.new_client(renew_ahead=False, max_age_seconds=2)
        self.get()
        thaw = threading.Event()

        def freeze() -> None:
            self.ssm.on_read = lambda: None
            thaw.wait()
            raise THROTTLED

        self.ssm.on_read = freeze
        self.clock.passed = MINUTE
        caller = threading.Thread(target=self.get)
        caller.start()
        self.eventually(lambda: len(self.ssm.reads) == 2)
        self.clock.passed = 10 * MINUTE
        self.ssm.write()
        self.assertEqual(self.get(), "token-2")
        thaw.set()
        caller.join()
        self.eventually(lambda: self.events[-1]["outcome"] == "failed")
        self.clock.passed += 2
        self.ssm.write()
        self.assertEqual(self.get(), "token-3")

    def eventually(self, condition) -> None:
        for _ in range(200):
            if condition():
                return
            SystemClock().sleep(0.01)
        self.fail("it did not come to pass within 2 s")


if __name__ == "__main__":
    unittest.main()
