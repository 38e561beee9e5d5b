"""Signals that end a process: which they are, and where one has to wait."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["ENDING", "held_back"]

#: What ends a process without a word, unless it wants to tidy up first.
ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def held_back() -> Generator[None]:
    """Let signals that end the process wait until the block is over.

    For what must not be left in the middle, as native modules that abort the process if an
    exception comes while they are imported. Outside of the main thread signals do not come.
    """
    came: list[int] = []
    numbers = (signal.SIGINT, *ENDING)
    try:
        before = {n: signal.signal(n, lambda number, _: came.append(number)) for n in numbers}
    except ValueError:
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)
