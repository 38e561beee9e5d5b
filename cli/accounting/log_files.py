"""Files of a request log: found once each, checked before they are read, the same afterwards."""

from __future__ import annotations

import csv
import glob
import gzip
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.accounting.faults import RequestLogError
from wh_uncertainty.model.files.bounded import lines_within
from wh_uncertainty.model.files.delimiters import header_of

__all__ = [
    "CsvHeader",
    "LogFile",
    "check_unchanged",
    "csv_header",
    "find_files",
    "listing_sha256",
    "partition_keys",
]

_SUFFIXES = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}
_MAGIC = b"PAR1"
_PARTITION = re.compile(r"([^=/]+)=[^/]*")


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file as it was when it was found.

    Parameters
    ----------
    path : Path
        Resolved.
    kind : {"parquet", "csv", "jsonl"}
    size_bytes, modified_ns : int
    """

    path: Path
    kind: str
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """Names of a CSV file's columns, and what stands between them."""

    delimiter: str
    names: tuple[str, ...]


def find_files(requests: Sequence[str], columns: Iterable[str]) -> tuple[LogFile, ...]:
    """Find the files of paths and globs, each once however often it is named.

    Parameters
    ----------
    requests : sequence of str
    columns : iterable of str
        Outermost columns whose types must agree among Parquet files.

    Returns
    -------
    tuple of LogFile
        In the order of their paths.

    Raises
    ------
    RequestLogError
        None found, of no known kind, empty, unreadable, or Parquet files that contradict.
    """
    found: dict[tuple[int, int], LogFile] = {}
    for text in requests:
        for path in _matches(text):
            file, identity = _described(path)
            found.setdefault(identity, file)
    files = tuple(sorted(found.values(), key=lambda file: file.path))
    _check_schemas([file for file in files if file.kind == "parquet"], set(columns))
    return files


def check_unchanged(files: Iterable[LogFile]) -> None:
    """Refuse sums over a file that was written while it was read.

    Raises
    ------
    RequestLogError
    """
    for file in files:
        try:
            now = file.path.stat()
        except OSError as error:
            raise _error(
                file.path, f"was taken away while it was read ({error.strerror})"
            ) from None
        if (now.st_size, now.st_mtime_ns) != (file.size_bytes, file.modified_ns):
            raise _error(file.path, "was written while it was read; account files that are closed")


def listing_sha256(files: Iterable[LogFile]) -> str:
    """Hash names and sizes: what identifies the files without reading a terabyte again."""
    listing = "".join(f"{file.path.name}\t{file.size_bytes}\n" for file in files)
    return hashlib.sha256(listing.encode(errors="surrogateescape")).hexdigest()


def partition_keys(files: Sequence[LogFile], wanted: Iterable[str]) -> tuple[str, ...]:
    """Name the columns that folders hold instead of files, as ``day=2026-10-01``, for all files.

    Parameters
    ----------
    files : sequence of LogFile
    wanted : iterable of str
        Outermost columns that the map names.

    Returns
    -------
    tuple of str
        In the order of `wanted`.
    """
    of_each = [
        {match[1] for part in file.path.parent.parts if (match := _PARTITION.fullmatch(part))}
        for file in files
    ]
    common = set[str].intersection(*of_each) if of_each else set[str]()
    return tuple(name for name in dict.fromkeys(wanted) if name in common)


def csv_header(file: LogFile) -> CsvHeader:
    """Read the names of a CSV file's columns; of comma, semicolon and tab, most names decide.

    Raises
    ------
    RequestLogError
        No header, not UTF-8, or a name twice.
    """
    opener = gzip.open if file.path.suffix.lower() == ".gz" else open
    try:
        with opener(file.path, "rt", encoding="utf-8-sig", newline="") as opened:
            line = next(lines_within(opened), "")
    except (UnicodeDecodeError, csv.Error, OSError, EOFError) as error:
        raise _error(file.path, f"has no readable header ({error}); save it as UTF-8 CSV") from None
    header = CsvHeader(*header_of(line))
    if not header.names:
        raise _error(file.path, "has no readable header; save it as UTF-8 CSV")
    if len(set(header.names)) < len(header.names):
        raise _error(file.path, "names a column twice in its header; rename one")
    return header


def _matches(text: str) -> list[Path]:
    """Find what a text names: a file of exactly this name before a glob."""
    if os.path.lexists(text):
        return [Path(text)]
    paths = [Path(match) for match in sorted(glob.glob(text, recursive=True))]
    files = [path for path in paths if path.is_file()]
    if not files:
        raise RequestLogError(f"{text}: no such file; check the path, and quote a glob")
    return files


def _described(path: Path) -> tuple[LogFile, tuple[int, int]]:
    try:
        resolved = path.resolve(strict=True)
        state = resolved.stat()
        if resolved.is_dir():
            raise _error(path, f"is a directory; name its files, {path}/*.parquet")
        if state.st_size == 0:
            raise _error(path, "is empty; leave it out")
        kind = _kind(resolved)
    except OSError as error:
        raise _error(path, f"cannot be read ({error.strerror}); check the path") from None
    file = LogFile(resolved, kind, state.st_size, state.st_mtime_ns)
    return file, (state.st_dev, state.st_ino)


def _kind(path: Path) -> str:
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    kind = _SUFFIXES.get(plain.suffix.lower())
    if kind is None:
        raise _error(path, f"is of no known kind; its name ends with {', '.join(_SUFFIXES)}")
    if kind != "parquet":
        return kind
    with path.open("rb") as opened:
        start = opened.read(len(_MAGIC))
        opened.seek(-min(len(_MAGIC), path.stat().st_size), os.SEEK_END)
        end = opened.read()
    if start != _MAGIC:
        raise _error(path, "is no Parquet file; write it again")
    if end != _MAGIC:
        raise _error(path, "is cut off: its end is not that of a Parquet file; copy it again")
    return kind


def _check_schemas(files: Sequence[LogFile], columns: set[str]) -> None:
    """Refuse columns that are text in one file and numbers in another."""
    seen: dict[str, tuple[str, Path]] = {}
    for file in files:
        for name, kind in _column_kinds(file.path).items():
            first, where = seen.setdefault(name, (kind, file.path))
            if name in columns and kind != first:
                problem = f"column {name!r} is {kind}, and {first} in {where.name}"
                raise _error(file.path, f"{problem}; write them alike, or account them apart")


def _column_kinds(path: Path) -> Mapping[str, str]:
    # pyarrow publishes no types, hence Any.
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    try:
        schema = parquet.read_schema(path)
    except (arrow.ArrowException, OSError) as error:
        line = str(error).splitlines()[0]
        raise _error(path, f"has a broken footer ({line}); write it again") from None
    return {field.name: _type_words(arrow.types, field.type) for field in schema}


def _type_words(types: Any, kind: Any) -> str:
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return "a number"
    if types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind):
        return "text"
    return "a time" if types.is_temporal(kind) else str(kind).partition("<")[0]


def _error(path: Path, problem: str) -> RequestLogError:
    return RequestLogError(f"{path}: {problem}")
