from __future__ import annotations

import threading
import traceback
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from token_refresher_client import TokenError
from token_refresher_client.clock import SystemClock
from token_refresher_client.shared_work import GRACE_SECONDS, LATE_SECONDS, SharedWork

from .fakes import FakeClock

OVERDUE = TokenError("ParameterUnavailable", "overdue")
FAILURE = TokenError("AccessDenied", "the role lacks it", permission="ssm:GetParameter")


def fail() -> None:
    raise FAILURE


class SharedWorkTest(unittest.TestCase):
    def start(self, work, limit: float = 5) -> SharedWork:
        shared = SharedWork(work, limit=limit, overdue=OVERDUE, clock=SystemClock())
        shared.start()
        return shared

    def failure(self, shared: SharedWork) -> TokenError:
        with self.assertRaises(TokenError) as raised:
            shared.result()
        return raised.exception

    def test_it_is_done_once_in_a_thread_of_its_own_however_often_it_is_started(self) -> None:
        threads: list[threading.Thread] = []
        shared = self.start(lambda: threads.append(threading.current_thread()))
        shared.start()
        shared.result()
        self.assertEqual(len(threads), 1)
        self.assertIsNot(threads[0], threading.current_thread())

    def test_each_who_waits_gets_an_error_of_its_own_that_shows_no_other_thread(self) -> None:
        shared = self.start(fail)
        with ThreadPoolExecutor(50) as pool:
            errors = list(pool.map(lambda _: self.failure(shared), range(50)))
        self.assertEqual(len({id(error) for error in errors}), 50)
        self.assertLess(max(len(traceback.extract_tb(error.__traceback__)) for error in errors), 5)
        self.assertEqual(
            {(error.code, error.permission) for error in errors}, {("AccessDenied", "ssm:GetParameter")}
        )

    def test_past_its_limit_nobody_waits_but_what_it_brings_later_still_counts(self) -> None:
        gate = threading.Event()
        shared = self.start(gate.wait, limit=0.05)
        self.assertFalse(shared.is_overdue)
        self.assertEqual(self.failure(shared).message, "overdue")
        self.assertTrue(shared.is_overdue)
        gate.set()
        shared._ended.wait()
        self.assertTrue(shared.result())

    def stopped(self, seconds: float) -> SharedWork:
        """Its process was stopped in a wait, which ended that much late; what it waits for comes right after."""
        clock = FakeClock()
        shared = SharedWork(lambda: "read", limit=5, overdue=OVERDUE, clock=clock)
        ended = shared._ended.wait

        def wait(timeout: float) -> bool:
            if clock.passed == 0:
                self.assertEqual(timeout, 5)
                clock.passed = 5 + seconds
                return False
            if timeout == GRACE_SECONDS:
                shared.start()
                return ended()
            return ended(timeout)

        patch = mock.patch.object(shared._ended, "wait", wait)
        patch.start()
        self.addCleanup(patch.stop)
        return shared

    def test_after_a_stop_of_the_process_there_is_a_moment_to_read_the_answer(self) -> None:
        self.assertEqual(self.stopped(LATE_SECONDS + 0.1).result(), "read")
        self.assertEqual(self.failure(self.stopped(LATE_SECONDS)).message, "overdue")

    def test_where_no_thread_can_start_the_caller_does_the_work(self) -> None:
        with mock.patch("threading.Thread.start", side_effect=RuntimeError("can't start new thread")):
            self.assertEqual(self.start(lambda: "done").result(), "done")

    def test_a_defect_keeps_nobody_waiting_and_shows_nothing(self) -> None:
        with mock.patch("threading.excepthook"):
            error = self.failure(self.start(lambda: {}["secret"]))
        self.assertEqual(error.message, "overdue")


if __name__ == "__main__":
    unittest.main()
