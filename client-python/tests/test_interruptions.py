from __future__ import annotations

import signal
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from .fakes import AwsTest, client_of


class SoftTimeLimit(Exception):
    """As a task queue raises it in the main thread, from a signal handler."""


def raise_it(*_: object) -> None:
    raise SoftTimeLimit


class InterruptedCallerTest(AwsTest):
    """Real threads and a real signal."""

    def setUp(self) -> None:
        super().setUp()
        previous = signal.signal(signal.SIGALRM, raise_it)
        self.addCleanup(signal.signal, signal.SIGALRM, previous)

    def interrupt(self, call) -> None:
        """In the middle of its wait, while five other threads wait, too."""
        self.ssm.gate.clear()
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with ThreadPoolExecutor(5) as pool:
            threading.Timer(0.1, lambda: self.others.extend(pool.submit(call) for _ in range(5))).start()
            with self.assertRaises(SoftTimeLimit):
                call()
            self.ssm.gate.set()

    def test_gets_its_own_exception_and_the_others_their_token(self) -> None:
        for renew_ahead in [True, False]:
            client = client_of(self.clock, self.ssm, self.sqs, renew_ahead=renew_ahead)
            with self.subTest("cold", renew_ahead=renew_ahead):
                self.others: list = []
                self.interrupt(client.get_token)
                self.assertEqual([other.result() for other in self.others], ["token-1"] * 5)
        with self.subTest("with a token at hand, in Lambda"):
            self.others = []
            self.clock.passed = 60
            self.interrupt(client.get_token)
            self.assertEqual([other.result() for other in self.others], ["token-1"] * 5)
        with self.subTest("after a 401"):
            self.others = []
            self.sqs.on_send = self.ssm.write
            self.interrupt(lambda: client.get_token(rejected="token-1"))
            self.assertEqual([other.result() for other in self.others], ["token-2"] * 5)
            self.assertEqual(len(self.sqs.sent), 1)


if __name__ == "__main__":
    unittest.main()
