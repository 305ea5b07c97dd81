"""Holds the newest token that was read, and reads again when it is time."""

from __future__ import annotations

import threading
from typing import Any, Callable, NamedTuple, Optional

from .clock import Moment, SystemClock, elapsed_since, moment_of
from .errors import TokenError
from .forks import call_after_fork
from .shared_work import SharedWork
from .token_source import StoredToken

#: A new read falls due at this share of the maximum age; jitter keeps many processes from reading together.
RENEWAL_FROM, RENEWAL_TO = 0.8, 0.95

#: With a token at hand that lives nobody waits longer than this for a new read.
WAIT_WITH_TOKEN_SECONDS = 2

#: With a token at hand that lives a failed read is tried again after this.
PAUSE_AFTER_FAILURE_SECONDS = 5

#: A token at hand that may have expired is read again after this, whether the last read failed or not.
PAUSE_IN_DOUBT_SECONDS = 10

#: An API's nodes may not all know a token for so long after it was stored: after a 401 it is sent again, after these pauses.
YOUNG_SECONDS = 5
YOUNG_PAUSES_SECONDS = (1, 2)


class HeldToken(NamedTuple):
    """A token at hand."""

    stored: StoredToken
    #: Just before it was read.
    read_at: Moment
    #: So long after it was read it is time for a new read.
    renew_in: float


