from __future__ import annotations

import unittest

from token_refresher_client import TokenClient, TokenError

from .fakes import MINUTE, START, AwsError, FakeClock, FakeSsm, jwt

LIFETIME = 30 * MINUTE
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
            **{"renew_ahead": self.renew_ahead, "on_event": self.events.append, **options},
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
        self.clock.passed = LIFETIME
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
        self.assertEqual(self.events[-1]["outcome"], "new")

    def test_an_equal_token_that_was_written_again_is_unchanged_but_its_life_counts_anew(self) -> None:
        self.clock.passed = 25 * MINUTE
        self.ssm.write("token-1")
        self.get()
        self.assertEqual((self.events[-1]["outcome"], self.events[-1]["version"]), ("unchanged", 2))
        self.clock.passed = 54 * MINUTE
        self.assertEqual(self.get(), "token-1")

    def test_no_call_fails_while_ssm_throttles_for_two_minutes_and_reads_are_few(self) -> None:
        self.clock.passed = MINUTE
        self.ssm.failure = THROTTLED
        while self.clock.passed < 3 * MINUTE:
            self.assertEqual(self.get(), "token-1")
            self.clock.passed += 0.1
        self.assertLessEqual(len(self.ssm.reads), 2 + 120 / 5)

    def test_a_listener_that_raises_costs_nobody_a_token(self) -> None:
        told: list[dict] = []

        def broken(event: dict) -> None:
            told.append(event)
            raise RuntimeError("broken counter")

        self.client = self.new_client(on_event=broken)
        self.assertEqual(self.get(), "token-1")
        self.assertEqual(len(told), 1)

    def test_each_read_is_told_of(self) -> None:
        self.clock.passed = MINUTE
        self.get()
        self.ssm.failure = THROTTLED
        self.clock.passed = 2 * MINUTE
        self.get()
        self.assertEqual([event["outcome"] for event in self.events], ["new", "unchanged", "failed"])
        self.assertTrue(self.events[2]["token_at_hand"])


class InDoubtTest(CacheTest):
    """A token that may have expired, where nothing may go on in the background."""

    def setUp(self) -> None:
        super().setUp()
        self.token = jwt(iat=START - LIFETIME, exp=START)
        self.ssm.write(self.token)
        self.get()

    def call_for_a_minute(self) -> list[float]:
        """Calls ten times a second, and tells how far apart reads were."""
        while self.clock.passed < MINUTE:
            self.assertEqual(self.get(), self.token)
            self.clock.passed += 0.1
        reads = self.ssm.reads
        return [later - earlier for earlier, later in zip(reads, reads[1:])]

    def test_it_is_handed_out_and_read_again_every_10_seconds(self) -> None:
        gaps = self.call_for_a_minute()
        self.assertEqual([round(gap) for gap in gaps], [10] * 5)
        self.assertGreaterEqual(min(gaps), 10 - 1e-6)

    def test_so_it_is_if_those_reads_fail(self) -> None:
        self.ssm.failure = THROTTLED
        gaps = self.call_for_a_minute()
        self.assertEqual([round(gap) for gap in gaps], [10] * 5)
        self.assertGreaterEqual(min(gaps), 10 - 1e-6)

    def test_reads_stay_as_far_apart_as_they_are_to_be(self) -> None:
        self.ssm.reads.clear()
        self.client = self.new_client(poll_seconds=20)
        self.get()
        self.ssm.failure = THROTTLED
        self.assertEqual([round(gap) for gap in self.call_for_a_minute()], [20] * 2)

    def test_a_successor_is_handed_out_after_10_seconds(self) -> None:
        self.ssm.write()
        self.clock.passed = 9.999
        self.assertEqual(self.get(), self.token)
        self.clock.passed = 10
        self.assertEqual(self.get(), "token-3")


class PastTheExpiryTest(CacheTest):
    def setUp(self) -> None:
        super().setUp()
        self.get()
        self.clock.passed = LIFETIME

    def test_no_token_is_handed_out_from_that_moment_on(self) -> None:
        self.assertEqual(self.code_of_failure(), "TokenExpired")

    def test_a_new_one_is_handed_out_a_second_later_at_most(self) -> None:
        self.code_of_failure()
        self.ssm.write()
        self.assertEqual(self.get(), "token-2")
        self.assertEqual(self.clock.passed, LIFETIME + 1)

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
        self.clock.passed = LIFETIME
        self.assertEqual(self.code_of_failure(), "TokenExpired")

    def test_set_forward_one_read_and_the_same_token_goes_on(self) -> None:
        self.clock.wall_offset = 60 * MINUTE
        self.assertEqual([self.get(), self.get()], ["token-1", "token-1"])
        self.assertEqual(len(self.ssm.reads), 2)

    def test_set_forward_during_a_read_nobody_is_told_that_the_token_expired(self) -> None:
        def set_forward() -> None:
            self.ssm.on_read = lambda: None
            self.clock.wall_offset = 60 * MINUTE

        self.ssm.on_read = set_forward
        self.client = self.new_client()
        self.assertEqual(self.get(), "token-1")

    def test_a_machine_that_slept(self) -> None:
        self.clock.passed = 60 * MINUTE
        self.clock.slept = 60 * MINUTE
        self.ssm.write()
        self.assertEqual(self.get(), "token-2")


if __name__ == "__main__":
    unittest.main()
