"""Reads an access token that the token refresher keeps fresh, and never hands out a dead one."""

from .client import TokenClient
from .errors import TokenError

__all__ = ["TokenClient", "TokenError"]
