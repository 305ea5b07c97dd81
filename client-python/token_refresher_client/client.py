"""The client: reads one token and keeps it at hand."""

from __future__ import annotations

import os
import re
from typing import Any, Callable, Optional

from .clock import SystemClock
from .contract import (
    ACCESS_TOKEN_PARAMETER,
    DEFAULT_ACCESS_TOKEN_LIFETIME_SECONDS,
    DEFAULT_INTERVAL_SECONDS,
    ENVIRONMENT_NAME,
    LATEST_SUCCESSOR_SECONDS,
    TOKEN_NAME,
    TOKEN_NAME_MAX_LENGTH,
)
from .errors import TokenError
from .recovery import Recovery
from .refresh_requests import SqsRefreshRequests
from .sdk_clients import OwnClient
from .token_cache import TokenCache
from .token_source import SsmTokenSource

DEFAULT_MAX_AGE_SECONDS = 60

SYSTEM_CLOCK = SystemClock()


class TokenClient:
    """
    Reads one token and keeps it at hand. Safe to share between threads; one per process and token is enough.

    environment: the environment that keeps the token: `sandbox`.
    token: its name there: `payments-api`.
    parameter_arn: ARN of the access-token parameter, if another account shares it.
    max_age_seconds: a token is handed out for at most so many seconds without a new read; reads begin at 80 to 95 % of
        it, at random. 1 to the margin, which is lifetime_seconds - interval_seconds - 75. Default: 60, or the margin if
        that is less.
    lifetime_seconds: how long the API's tokens live, as in the environments file. A JWT with `exp` and `iat` states its
        own lifetime; one with `exp` alone lives until then, and at least for this long. 60 to 604,800, default 1,800.
    interval_seconds: seconds between two scheduled refreshes, as in the environments file. 60 to 43,200, default 1,500.
    poll_seconds: once a token is known, reads are at least so many seconds apart: past its expiry, and after a 401.
        1 to 60, default 1.
    read_timeout_seconds: a read that takes longer has failed. 0.1 to 60, default 5; at most 2 while the token at hand
        lives.
    renew_ahead: whether reads go on in the background, while callers get the token at hand. Default: not in AWS Lambda,
        where nothing runs between invocations.
    queue_url: URL of the environment's request queue: leave to ask the refresher for a new token after a 401. The role
        needs `sqs:SendMessage` on it. Default: the refresher is never asked.
    wait_seconds: seconds to wait for a new token after asking. 1 to 120, default 20. The refresher replaces no token
        that is less than a minute old; to wait for that, too, needs 75.
    ssm, sqs: boto3 clients. Default: made here, with short time limits, `sqs` at the first request; anew after a fork.
    on_event: called with a dict at each read, 401 and refresh request, by a thread of the client's. What it raises is
        ignored.
    """

    def __init__(
        self,
        *,
        environment: str,
        token: str,
        parameter_arn: Optional[str] = None,
        max_age_seconds: Optional[float] = None,
        lifetime_seconds: float = DEFAULT_ACCESS_TOKEN_LIFETIME_SECONDS,
        interval_seconds: float = DEFAULT_INTERVAL_SECONDS,
        poll_seconds: float = 1,
        read_timeout_seconds: float = 5,
        renew_ahead: Optional[bool] = None,
        queue_url: Optional[str] = None,
        wait_seconds: float = 20,
        ssm: Any = None,
        sqs: Any = None,
        on_event: Optional[Callable[[dict[str, Any]], None]] = None,
        clock: Any = SYSTEM_CLOCK,
    ) -> None:
        self._arguments = {name: value for name, value in locals().items() if name != "self"}
        _check_name("environment", environment, ENVIRONMENT_NAME)
        _check_name("token", token, TOKEN_NAME)
        if len(token) > TOKEN_NAME_MAX_LENGTH:
            _fail("token", f"has at most {TOKEN_NAME_MAX_LENGTH} characters", token)
        if queue_url is not None and not re.fullmatch(r"https?://\S+\.fifo", queue_url):
            _fail("queue_url", "is the URL of a FIFO queue", queue_url)
        _check_seconds("lifetime_seconds", lifetime_seconds, 60, 604_800)
        _check_seconds("interval_seconds", interval_seconds, 60, 43_200)
        margin = lifetime_seconds - interval_seconds - LATEST_SUCCESSOR_SECONDS
        if margin < 1:
            rule = f"is more than interval_seconds ({interval_seconds}) + {LATEST_SUCCESSOR_SECONDS}"
            _fail("lifetime_seconds", rule, lifetime_seconds)
        if max_age_seconds is None:
            max_age_seconds = min(DEFAULT_MAX_AGE_SECONDS, margin)
        _check_seconds("max_age_seconds", max_age_seconds, 1, margin)
        _check_seconds("poll_seconds", poll_seconds, 1, 60)
        _check_seconds("read_timeout_seconds", read_timeout_seconds, 0.1, 60)
        _check_seconds("wait_seconds", wait_seconds, 1, 120)

        emit = _safely(on_event)
        ssm_client: Callable[[], Any] = OwnClient("ssm") if ssm is None else (lambda: ssm)
        # Made at once: this takes seconds in a small Lambda function, and the least while it starts.
        ssm_client()
        source = SsmTokenSource(
            ssm_client,
            environment=environment,
            parameter=parameter_arn or ACCESS_TOKEN_PARAMETER.format(environment=environment, token=token),
            lifetime_seconds=lifetime_seconds,
            clock=clock,
        )
        self._cache = TokenCache(
            source=source,
            clock=clock,
            emit=emit,
            max_age_seconds=max_age_seconds,
            poll_seconds=poll_seconds,
            read_timeout_seconds=read_timeout_seconds,
            renew_ahead=not _is_lambda() if renew_ahead is None else renew_ahead,
        )
        sqs_client: Callable[[], Any] = OwnClient("sqs") if sqs is None else (lambda: sqs)
        self._recovery = Recovery(
            cache=self._cache,
            requests=None if queue_url is None else SqsRefreshRequests(token, queue_url, sqs_client),
            clock=clock,
            emit=emit,
            wait_seconds=wait_seconds,
            poll_seconds=poll_seconds,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as its arguments, without a token. Fails with those of boto3's clients, which cannot be pickled."""
        arguments = {name: value for name, value in self._arguments.items() if value is not SYSTEM_CLOCK}
        return _client_of, (arguments,)

    def __deepcopy__(self, _: Any) -> TokenClient:
        """Copies share the token at hand."""
        return self

    def get_token(self, *, rejected: Optional[str] = None) -> str:
        """
        An access token that has not certainly expired. In its last 15 seconds, or past its `exp`, the API may refuse it.
        Raises TokenError.

        rejected: a token that the API answered 401 to: its successor is wanted, and the refresher is asked for one if it
            may be.
        """
        return self._cache.get() if rejected is None else self._recovery.successor_of(rejected)

    def is_young(self, token: str) -> bool:
        """Whether this token is at hand and was stored in the last 5 seconds, so that the API may not know it yet."""
        return self._cache.is_young(token)

    def authorization(self, *, rejected: Optional[str] = None) -> dict[str, str]:
        """The header to send, for any HTTP client. Raises as `get_token`."""
        return {"Authorization": f"Bearer {self.get_token(rejected=rejected)}"}


def _client_of(arguments: dict[str, Any]) -> TokenClient:
    return TokenClient(**arguments)


def _is_lambda() -> bool:
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


def _safely(listener: Optional[Callable[[dict[str, Any]], None]]) -> Callable[[dict[str, Any]], None]:
    """A broken counter must not cost anyone a token."""

    def emit(event: dict[str, Any]) -> None:
        try:
            if listener is not None:
                listener(event)
        except Exception:
            pass

    return emit


def _check_name(option: str, value: Any, pattern: str) -> None:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        _fail(option, f"matches {pattern}", value)


def _check_seconds(option: str, value: Any, least: float, most: float) -> None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (is_number and least <= value <= most):
        _fail(option, f"is a number from {least:g} to {most:g}", value)


def _fail(option: str, rule: str, value: Any) -> None:
    raise TokenError("InvalidOption", f"{option} {rule}, got {value!r}")
