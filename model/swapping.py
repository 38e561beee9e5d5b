"""Files that belong together take their places together, whoever else reads or writes them."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

fcntl: Any
try:
    fcntl = import_module("fcntl")
except ModuleNotFoundError:
    # Windows, where two fits at once into one directory may get in each other's way.
    fcntl = None

__all__ = ["locked", "swap_in"]


def swap_in(directory: Path, files: Sequence[tuple[Path, Path]]) -> None:
    """Rename files that are complete, all of them before another process renames its own.

    A signal that would end this process waits until all have their names.

    Parameters
    ----------
    directory : Path
        Of all of them.
    files : sequence of (made, wanted)

    Raises
    ------
    OSError
        A file cannot be renamed.
    """
    with locked(directory, alone=True), _undisturbed():
        for made, wanted in files:
            os.replace(made, wanted)


@contextmanager
def locked(directory: Path, *, alone: bool = False) -> Generator[None]:
    """Wait for those who rename files of a directory, and let none begin meanwhile.

    Parameters
    ----------
    directory : Path
    alone : bool
        Whether readers wait too.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


@contextmanager
def _undisturbed() -> Generator[None]:
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    waiting = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, waiting)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
