"""When a stored token expires."""

from __future__ import annotations

import base64
import json
import math
import re
from typing import Any, NamedTuple, Optional

from .contract import STORED_WITHIN_SECONDS

#: Parameter Store keeps no more characters than these: a longer payload only costs time.
LONGEST_PAYLOAD = 8 * 1024

#: As JSON writes numbers that are not negative: `float` would take `nan`, underscores and white space, too.
NUMBER_IN_STRING = re.compile(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class Expiry(NamedTuple):
    """In seconds since the epoch on AWS's clock."""

    #: From then on it may have expired.
    may_expire_at: float
    #: From then on it has certainly expired, whatever its issuer's clock says.
    expires_at: float


def expiry_of(token: str, *, written_at: float, lifetime_seconds: float) -> Expiry:
    """
    Nobody here knows the issuer's clock, so `exp` alone proves nothing. But a token was issued before it was written:
    after `exp` minus `iat` it has expired.

    written_at: on AWS's clock.
    lifetime_seconds: of tokens that do not state their own.
    """
    exp, iat = jwt_claims(token)
    configured = written_at + lifetime_seconds
    if exp is None or exp <= (iat or 0):
        return _expiry(configured, configured)
    return _expiry(exp, max(exp, configured) if iat is None else written_at + (exp - iat))


def _expiry(stated_at: float, expires_at: float) -> Expiry:
    """Its life may have begun some seconds before it was written."""
    return Expiry(min(stated_at, expires_at - STORED_WITHIN_SECONDS), expires_at)


class JwtClaims(NamedTuple):
    """Times by the issuer's clock, in seconds since the epoch, finite and not negative."""

    exp: Optional[float]
    iat: Optional[float]


def jwt_claims(token: str) -> JwtClaims:
    """
    When a JWT says that it expires and that it was issued (RFC 7519, section 4.1). Numbers in strings count; whatever
    else is no such time is None, as both are if the token is no JWT. Never raises. The signature is not checked: that is
    the API's business.
    """
    parts = token.split(".", 3)
    is_jwt = len(parts) >= 3 and len(parts[1]) <= LONGEST_PAYLOAD
    payload = _parse(parts[1]) if is_jwt else None
    claims = payload if isinstance(payload, dict) else {}
    return JwtClaims(_time_of(claims.get("exp")), _time_of(claims.get("iat")))


def _parse(payload: str) -> Any:
    """As JavaScript parses JSON: numbers have no limit of digits, and NaN is none."""
    try:
        text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode("utf-8", "replace")
        return json.loads(text, parse_int=float, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return None


def _no_json(constant: str) -> None:
    raise ValueError(constant)


def _time_of(claim: Any) -> Optional[float]:
    if isinstance(claim, str) and NUMBER_IN_STRING.fullmatch(claim):
        claim = float(claim)
    return claim if isinstance(claim, float) and 0 <= claim < math.inf else None
