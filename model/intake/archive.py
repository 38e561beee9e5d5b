"""Zip archives, none of whose members can fill the memory or leave the archive."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import IO

from wh_uncertainty.model.intake.limits import (
    MAX_ARCHIVE_BYTES,
    MAX_DIRECTORY_BYTES,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_PACKING_RATIO,
    SMALL_MEMBER_BYTES,
    mib,
)
from wh_uncertainty.model.observation_schema import ObservationError

__all__ = ["Member", "archive_members", "is_archive"]

_MAGIC = b"PK\x03\x04"
_END = b"PK\x05\x06"  # of the list of members; its size stands 12 bytes further on
_END_BYTES, _LOCATOR_BYTES, _COMMENT_BYTES = 22, 20, 2**16
_ENCRYPTED = 0x1
_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive that passed the checks."""

    name: str
    day: date
    open_binary: Callable[[], IO[bytes]]


def is_archive(path: Path) -> bool:
    """Whether a file begins as a zip archive does."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def archive_members(path: Path, stack: ExitStack) -> list[Member]:
    """Open an archive and check every member before any is read.

    Parameters
    ----------
    path : Path
    stack : ExitStack
        Closes the archive.

    Returns
    -------
    list of Member

    Raises
    ------
    ObservationError
        Damaged, too large, encrypted, nested, or with a member that points outside.
    """
    _check_directory(path)
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise ObservationError(f"{path}: damaged archive ({error}); download it again") from error
    return list(_checked(path, archive))


def _check_directory(path: Path) -> None:
    """Refuse a list of members that is too long to be read as a whole."""
    size = path.stat().st_size
    if size > MAX_ARCHIVE_BYTES:
        raise ObservationError(f"{path}: over {mib(MAX_ARCHIVE_BYTES)}B; unpack it")
    with path.open("rb") as file:
        file.seek(max(0, size - _END_BYTES - _LOCATOR_BYTES - _COMMENT_BYTES))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or b"PK\x06\x07" in tail[max(0, at - _LOCATOR_BYTES) : at]:
        raise ObservationError(f"{path}: no plain list of members (cut off, or zip64); unpack it")
    if int.from_bytes(tail[at + 12 : at + 16], "little") > MAX_DIRECTORY_BYTES:
        raise ObservationError(f"{path}: over {mib(MAX_DIRECTORY_BYTES)}B of names; unpack it")


def _checked(path: Path, archive: zipfile.ZipFile) -> Iterator[Member]:
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > MAX_FILES:
        raise ObservationError(f"{path}: more than {MAX_FILES:,} members; import in parts")
    if sum(info.file_size for info in members) > MAX_FILE_BYTES:
        raise ObservationError(f"{path}: unpacks to over {mib(MAX_FILE_BYTES)}B; import in parts")
    for info in members:
        problem = _problem(info)
        if problem:
            raise ObservationError(f"{path} [{info.filename}]: {problem}")
        yield Member(info.filename, _day(info), partial(_open, path, archive, info))


def _problem(info: zipfile.ZipInfo) -> str | None:
    if _OUTSIDE.search(info.filename) or _OUTSIDE.search(info.orig_filename):
        return "points outside the archive; make the archive anew"
    if (info.external_attr >> 28) == 0xA:  # the file type bits of a Unix mode
        return "is a symbolic link; archive the file itself"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted; unpack the archive"
    if info.filename.lower().endswith((".zip", ".gz", ".xz", ".zst", ".tar", ".7z")):
        return "is an archive in an archive; unpack it"
    large = info.file_size > SMALL_MEMBER_BYTES
    if large and info.file_size > MAX_PACKING_RATIO * max(info.compress_size, 1):
        return f"unpacks to over {MAX_PACKING_RATIO} times its size; unpack and check it"
    return None


def _day(info: zipfile.ZipInfo) -> date:
    try:
        return date(*info.date_time[:3])
    except ValueError:
        return date(1980, 1, 1)  # where zip archives begin to count


def _open(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise ObservationError(f"{path} [{info.filename}]: damaged ({error})") from error
