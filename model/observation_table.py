"""Reading a table of benchmark rows from a file: every cell checked, errors that say where."""

import csv
import hashlib
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.files.bounded import lines_within, read_within
from wh_uncertainty.model.files.delimiters import is_number
from wh_uncertainty.model.observation_schema import (
    COLUMNS,
    HOLDS,
    REMEDY,
    Column,
    ObservationError,
)
from wh_uncertainty.priors.names import close_names

__all__ = ["Table", "read_table"]

_LARGEST_FILE_BYTES = 64 * 2**20  # thirty times the embedded table


@dataclass(frozen=True, slots=True)
class Table:
    """A validated table, column by column.

    Parameters
    ----------
    name : str
        File the rows came from, for messages.
    sha256 : str
        Hash of the file's bytes.
    rows : int
    text, number, day : mapping of column name to array of shape (rows,)
        Strings; float64 with NaN where blank; datetime64[D] with NaT where blank.
    extra : mapping
        Columns of the file that are not in the schema, as strings.
    """

    name: str
    sha256: str
    rows: int
    text: Mapping[str, NDArray[np.str_]]
    number: Mapping[str, NDArray[np.float64]]
    day: Mapping[str, NDArray[np.datetime64]]
    extra: Mapping[str, NDArray[np.str_]]


def read_table(path: Path) -> Table:
    """Read and check a CSV file of observations.

    Parameters
    ----------
    path : Path
        UTF-8 text, comma separated, one header row with the names of `COLUMNS`.

    Returns
    -------
    Table

    Raises
    ------
    ObservationError
        On the first rule broken.
    """
    raw = _bytes(path)
    if raw.lstrip()[:1] in (b"[", b"{"):
        raise ObservationError(
            f"{path}: JSON, not a table; make one of it with `wh-uncertainty observations import`"
        )
    header, cells = _cells(path, raw)
    _check_header(path, header)
    given = dict(zip(header, cells, strict=True))
    rows = len(cells[0])
    whole = {c.name: given.get(c.name, ("",) * rows) for c in COLUMNS}
    for column in COLUMNS:
        if not column.blank_allowed and "" in whole[column.name]:
            raise _error(path, whole[column.name].index(""), column.name, "", "must not be blank")
    known = {c.name for c in COLUMNS}
    table = Table(
        name=str(path),
        sha256=hashlib.sha256(raw).hexdigest(),
        rows=rows,
        text={c.name: _text(path, c, whole[c.name]) for c in _with("name", "text")},
        number={c.name: _number(path, c, whole[c.name]) for c in _with(*HOLDS)},
        day={c.name: _day(path, c, whole[c.name]) for c in _with("date")},
        extra={n: np.array(v, dtype=np.str_) for n, v in given.items() if n not in known},
    )
    _check_unique(path, whole["observation_id"])
    return table


def _with(*rules: str) -> Iterator[Column]:
    return (c for c in COLUMNS if c.rule in rules)


def _error(path: Path, index: int, column: str, value: str, rule: str) -> ObservationError:
    return ObservationError(f"{path} row {index + 2} [{column}]: {value!r} {rule}")


def _bytes(path: Path) -> bytes:
    try:
        content = read_within(path, _LARGEST_FILE_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ObservationError(f"{path}: cannot be read ({reason}); check the path") from error
    if content is None:
        limit = _LARGEST_FILE_BYTES // 2**20
        raise ObservationError(f"{path}: a table may have at most {limit} MiB; split it")
    return content


def _cells(path: Path, raw: bytes) -> tuple[list[str], list[tuple[str, ...]]]:
    try:
        text = io.StringIO(raw.decode("utf-8-sig"), newline="")
        lines = list(csv.reader(lines_within(text), strict=True))
    except UnicodeDecodeError as error:
        raise ObservationError(
            f"{path}: byte {error.start} is not UTF-8 text; save the table as UTF-8 CSV"
        ) from error
    except csv.Error as error:
        raise ObservationError(f"{path}: not a CSV table ({error}); save it as CSV") from error
    if not lines or not lines[0]:
        raise ObservationError(f"{path}: empty file; it must begin with the column names")
    header, body = lines[0], [line for line in lines[1:] if line]
    if not body:
        raise ObservationError(f"{path}: no rows below the column names; add at least one")
    for index, line in enumerate(body):
        if len(line) != len(header):
            raise ObservationError(
                f"{path} row {index + 2}: {len(line)} cells, but the header names {len(header)}; "
                "quote cells that hold a comma"
            )
    return header, list(zip(*body, strict=True))


def _check_header(path: Path, header: Sequence[str]) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ObservationError(f"{path} row 1 [{twice[0]}]: column named twice; keep one")
    for column in COLUMNS:
        if column.name in header:
            continue
        spare = [name for name in header if name not in {c.name for c in COLUMNS}]
        # Closer than a hint has to be: one near an optional column refuses the whole table.
        close = close_names(column.name, spare, most=1, alike=0.8)
        hint = f"rename column {close[0]!r}" if close else "add it"
        if close or not column.column_optional:
            raise ObservationError(f"{path} row 1 [{column.name}]: column missing; {hint}")


def _check_unique(path: Path, ids: Sequence[str]) -> None:
    first: dict[str, int] = {}
    for index, name in enumerate(ids):
        if first.setdefault(name, index) != index:
            rule = f"stands in row {first[name] + 2} too; every row needs a name of its own"
            raise _error(path, index, "observation_id", name, rule)


def _text(path: Path, column: Column, cells: Sequence[str]) -> NDArray[np.str_]:
    if column.rule == "name":
        for name in set(cells):
            if "|" in name or name != name.strip():
                raise _error(path, cells.index(name), column.name, name, REMEDY["name"])
    return np.array(cells, dtype=np.str_)


def _number(path: Path, column: Column, cells: Sequence[str]) -> NDArray[np.float64]:
    try:
        values = np.array([float(c) if c else math.nan for c in cells], dtype=np.float64)
    except ValueError:
        index = next(i for i, c in enumerate(cells) if c and not is_number(c))
        raise _error(path, index, column.name, cells[index], REMEDY[column.rule]) from None
    given = np.array([c != "" for c in cells])
    broken = np.flatnonzero(given & ~HOLDS[column.rule](values))
    if broken.size:
        index = int(broken[0])
        raise _error(path, index, column.name, cells[index], REMEDY[column.rule])
    return values


def _day(path: Path, column: Column, cells: Sequence[str]) -> NDArray[np.datetime64]:
    parsed: dict[str, np.datetime64] = {"": np.datetime64("NaT", "D")}
    for text in set(cells) - {""}:
        try:
            parsed[text] = np.datetime64(date.fromisoformat(text), "D")
        except ValueError:
            index = cells.index(text)
            raise _error(path, index, column.name, text, REMEDY["date"]) from None
    return np.array([parsed[text] for text in cells], dtype="datetime64[D]")
