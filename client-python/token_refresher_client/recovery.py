"""Finds the successor of a token that the API answered 401 to."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, Callable, NamedTuple, Optional

from .clock import Moment, SystemClock, elapsed_since, moment_of
from .errors import TokenError
from .token_cache import TokenCache

#: After waiting in vain the refresher is not asked again for the same version, nor waited for, for so long.
PAUSE_AFTER_FAILURE_SECONDS = 60

#: A search that takes so much longer than it may is not waited for: its thread may have been lost in a fork.
LOST_AFTER_SECONDS = 60


class Search(NamedTuple):
    version: int
    result: Future


class GaveUp(NamedTuple):
    version: int
    at: Moment


class Recovery:
    """
    All threads share one search. Those that have seen no 401 go on with the token at hand meanwhile: perhaps the API
    refused something else.
    """

    def __init__(
        self,
        *,
        cache: TokenCache,
        requests: Any,
        clock: SystemClock,
        emit: Callable[[dict], None],
        wait_seconds: float,
    ) -> None:
        self._cache = cache
        #: None: the refresher may not be asked.
        self._requests = requests
        self._clock = clock
        self._emit = emit
        self._wait = wait_seconds
        self._lock = threading.Lock()
        self._search: Optional[Search] = None
        self._gave_up: Optional[GaveUp] = None

    def successor_of(self, rejected: str) -> str:
        """Raises TokenError `TokenRejected` if there is none, or whatever kept it from being found."""
        held = self._cache.held
        if held is None or held.value != rejected:
            return self._cache.get()
        with self._lock:
            search = self._search or Search(held.version, Future())
            if search.version != held.version:
                search = Search(held.version, Future())
            is_first = search is not self._search
            self._search = search
        if is_first:
            self._run(search)
        return self._result(search)

    def _result(self, search: Search) -> str:
        try:
            return search.result.result(timeout=self._wait + LOST_AFTER_SECONDS)
        except FutureTimeout:
            pass
        self._forget(search)
        raise TokenError(
            "TokenRejected", f"the API refuses version {search.version}; the search for a newer one is lost"
        )

    def _run(self, search: Search) -> None:
        began = moment_of(self._clock)
        self._emit({"type": "rejected", "version": search.version})
        try:
            token = self._find(search.version)
        except BaseException as error:
            self._end(search, "not-recovered", began)
            is_ours = isinstance(error, TokenError)
            search.result.set_exception(
                error if is_ours else TokenError("TokenRejected", "the search was broken off")
            )
            if not isinstance(error, Exception):
                raise
        else:
            self._end(search, "recovered", began)
            search.result.set_result(token)

    def _forget(self, search: Search) -> None:
        with self._lock:
            if self._search is search:
                self._search = None

    def _end(self, search: Search, outcome: str, began: Moment) -> None:
        self._forget(search)
        duration = elapsed_since(began, self._clock)
        self._emit({"type": outcome, "rejected_version": search.version, "duration": duration})

    def _find(self, version: int) -> str:
        may_ask = self._requests is not None and not self._gave_up_on(version)
        stored = self._read_other(version, or_raise=not may_ask)
        if stored is not None:
            return stored
        if not may_ask:
            why = "may not be asked" if self._requests is None else "was asked in vain"
            raise TokenError(
                "TokenRejected",
                f"the API refuses version {version}, the newest there is; the refresher {why}",
            )
        self._requests.send(version)
        self._emit({"type": "refresh-requested", "version": version})
        return self._wait_for_other(version)

    def _wait_for_other(self, version: int) -> str:
        asked_at = moment_of(self._clock)
        while elapsed_since(asked_at, self._clock) < self._wait:
            # The cache keeps its reads apart: this polls no faster than it allows.
            stored = self._read_other(version, or_raise=False)
            if stored is not None:
                return stored
        self._gave_up = GaveUp(version, moment_of(self._clock))
        raise TokenError(
            "TokenRejected",
            f"the API refuses version {version}, and no newer one came within {self._wait:g} s of asking for it",
        )

    def _read_other(self, version: int, *, or_raise: bool) -> Optional[str]:
        """Reads past the cache. A failed read says nothing about the version, unless it is the last thing to try."""
        try:
            read = self._cache.reread()
        except TokenError:
            if or_raise:
                raise
            return None
        return None if read.version == version else read.value

    def _gave_up_on(self, version: int) -> bool:
        gave_up = self._gave_up
        if gave_up is None or gave_up.version != version:
            return False
        return elapsed_since(gave_up.at, self._clock) < PAUSE_AFTER_FAILURE_SECONDS
