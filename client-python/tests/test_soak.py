from __future__ import annotations

import datetime
import random
import threading
import unittest
from bisect import bisect_right

from token_refresher_client import TokenClient, TokenError

from .fakes import MINUTE, START, AwsError, FakeClock

WEEK = 7 * 24 * 60 * MINUTE
INTERVAL = 25 * MINUTE
LIFETIME = 30 * MINUTE
SLOWEST_READ = 0.3
#: How long boto3 tries with the limits of the client's own.
HANGING_READ = 6
#: A read may miss what was written so lately.
STALE = 1
NEVER = float("inf")


class VirtualWeek:
    """A week of tokens and of SSM, in the place of a boto3 client; outages of the token API and of SSM drawn at random."""

    def __init__(self, seed: int, bad_weather: str) -> None:
        self.clock = FakeClock()
        self.random = random.Random(seed)
        self.clock.random = self.random.random
        self.bad_weather = bad_weather
        #: When each token is written.
        self.writes = self.draw_writes()
        #: When SSM fails and when it is back, in turns, beginning with a moment at which it fails.
        self.turns = self.draw_turns()

    def draw_writes(self) -> list[float]:
        """Ticks up to a minute late, attempts of up to 12 s, and outages of the token API of up to two hours."""
        writes, now = [], 0.0
        while now < WEEK:
            writes.append(now + self.between(0.1, 12))
            outage = self.between(MINUTE, 120 * MINUTE) if self.random.random() < 0.05 else 0
            now += INTERVAL + outage + self.between(0, MINUTE)
        return writes

    def draw_turns(self) -> list[float]:
        turns, now = [], 0.0
        while now < WEEK:
            for least, most in [(10 * MINUTE, 360 * MINUTE), (1, 40 * MINUTE)]:
                now += self.between(least, most)
                turns.append(now)
        return turns

    def between(self, least: float, most: float) -> float:
        return self.random.uniform(least, most)

    def newest(self, at: float) -> int:
        """Index of the token that is stored; negative before the first is."""
        return bisect_right(self.writes, at) - 1

    def fine_since(self, at: float) -> float:
        turn = bisect_right(self.turns, at)
        return NEVER if turn % 2 else self.turns[turn - 1] if turn else 0.0

    def readable_since(self) -> float:
        """Since when a read has been sure to bring a token that lives."""
        now = self.clock.passed
        newest = self.newest(now)
        if newest < 0 or now >= self.writes[newest] + LIFETIME:
            return NEVER
        written_at = self.writes[newest]
        previous = self.writes[newest - 1] if newest > 0 else None
        # While a read may still bring the one before, that one may live, too.
        gap = previous is None or written_at + STALE >= previous + LIFETIME
        return max(self.fine_since(now), written_at + STALE if gap else 0.0)

    def may_live(self, token: str, at: float) -> bool:
        """Whether the token API may still take it, as far as those can know who see when it was written."""
        return at < self.writes[int(token)] + LIFETIME

    def get_parameter(self, **_: object) -> dict:
        clock, began = self.clock, self.clock.passed
        is_fine = self.fine_since(began) is not NEVER
        index = self.newest(began - STALE if self.random.random() < 0.5 else began)
        hangs = not is_fine and self.bad_weather == "hanging"
        clock.passed += HANGING_READ if hangs else self.between(0.005, SLOWEST_READ)
        if not is_fine:
            raise AwsError("ReadTimeoutError" if hangs else "ThrottlingException")
        if index < 0:
            raise AwsError("ParameterNotFound")
        written_at = datetime.datetime.fromtimestamp(
            START + self.writes[index], tz=datetime.timezone.utc
        )
        return {"Parameter": {"Value": str(index), "Version": index + 1, "LastModifiedDate": written_at}}


class SoakTest(unittest.TestCase):
    """A week in virtual time: no token that has certainly expired, and no failure for long with a valid one in reach."""

    def consume(self, seed: int, bad_weather: str, renew_ahead: bool) -> float:
        """The longest time for which a valid token had been readable when a call failed nevertheless."""
        week = VirtualWeek(seed, bad_weather)
        clock = week.clock
        client = TokenClient(
            environment="sandbox",
            token="payments-api",
            # The longest there is: the fewest reads.
            max_age_seconds=225,
            ssm=week,
            clock=clock,
            renew_ahead=renew_ahead,
        )
        calls = failed = 0
        longest_miss = 0.0
        while clock.passed < WEEK:
            is_readable = week.readable_since() <= clock.passed
            # They come thick where something may go wrong.
            clock.passed += week.between(1, 90) if is_readable else week.between(0.05, 20)
            calls += 1
            called_at = clock.passed
            try:
                token = client.get_token()
                # Time may have passed for a read in the background, too.
                used_at = called_at if renew_ahead else clock.passed
                self.assertTrue(week.may_live(token, used_at), "a token that has certainly expired")
            except TokenError:
                failed += 1
                longest_miss = max(longest_miss, clock.passed - week.readable_since())
            finish_reads()
        self.assertGreater(calls, 10_000)
        self.assertGreater(failed, 500)
        return longest_miss

    def test_ssm_throttles(self) -> None:
        for renew_ahead in [True, False]:
            with self.subTest(renew_ahead=renew_ahead):
                self.assertLessEqual(self.consume(1, "throttling", renew_ahead), 1 + SLOWEST_READ)

    def test_ssm_hangs(self) -> None:
        for renew_ahead in [True, False]:
            with self.subTest(renew_ahead=renew_ahead):
                # A read that hung when SSM came back takes its callers with it.
                self.assertLessEqual(self.consume(2, "hanging", renew_ahead), 1 + HANGING_READ)


def finish_reads() -> None:
    """Time passes for one thread at once."""
    for thread in threading.enumerate():
        if thread.name == "token-refresher-client":
            thread.join()


if __name__ == "__main__":
    unittest.main()
