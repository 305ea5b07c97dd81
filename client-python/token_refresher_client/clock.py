"""Time, passed in so that tests can play it. Seconds everywhere."""

from __future__ import annotations

import random
import time
from typing import NamedTuple


class SystemClock:
    #: Seconds since the epoch. Somebody may set it forward or back.
    now = staticmethod(time.time)
    #: Seconds since any fixed moment. Never goes back, but may stand still while the machine sleeps.
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)
    #: A number in [0, 1), for jitter.
    random = staticmethod(random.random)


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
