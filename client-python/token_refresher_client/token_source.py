"""Access tokens in Parameter Store."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import Any, Callable, NamedTuple, Optional

from .aws_errors import AwsFailure
from .clock import SystemClock
from .contract import KEY_ALIAS
from .errors import TokenError
from .expiry import expiry_of

#: Visible ASCII: whatever else a token held could not be sent in a header.
SENDABLE = re.compile(r"[\x21-\x7e]+")


class StoredToken(NamedTuple):
    """An access token as it was read."""

    value: str
    #: Version of the parameter.
    version: int
    #: When it was written, in seconds since the epoch on AWS's clock.
    written_at: float
    #: How long it had been stored when it was read.
    age: float
    #: So long after it was read it may have expired. Negative: before it was read.
    may_expire_in: float
    #: So long after it was read it has certainly expired. Negative: before it was read.
    expires_in: float


class SsmTokenSource:
    def __init__(
        self,
        client: Callable[[], Any],
        *,
        environment: str,
        parameter: str,
        lifetime_seconds: float,
        clock: SystemClock,
    ) -> None:
        self._client = client
        self._environment = environment
        self._parameter = parameter
        self._lifetime_seconds = lifetime_seconds
        self._clock = clock

    def read(self) -> StoredToken:
        """Raises TokenError."""
        try:
            return self._stored_token(self._client().get_parameter(Name=self._parameter, WithDecryption=True))
        except TokenError:
            raise
        except Exception as error:
            failure = self._unreadable(AwsFailure(error))
        raise failure

    def _stored_token(self, answer: Any) -> StoredToken:
        parameter = answer.get("Parameter") or {}
        value = self._sendable(parameter.get("Value") or "")
        version: int = self._present(parameter, "Version")
        written_at: float = self._present(parameter, "LastModifiedDate").timestamp()
        expiry = expiry_of(value, written_at=written_at, lifetime_seconds=self._lifetime_seconds)
        answered_at = date_of(answer)
        now = max(written_at, self._clock.now() if answered_at is None else answered_at)
        return StoredToken(
            value,
            version=version,
            written_at=written_at,
            age=now - written_at,
            may_expire_in=expiry.may_expire_at - now,
            expires_in=expiry.expires_at - now,
        )

    def _sendable(self, stored: str) -> str:
        """White space around a token that was stored by hand is no part of it."""
        value = stored.strip()
        if SENDABLE.fullmatch(value):
            return value
        what = "is empty" if value == "" else "holds characters that an HTTP header cannot"
        raise TokenError(
            "ParameterMalformed",
            f"parameter {self._parameter} {what}: not a token of the refresher's",
        )

    def _present(self, parameter: Any, field: str) -> Any:
        """AWS always sends them; some stand-ins for SSM do not."""
        if parameter.get(field) is None:
            raise TokenError(
                "ParameterMalformed", f"SSM's answer on parameter {self._parameter} has no {field}"
            )
        return parameter[field]

    def _unreadable(self, failure: AwsFailure) -> TokenError:
        parameter = self._parameter
        if failure.kind == "not-found":
            return failure.error(
                "ParameterNotFound",
                f"parameter {parameter} does not exist in this account and Region: wrong names, or no token was stored yet",
            )
        if failure.kind == "denied":
            return failure.error(
                "AccessDenied",
                f"reading parameter {parameter} is denied: the role lacks ssm:GetParameter on it",
                permission="ssm:GetParameter",
            )
        if failure.kind == "kms-denied":
            key = KEY_ALIAS.format(environment=self._environment)
            return failure.error(
                "AccessDenied",
                f"decrypting parameter {parameter} is denied: the role lacks kms:Decrypt on the key {key}",
                permission="kms:Decrypt",
            )
        if failure.kind == "key-unusable":
            return failure.error(
                "KeyUnusable",
                f"the key that encrypts parameter {parameter} is disabled, or about to be deleted",
            )
        if failure.kind == "credentials":
            return failure.invalid_credentials()
        return failure.error("ParameterUnavailable", f"parameter {parameter}: {failure.name} from SSM")


def date_of(answer: Any) -> Optional[float]:
    """
    When AWS answered, by its own clock: a token's age is the difference of two times of AWS's, since this computer's
    clock may be an hour off.
    """
    headers = (answer.get("ResponseMetadata") or {}).get("HTTPHeaders") or {}
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return None
