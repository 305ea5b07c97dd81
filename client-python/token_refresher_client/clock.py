"""Time, passed in so that tests can play it. Seconds everywhere."""

from __future__ import annotations

import random
import time
from typing import NamedTuple


class SystemClock:
    def now(self) -> float:
        """Seconds since the epoch. May jump forward or back when the system clock is set."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since an arbitrary start. Never goes back, but may stand still while the machine sleeps."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def random(self) -> float:
        """A number in [0, 1), for jitter."""
        return random.random()


class Moment(NamedTuple):
    """A moment on both clocks."""

    wall: float
    monotonic: float


def moment_of(clock: SystemClock) -> Moment:
    return Moment(clock.now(), clock.monotonic())


def elapsed_since(moment: Moment, clock: SystemClock) -> float:
    """
    Seconds since a moment, by the clock that counted more: the wall clock may have been set back, and the other one may
    have stood still while a laptop or a Lambda environment slept.
    """
    return max(clock.now() - moment.wall, clock.monotonic() - moment.monotonic)
