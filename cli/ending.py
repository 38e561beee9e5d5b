"""Signals that end a process: which they are, and where one has to wait."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["ENDING", "Ender", "ended_by", "held_back"]

#: What ends a process without a word, unless it wants to tidy up first.
ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@dataclass(slots=True)
class Ender:
    """A handler that leaves all blocks, so that each removes what it had begun.

    Parameters
    ----------
    number : int or None
        The signal that came, if any: a library that is called may put an error of its own in the
        place of what is raised here.
    """

    number: int | None = None

    def __call__(self, number: int, _: object) -> None:
        """Leave."""
        self.number = number
        raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)


def ended_by() -> int | None:
    """Return the signal that has ended this process, if one has."""
    handler = signal.getsignal(signal.SIGTERM)
    return handler.number if isinstance(handler, Ender) else None


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
            if handler is not None:  # one that was not installed from Python cannot be put back
                signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)
