from __future__ import annotations

import os
import signal
import threading
import time
import unittest
import warnings
from unittest import mock

from token_refresher_client.sdk_clients import OwnClient

from .fakes import AwsTest, client_of


@unittest.skipUnless(hasattr(os, "fork"), "there are no forks here")
class ForkTest(AwsTest):
    """Other threads of the parent are in the middle of something; the child must not wait for it."""

    def setUp(self) -> None:
        super().setUp()
        self.client = client_of(self.clock, self.ssm, self.sqs)

    def in_a_child(self, work) -> str:
        """What work returns there; nothing if it takes 3 s."""
        source, sink = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            signal.alarm(3)
            self.ssm.gate.set()
            os.write(sink, work().encode())
            os._exit(0)
        os.close(sink)
        with open(source) as said:
            answer = said.read()
        os.waitpid(pid, 0)
        return answer

    def in_a_thread(self, work) -> None:
        """Until it waits for SSM."""
        reads = len(self.ssm.reads)
        self.ssm.gate.clear()
        thread = threading.Thread(target=work)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.ssm.gate.set)
        while len(self.ssm.reads) == reads:
            time.sleep(0.01)
        time.sleep(0.05)

    def test_during_a_cold_read(self) -> None:
        self.in_a_thread(self.client.get_token)
        self.assertEqual(self.in_a_child(self.client.get_token), "token-1")

    def test_during_a_search(self) -> None:
        self.client.get_token()
        self.in_a_thread(lambda: self.client.get_token(rejected="token-1"))
        self.ssm.write()
        self.assertEqual(self.in_a_child(lambda: self.client.get_token(rejected="token-1")), "token-2")

    def test_while_a_lock_is_held(self) -> None:
        with self.client._cache._lock, self.client._recovery._lock:
            self.assertEqual(self.in_a_child(self.client.get_token), "token-1")
            self.assertEqual(self.in_a_child(lambda: self.client.get_token(rejected="token-0")), "token-1")

    def test_the_token_at_hand_is_taken_along(self) -> None:
        self.client.get_token()
        self.ssm.write()
        self.assertEqual(self.in_a_child(self.client.get_token), "token-1")

    def test_sdk_clients_of_our_own_are_made_anew(self) -> None:
        with mock.patch.dict(os.environ, AWS_DEFAULT_REGION="us-east-1"):
            own = OwnClient("ssm")
            ours = own()
            self.assertIs(own(), ours)
            self.assertEqual(self.in_a_child(lambda: str(own() is ours)), "False")


if __name__ == "__main__":
    unittest.main()
