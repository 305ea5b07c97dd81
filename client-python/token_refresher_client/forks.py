"""What a fork takes along must not be used as it is: locks may be held by threads that are gone."""

from __future__ import annotations

import os
import weakref
from typing import Any

_things: weakref.WeakSet[Any] = weakref.WeakSet()


def call_after_fork(thing: Any) -> None:
    """In a forked process `thing.after_fork()` is called, before anything else, for as long as the thing lives."""
    _things.add(thing)


def _after_fork() -> None:
    for thing in list(_things):
        thing.after_fork()


# There is none on Windows.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
