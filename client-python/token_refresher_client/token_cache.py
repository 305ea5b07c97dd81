"""Holds the newest token that was read, and reads again when it is time."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, Callable, NamedTuple, Optional

from .clock import Moment, SystemClock, elapsed_since, moment_of
from .errors import TokenError
from .token_source import StoredToken

#: A new read falls due at this share of the maximum age; jitter keeps many processes from reading together.
RENEWAL_FROM, RENEWAL_TO = 0.8, 0.95

#: With a token at hand that lives nobody waits longer than this for a new read.
WAIT_WITH_TOKEN_SECONDS = 2

#: With a token at hand that lives a failed read is tried again after this.
PAUSE_AFTER_FAILURE_SECONDS = 5

#: A read that began so long ago is not waited for any more: its thread may have been lost in a fork.
LOST_AFTER_SECONDS = 60


#: Not even no token.
ANY = object()


class HeldToken(NamedTuple):
    """A token at hand. `renew` and `expires` are its ages, in seconds since `read_at`, at which that falls due."""

    stored: StoredToken
    read_at: Moment
    renew: float
    expires: float


def in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="token-refresher-client", daemon=True).start()


def _done(held: HeldToken) -> Future:
    done: Future = Future()
    done.set_result(held)
    return done


def broken_off(error: BaseException) -> TokenError:
    return TokenError("ParameterUnavailable", f"the read was broken off: {type(error).__name__}")


class TokenCache:
    """
    One read at once for all threads. While the token at hand lives nobody sees a failed read, and without a token
    nobody is told of a failure that is past.
    """

    def __init__(
        self,
        *,
        source: Any,
        clock: SystemClock,
        emit: Callable[[dict], None],
        max_age_seconds: float,
        poll_seconds: float,
        read_timeout_seconds: float,
        renew_ahead: bool,
        start: Callable[[Callable[[], None]], None] = in_a_thread,
    ) -> None:
        self._source = source
        self._clock = clock
        self._emit = emit
        self._max_age = max_age_seconds
        self._poll = poll_seconds
        self._read_timeout = read_timeout_seconds
        self._renew_ahead = renew_ahead
        # Where nothing may go on in the background, the thread that needs a read does it itself.
        self._start = start if renew_ahead else (lambda work: work())
        self._lock = threading.Lock()
        self._held: Optional[HeldToken] = None
        self._reading: Optional[Future] = None
        self._joined_at: Optional[Moment] = None
        self._read_began: Optional[Moment] = None
        self._failed_at: Optional[Moment] = None

    @property
    def held(self) -> Optional[StoredToken]:
        """The newest token that was read; may have expired."""
        held = self._held
        return None if held is None else held.stored

    def get(self) -> str:
        """A token that lives. Raises TokenError `TokenExpired` if a read brought none, or what the read raised."""
        held = self._held
        if held is not None and self._age(held) < held.renew:
            return held.stored.value
        if held is None or not self._lives(held):
            return self._living(self._join_read(held), self._poll + self._read_timeout).value
        if self._is_too_soon():
            return held.stored.value
        may_go_on_without = self._may_go_on_without(held)
        renewal = self._join_read(held)
        if may_go_on_without:
            return held.stored.value
        try:
            return self._living(renewal, WAIT_WITH_TOKEN_SECONDS).value
        except TokenError:
            if self._lives(held):
                return held.stored.value
            raise

    def reread(self) -> StoredToken:
        """The newest token, read now or, if the last read began less than the poll interval ago, when that is over."""
        return self._living(self._join_read(), self._poll + self._read_timeout)

    def _living(self, reading: Future, limit: float) -> StoredToken:
        read = self._result(reading, limit)
        if self._lives(read):
            return read.stored
        ago = round(self._age(read) - read.expires)
        raise TokenError(
            "TokenExpired",
            f"the stored token (version {read.stored.version}) expired {ago} s ago, and there is no newer one; "
            "if its lifetime is longer, set lifetime_seconds",
        )

    def _age(self, held: HeldToken) -> float:
        return elapsed_since(held.read_at, self._clock)

    def _lives(self, held: HeldToken) -> bool:
        return self._age(held) < held.expires

    def _is_too_soon(self) -> bool:
        """Soon after a read that failed, or one that brought a token older than the one at hand."""
        failed_at, began = self._failed_at, self._read_began
        if failed_at is not None:
            return elapsed_since(failed_at, self._clock) < PAUSE_AFTER_FAILURE_SECONDS
        is_idle = self._reading is None
        return is_idle and began is not None and elapsed_since(began, self._clock) < self._poll

    def _may_go_on_without(self, held: HeldToken) -> bool:
        """Past the maximum age one waits for the read, unless the last one shows that this may be in vain."""
        within_max_age = self._age(held) < self._max_age
        return self._renew_ahead and (within_max_age or self._failed_at is not None)

    def _result(self, reading: Future, limit: float) -> HeldToken:
        """A read that takes longer goes on, alone, until the SDK gives it up."""
        try:
            return reading.result(timeout=limit)
        except FutureTimeout:
            pass
        self._failed_at = moment_of(self._clock)
        raise TokenError("ParameterUnavailable", f"no answer from SSM within {limit:g} s")

    def _join_read(self, looked_at: Any = ANY) -> Future:
        """looked_at: the token for which a newer one is wanted; if another thread has replaced it, that will do."""
        with self._lock:
            if looked_at is not ANY and self._held is not None and self._held is not looked_at:
                return _done(self._held)
            if self._reading is not None and not self._is_lost():
                return self._reading
            reading = self._reading = Future()
            self._joined_at = moment_of(self._clock)
        self._start(lambda: self._run(reading))
        return reading

    def _is_lost(self) -> bool:
        return (
            self._joined_at is not None and elapsed_since(self._joined_at, self._clock) > LOST_AFTER_SECONDS
        )

    def _run(self, reading: Future) -> None:
        try:
            self._keep_apart()
            held = self._read()
        except BaseException as error:
            self._end(reading)
            is_ours = isinstance(error, TokenError)
            reading.set_exception(error if is_ours else broken_off(error))
            if not isinstance(error, Exception):
                raise
        else:
            self._end(reading, held)
            reading.set_result(held)

    def _end(self, reading: Future, held: Optional[HeldToken] = None) -> None:
        """In one step, so that no thread finds neither the read nor what it brought."""
        with self._lock:
            self._held = held or self._held
            if self._reading is reading:
                self._reading = None

    def _keep_apart(self) -> None:
        if self._held is None or self._read_began is None:
            return
        gap = self._poll - elapsed_since(self._read_began, self._clock)
        if gap > 0:
            self._clock.sleep(gap)

    def _read(self) -> HeldToken:
        began = self._read_began = moment_of(self._clock)
        held = self._held
        try:
            stored = self._source.read()
        except TokenError as error:
            self._failed_at = moment_of(self._clock)
            at_hand = held is not None and self._lives(held)
            self._tell(began, outcome="failed", code=error.code, token_at_hand=at_hand)
            raise
        self._failed_at = None
        read = self._newer(held, stored, began)
        unchanged = held is not None and held.stored.version == read.stored.version
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
        expires = stored.lives - stored.age
        return HeldToken(stored, read_at, renew=min(self._max_age * share, expires), expires=expires)
