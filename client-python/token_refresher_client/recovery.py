"""Finds the successor of a token that the API answered 401 to."""

from __future__ import annotations

import threading
from typing import Any, Callable, NamedTuple, Optional

from .clock import Moment, SystemClock, elapsed_since, moment_of
from .errors import TokenError
from .forks import call_after_fork
from .shared_work import SharedWork
from .token_cache import TokenCache
from .token_source import StoredToken

#: After waiting in vain the refresher is not asked again for the same token, nor waited for, for so long.
PAUSE_AFTER_FAILURE_SECONDS = 60

#: The refresher stores a new token a few hundred milliseconds after it was asked. Apart, so that many processes spread.
FIRST_POLL_FROM, FIRST_POLL_TO = 0.2, 0.5

#: A poll that failed, throttled perhaps, is followed by one so much sooner or later. Longer pauses would leave 200
#: processes more than 6 s behind, at the 40 reads per second that Parameter Store gives by default.
SHARE_AFTER_FAILURE_FROM, SHARE_AFTER_FAILURE_TO = 0.5, 1.5

#: SQS answers in milliseconds; retries included, this is plenty.
SEND_LIMIT_SECONDS = 5


class Search(NamedTuple):
    rejected: StoredToken
    work: SharedWork


class GaveUp(NamedTuple):
    rejected: str
    at: Moment


class Recovery:
    """
    A successor has another value: the same one written again would be refused again. All threads share one search. Those
    that have seen no 401 go on with the token at hand meanwhile: perhaps the API refused something else.
    """

    def __init__(
        self,
        *,
        cache: TokenCache,
        requests: Any,
        clock: SystemClock,
        emit: Callable[[dict[str, Any]], None],
        wait_seconds: float,
        poll_seconds: float,
    ) -> None:
        self._cache = cache
        #: None: the refresher may not be asked.
        self._requests = requests
        self._clock = clock
        self._emit = emit
        self._wait = wait_seconds
        self._poll = poll_seconds
        self._gave_up: Optional[GaveUp] = None
        self.after_fork()
        call_after_fork(self)

    def after_fork(self) -> None:
        self._lock = threading.Lock()
        self._search: Optional[Search] = None

    def successor_of(self, rejected: str) -> str:
        """Raises TokenError `TokenRejected` if there is none, or whatever kept it from being found."""
        while True:
            held = self._cache.held
            if held is not None and held.value == rejected:
                break
            # None is at hand yet, or one that may be older than the rejected one.
            token = self._cache.get()
            if token != rejected:
                return token
        with self._lock:
            search = self._join_search(held)
        search.work.start()
        successor: str = search.work.result()
        return successor

    def _join_search(self, rejected: StoredToken) -> Search:
        """With the lock held."""
        search = self._search
        if search is None or search.work.is_overdue or search.rejected.value != rejected.value:
            search = self._search = self._new_search(rejected)
        return search

    def _new_search(self, rejected: StoredToken) -> Search:
        version = rejected.version
        hangs = f"the API refuses version {version}; the search for a newer one hangs"
        overdue = TokenError("TokenRejected", hangs)
        # One read and the request come before the wait, and a pause and a read after it, or after the request.
        limit = self._wait + SEND_LIMIT_SECONDS + 2 * self._cache.longest_read + SHARE_AFTER_FAILURE_TO * self._poll
        work = SharedWork(lambda: self._run(search), limit=limit, overdue=overdue, clock=self._clock)
        search = Search(rejected, work)
        return search

    def _run(self, search: Search) -> str:
        began = moment_of(self._clock)
        version = search.rejected.version
        self._emit({"type": "rejected", "version": version})
        outcome = "not-recovered"
        try:
            token = self._find(search.rejected)
            outcome = "recovered"
            return token
        finally:
            with self._lock:
                if self._search is search:
                    self._search = None
            duration = elapsed_since(began, self._clock)
            self._emit({"type": outcome, "rejected_version": version, "duration": duration})

    def _find(self, rejected: StoredToken) -> str:
        """
        The token that was just read is not read again before the refresher is asked: what needs no new token, and what was
        asked before, costs the refresher nothing.
        """
        may_ask = self._requests is not None and not self._gave_up_on(rejected)
        is_just_read = may_ask and self._cache.is_just_read
        token = (None if is_just_read else self._read(or_raise=not may_ask)) or rejected
        if token.value != rejected.value:
            return token.value
        if not may_ask:
            why = "may not be asked" if self._requests is None else "was asked in vain"
            raise TokenError(
                "TokenRejected",
                f"the API refuses version {token.version}, the newest there is; the refresher {why}",
            )
        try:
            self._ask(token.version)
        except TokenError:
            # Somebody else may have asked, or the schedule.
            last = self._read(or_raise=False)
            if last is not None and last.value != token.value:
                return last.value
            raise
        return self._wait_for_other(token)

    def _ask(self, version: int) -> None:
        overdue = TokenError("RefreshRequestFailed", f"no answer from SQS within {SEND_LIMIT_SECONDS} s")
        sending = SharedWork(
            lambda: self._requests.send(version), limit=SEND_LIMIT_SECONDS, overdue=overdue, clock=self._clock
        )
        sending.start()
        sending.result()
        self._emit({"type": "refresh-requested", "version": version})

    def _wait_for_other(self, rejected: StoredToken) -> str:
        asked_at = moment_of(self._clock)
        pause = self._between(FIRST_POLL_FROM, FIRST_POLL_TO)
        while elapsed_since(asked_at, self._clock) < self._wait:
            self._clock.sleep(pause)
            polled_at = self._clock.monotonic()
            stored = self._read(or_raise=False, at_once=True)
            if stored is not None and stored.value != rejected.value:
                return stored.value
            failed = stored is None
            share = self._between(SHARE_AFTER_FAILURE_FROM, SHARE_AFTER_FAILURE_TO) if failed else 1
            pause = max(0.0, share * self._poll - (self._clock.monotonic() - polled_at))
        self._gave_up = GaveUp(rejected.value, moment_of(self._clock))
        raise TokenError(
            "TokenRejected",
            f"the API refuses version {rejected.version}, and no newer one came within {self._wait:g} s of asking for it",
        )

    def _between(self, least: float, most: float) -> float:
        return least + (most - least) * self._clock.random()

    def _read(self, *, or_raise: bool, at_once: bool = False) -> Optional[StoredToken]:
        """Reads past the cache. A failed read says nothing about the token, unless it is the last thing to try."""
        try:
            return self._cache.reread(at_once=at_once)
        except TokenError:
            if or_raise:
                raise
            return None

    def _gave_up_on(self, rejected: StoredToken) -> bool:
        gave_up = self._gave_up
        if gave_up is None or gave_up.rejected != rejected.value:
            return False
        return elapsed_since(gave_up.at, self._clock) < PAUSE_AFTER_FAILURE_SECONDS
