"""Files that belong together take their places together, whoever else reads or writes them."""

from __future__ import annotations

import os
import shutil
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

    A signal that would end this process waits until all have their names. If one cannot be renamed,
    those before it are what they were.

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
        before = [_set_aside(wanted) for _, wanted in files]
        renamed = 0
        try:
            for made, wanted in files:
                os.replace(made, wanted)
                renamed += 1
        except OSError:
            for old, (_, wanted) in zip(before[:renamed], files, strict=False):
                _put_back(old, wanted)
            raise
        finally:
            for old in filter(None, before):
                old.unlink(missing_ok=True)


def _put_back(old: Path | None, wanted: Path) -> None:
    if old is None:
        wanted.unlink()
    else:
        os.replace(old, wanted)


def _set_aside(path: Path) -> Path | None:
    """Give a file a second name, where there is one; copy it where a disk knows no such names."""
    if not path.exists():
        return None
    aside = path.with_name(f".{path.name}.{os.getpid()}.before")
    try:
        os.link(path, aside)
    except OSError:
        shutil.copyfile(path, aside)
    return aside


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
