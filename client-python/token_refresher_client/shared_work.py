"""Work that many threads wait for."""

from __future__ import annotations

import threading
from typing import Any, Callable, Optional

from .clock import SystemClock, elapsed_since, moment_of
from .errors import TokenError

#: A wait that ends so late did so in a process that was busy or stopped: what it waits for may be there, unread.
LATE_SECONDS = 1
GRACE_SECONDS = 0.25


class SharedWork:
    """
    One piece of work in a thread of its own: what interrupts a caller, be it a signal or a time limit, neither ends the
    work nor gets lost in it. Each caller gets an error object of its own.
    """

    def __init__(
        self, work: Callable[[], Any], *, limit: float, overdue: TokenError, clock: SystemClock
    ) -> None:
        """overdue: raised to those who wait once `limit` seconds have passed; the work itself goes on, alone."""
        self._work = work
        self._limit = limit
        self._clock = clock
        self._began = moment_of(clock)
        self._started = threading.Lock()
        self._ended = threading.Event()
        self._is_given_up = False
        self._value: Any = None
        self._error: Optional[TokenError] = overdue

    @property
    def is_overdue(self) -> bool:
        """Given up, or its process was frozen meanwhile: the answer may never come."""
        return self._is_given_up or elapsed_since(self._began, self._clock) >= self._limit

    def start(self) -> None:
        """Does nothing from the second call on."""
        if not self._started.acquire(blocking=False):
            return
        try:
            threading.Thread(target=self._run, name="token-refresher-client", daemon=True).start()
        except RuntimeError:
            # The process has as many threads as it may, or is about to end.
            self._run()

    def result(self) -> Any:
        """Raises TokenError."""
        left = self._limit - elapsed_since(self._began, self._clock)
        if not self._ended.wait(max(0.0, left)) and not self._ended.wait(self._grace()):
            self._is_given_up = True
        error = self._error
        if error is None:
            return self._value
        raise error.for_caller()

    def _grace(self) -> float:
        is_late = elapsed_since(self._began, self._clock) > self._limit + LATE_SECONDS
        return GRACE_SECONDS if is_late else 0.0

    def _run(self) -> None:
        try:
            self._value = self._work()
            self._error = None
        except TokenError as error:
            self._error = error
        finally:
            self._ended.set()