class TokenCache:
    """
    One read at once for all threads. While the token at hand lives nobody sees a failed read, and without a token
    nobody is told of a failure that is past. A token lives until it has certainly expired.
    """

    def __init__(
        self,
        *,
        source: Any,
        clock: SystemClock,
        emit: Callable[[dict[str, Any]], None],
        max_age_seconds: float,
        poll_seconds: float,
        read_timeout_seconds: float,
        renew_ahead: bool,
    ) -> None:
        self._source = source
        self._clock = clock
        self._emit = emit
        self._max_age = max_age_seconds
        self._poll = poll_seconds
        self._read_timeout = read_timeout_seconds
        self._renew_ahead = renew_ahead
        self._held: Optional[HeldToken] = None
        self._read_began: Optional[Moment] = None
        self._has_failed = False
        self.after_fork()
        call_after_fork(self)

    def after_fork(self) -> None:
        self._lock = threading.Lock()
        self._reading: Optional[SharedWork] = None

    @property
    def held(self) -> Optional[StoredToken]:
        """The newest token that was read; may have expired."""
        held = self._held
        return None if held is None else held.stored

    @property
    def longest_read(self) -> float:
        """How many seconds `reread` takes at most."""
        return self._poll + self._read_timeout

    def get(self) -> str:
        """A token that lives. Raises TokenError `TokenExpired` if a read brought none, or what the read raised."""
        held = self._held
        if held is not None and self._age(held) < held.renew_in:
            return held.stored.value
        with self._lock:
            # Another thread may have read meanwhile.
            held = self._held
            if held is not None and self._may_go_on_with(held):
                return held.stored.value
            waits = held is None or not self._may_read_meanwhile(held)
            reading = self._join_read()
        reading.start()
        if held is not None and not waits:
            return held.stored.value
        try:
            return self._living(reading).value
        except TokenError:
            if held is None or not self._lives(held):
                raise
            return held.stored.value

    def is_young(self, value: str) -> bool:
        """Whether a token that is at hand was stored a few seconds ago."""
        held = self._held
        if held is None or held.stored.value != value:
            return False
        return held.stored.age + self._age(held) < YOUNG_SECONDS

    @property
    def is_just_read(self) -> bool:
        """Whether a read now would come less than the poll interval after the last."""
        return self._gap() > 0

    def reread(self, *, at_once: bool = False) -> StoredToken:
        """
        The newest token, read now or, if the last read began less than the poll interval ago, when that is over. With
        `at_once` the caller keeps reads apart by itself.
        """
        return self._living(self._new_or_running_read(at_once))

    def _new_or_running_read(self, at_once: bool = False) -> SharedWork:
        with self._lock:
            reading = self._join_read(at_once)
        reading.start()
        return reading

    def _living(self, reading: SharedWork) -> StoredToken:
        read: HeldToken = reading.result()
        if not self._lives(read) and read.stored.expires_in > 0:
            # It lived when it was answered: the clock was set meanwhile, the machine slept, or its time has just run out.
            read = self._new_or_running_read().result()
        if self._lives(read):
            return read.stored
        ago = round(self._age(read) - read.stored.expires_in)
        raise TokenError(
            "TokenExpired",
            f"the stored token (version {read.stored.version}) expired {ago} s ago, and there is no newer one; "
            "if its lifetime is longer, set lifetime_seconds",
        )

    def _age(self, held: HeldToken) -> float:
        return elapsed_since(held.read_at, self._clock)

    def _lives(self, held: HeldToken) -> bool:
        return self._age(held) < held.stored.expires_in

    def _may_go_on_with(self, held: HeldToken) -> bool:
        return self._lives(held) and (self._age(held) < held.renew_in or self._is_too_soon(held))

    def _may_read_meanwhile(self, held: HeldToken) -> bool:
        """Past the maximum age one waits for the read, unless the last read failed."""
        if not self._renew_ahead or not self._lives(held):
            return False
        return self._age(held) < self._max_age or self._is_failing()

    def _is_too_soon(self, held: HeldToken) -> bool:
        """Soon after a read that failed, or one that brought a token older than the one at hand."""
        is_failing = self._is_failing()
        if self._read_began is None or (self._reading is not None and not is_failing):
            return False
        in_doubt = self._age(held) >= held.stored.may_expire_in
        after_failure = PAUSE_IN_DOUBT_SECONDS if in_doubt else PAUSE_AFTER_FAILURE_SECONDS
        # Never shorter than the gap between reads, which the next one would wait for.
        pause = max(after_failure, self._poll) if is_failing else self._poll
        return elapsed_since(self._read_began, self._clock) < pause

    def _is_failing(self) -> bool:
        """The last read has failed, or takes too long."""
        return self._has_failed or (self._reading is not None and self._reading.is_overdue)

    def _join_read(self, at_once: bool = False) -> SharedWork:
        """With the lock held. A read that is overdue goes on, alone: what it brings still counts, its failure does not."""
        if self._reading is None or self._reading.is_overdue:
            self._has_failed = self._is_failing()
            self._reading = self._new_read(0.0 if at_once else self._gap())
        return self._reading

    def _new_read(self, gap: float) -> SharedWork:
        limit = self._read_limit()
        overdue = TokenError("ParameterUnavailable", f"no answer from SSM within {limit:g} s")

        def read() -> HeldToken:
            if gap > 0:
                self._clock.sleep(gap)
            return self._read(work)

        work = SharedWork(read, limit=gap + limit, overdue=overdue, clock=self._clock)
        return work

    def _gap(self) -> float:
        if self._held is None or self._read_began is None:
            return 0.0
        return max(0.0, self._poll - elapsed_since(self._read_began, self._clock))

    def _read_limit(self) -> float:
        has_token = self._held is not None and self._lives(self._held)
        return min(WAIT_WITH_TOKEN_SECONDS, self._read_timeout) if has_token else self._read_timeout

    def _read(self, work: SharedWork) -> HeldToken:
        began = self._read_began = moment_of(self._clock)
        try:
            stored = self._source.read()
        except TokenError as error:
            with self._lock:
                if self._reading is work:
                    self._reading, self._has_failed = None, True
                at_hand = self._held is not None and self._lives(self._held)
            self._tell(began, outcome="failed", code=error.code, token_at_hand=at_hand)
            raise
        # In one step, so that no thread finds neither the read nor what it brought.
        with self._lock:
            before = self._held
            read = self._held = self._newer(before, stored, began)
            self._has_failed = False
            if self._reading is work:
                self._reading = None
        unchanged = before is not None and before.stored.value == read.stored.value
        outcome = "unchanged" if unchanged else "new"
        self._tell(began, outcome=outcome, version=read.stored.version, age=read.stored.age)
        return read

    def _tell(self, began: Moment, **fields: Any) -> None:
        self._emit({"type": "read", "duration": elapsed_since(began, self._clock), **fields})

    def _newer(self, held: Optional[HeldToken], stored: StoredToken, read_at: Moment) -> HeldToken:
        """What was read, unless it is older than what is at hand: SSM may answer with a past version."""
        # By the time of writing: a parameter that was deleted and created again counts its versions from 1.
        if held is not None and (stored.written_at, stored.version) < (
            held.stored.written_at,
            held.stored.version,
        ):
            return held
        share = RENEWAL_FROM + (RENEWAL_TO - RENEWAL_FROM) * self._clock.random()
        recheck_in = max(stored.may_expire_in, PAUSE_IN_DOUBT_SECONDS)
        renew_in = min(self._max_age * share, recheck_in, stored.expires_in)
        return HeldToken(stored, read_at, renew_in)
