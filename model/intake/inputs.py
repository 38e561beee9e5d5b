"""What stands behind the paths of a command line: files, folders and archives, opened as text."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO

from wh_uncertainty.model.intake.archive import archive_members, is_archive
from wh_uncertainty.model.intake.limits import MAX_FILE_BYTES, MAX_FILES, mib
from wh_uncertainty.model.observation_schema import ObservationError

__all__ = ["RawFile", "open_text", "raw_files"]

_READ_SUFFIXES = (".json", ".csv")
# Tables of a dump without benchmark points; the logs among them have rows of megabytes.
_OTHER_TABLES = ("server_logs", "workflow_runs", "run_stats", "changelog_entries", "availability")


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file that may hold benchmark rows.

    Parameters
    ----------
    name : str
        For messages and for the column ``source``: without the folders that the user named.
    day : date
        When it was last changed, as far as the file system or the archive knows.
    asked : bool
        Named on the command line: it must hold rows, while a folder may hold other things too.
    open_binary : callable
    """

    name: str
    day: date
    asked: bool
    open_binary: Callable[[], IO[bytes]]


def raw_files(
    paths: Sequence[Path], stack: ExitStack, skipped: list[str], unread: Sequence[Path] = ()
) -> Iterator[RawFile]:
    """Find the files to read.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders and zip archives; a folder may hold archives, an archive may not.
    stack : ExitStack
        Closes the archives.
    skipped : list of str
        Receives the names of files that hold no rows, by their names.
    unread : sequence of Path
        What an import writes: a folder may hold it from last time.

    Yields
    ------
    RawFile

    Raises
    ------
    ObservationError
        Unreadable, or an archive that breaks a rule.
    """
    count = 0
    for path in paths:
        for file in _behind(path, stack, skipped, {os.path.realpath(p) for p in unread}):
            count += 1
            if count > MAX_FILES:
                raise ObservationError(f"{path}: more than {MAX_FILES:,} files; import in parts")
            yield file


def _behind(
    path: Path, stack: ExitStack, skipped: list[str], unread: set[str]
) -> Iterator[RawFile]:
    if not os.path.isdir(path):
        yield from _file_or_archive(path, path.name, True, stack, skipped)
        return
    for folder, folders, names in os.walk(path, onerror=_refuse):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        skipped += [_printable(os.path.join(folder, name)) for name in links]  # may lead in circles
        for name in sorted(names):
            inner = Path(folder, name)
            shown = str(Path(path.name) / inner.relative_to(path))
            wanted = inner.suffix.lower() == ".zip" or _may_hold_rows(name)
            if wanted and os.path.realpath(inner) not in unread:
                yield from _file_or_archive(inner, shown, False, stack, skipped)
            else:
                skipped.append(_printable(shown))


def _refuse(error: OSError) -> None:
    reason = error.strerror or str(error)
    raise ObservationError(f"{error.filename}: cannot be read ({reason}); check it") from error


def _may_hold_rows(name: str) -> bool:
    stem, suffix = os.path.splitext(os.path.basename(name.lower()))
    return suffix in _READ_SUFFIXES and stem not in _OTHER_TABLES


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name)


def _file_or_archive(
    path: Path, shown: str, asked: bool, stack: ExitStack, skipped: list[str]
) -> Iterator[RawFile]:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ObservationError(f"{path}: not a file; name files, folders or zip archives")
        if not is_archive(path):
            if status.st_size > MAX_FILE_BYTES:
                raise ObservationError(f"{path}: over {mib(MAX_FILE_BYTES)}B; split it")
            day = datetime.fromtimestamp(status.st_mtime, UTC).date()
            yield RawFile(_printable(shown), day, asked, lambda: path.open("rb"))
            return
        members = archive_members(path, stack)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ObservationError(f"{path}: cannot be read ({reason}); check the path") from error
    for member in members:
        name = _printable(f"{shown}/{member.name}")
        if _may_hold_rows(member.name):
            yield RawFile(name, member.day, False, member.open_binary)
        else:
            skipped.append(name)


def open_text(file: RawFile) -> io.TextIOWrapper:
    """Open a file as UTF-8 text, with or without byte order mark."""
    try:
        return io.TextIOWrapper(file.open_binary(), encoding="utf-8-sig", newline="")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ObservationError(f"{file.name}: cannot be read ({reason}); check it") from error
