"""When the requests of a trace were served, where its columns say so."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.files.bounded import lines_within
from wh_uncertainty.model.files.delimiters import delimiter_of
from wh_uncertainty.model.metering.cells import has_zone, instant_s
from wh_uncertainty.model.metering.series import MeterError, Window

__all__ = ["RequestTimes", "request_times"]

Floats = NDArray[np.float64]

_PARQUET_MAGIC = b"PAR1"
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "start": ("start", "starttime", "startedat", "arrival", "arrivaltime", "arrivedat", "timestamp",
              "time", "requesttime", "createdat", "starts"),
    "end": ("end", "endtime", "endedat", "finish", "finishtime", "finishedat", "completedat"),
    "duration": ("duration", "durations", "latency", "latencys", "e2elatency", "e2elatencys"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class RequestTimes:
    """When each request began and ended.

    Parameters
    ----------
    start_s : ndarray of shape (request,)
    end_s : ndarray of shape (request,) or None
        None where only beginnings are known.
    has_zone : bool
        Whether the beginnings were written with a zone, or as seconds since 1970.
    """

    start_s: Floats
    end_s: Floats | None
    has_zone: bool = True

    @property
    def span(self) -> Window:
        """From the first beginning to the last end, or the last beginning."""
        last = self.start_s if self.end_s is None else self.end_s
        return Window(float(self.start_s.min()), float(last.max()))

    def within(self, window: Window) -> NDArray[np.bool_]:
        """Whether each request began inside of a window, its end left out."""
        return (self.start_s >= window.start_s) & (self.start_s < window.end_s)


def request_times(path: Path) -> RequestTimes | None:
    """Read the columns of times of a trace that `trace_lengths` has read.

    Parameters
    ----------
    path : Path
        CSV or Parquet. Beginnings under ``start``, ``arrival_time``, ``timestamp`` ...; ends under
        ``end``, ``finished_at`` ..., or ``duration_s`` and ``latency_s`` in seconds.

    Returns
    -------
    RequestTimes or None
        None where no column says when requests began.

    Raises
    ------
    MeterError
        A cell is no time, or a request ends before it begins.
    """
    with path.open("rb") as file:
        is_parquet = file.read(len(_PARQUET_MAGIC)) == _PARQUET_MAGIC
    columns = _parquet(path) if is_parquet else _csv(path)
    if "start" not in columns:
        return None
    start = _instants(path, columns["start"])
    end = None
    if "end" in columns:
        end = _instants(path, columns["end"])
    elif "duration" in columns:
        end = start + _seconds(path, columns["duration"])
    if end is not None and (end < start).any():
        row = int(np.argmax(end < start))
        raise MeterError(f"trace {path} request {row + 1}: ends before it begins; correct the row")
    return RequestTimes(start, end, has_zone(columns["start"][0]))


def _csv(path: Path) -> dict[str, Sequence[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        delimiter = delimiter_of(next(lines_within(file), ""))
        file.seek(0)
        reader = csv.reader(lines_within(file), delimiter=delimiter, strict=True)
        chosen = _roles(next(reader))
        rows = [
            [line[i] if i < len(line) else "" for i in chosen.values()] for line in reader if line
        ]
    return dict(zip(chosen, zip(*rows, strict=True), strict=True)) if chosen else {}


def _parquet(path: Path) -> dict[str, Sequence[str]]:
    parquet: Any = import_module("pyarrow.parquet")
    with parquet.ParquetFile(path) as file:
        names: list[str] = list(file.schema_arrow.names)
        chosen = _roles(names)
        table = file.read(columns=[names[i] for i in chosen.values()])
    return {role: list(map(str, table.column(names[i]).to_pylist())) for role, i in chosen.items()}


def _roles(header: Sequence[str]) -> dict[str, int]:
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in header]
    return {
        role: next(i for i, name in enumerate(plain) if name in names)
        for role, names in _COLUMNS.items()
        if set(names) & set(plain)
    }


def _instants(path: Path, cells: Sequence[str]) -> Floats:
    return np.array([_read(path, row, cell) for row, cell in enumerate(cells, start=1)])


def _seconds(path: Path, cells: Sequence[str]) -> Floats:
    try:
        seconds = np.array(cells, dtype=np.float64)
    except ValueError as error:
        raise MeterError(f"trace {path}: a duration is no number of seconds ({error})") from None
    if not (np.isfinite(seconds) & (seconds >= 0)).all():
        raise MeterError(f"trace {path}: a duration is below 0 or infinite; correct it")
    return seconds


def _read(path: Path, row: int, cell: str) -> float:
    try:
        return instant_s(cell)
    except (ValueError, OverflowError):
        raise MeterError(
            f"trace {path} request {row}: {cell[:40]!r} is no time; write ISO 8601 or seconds "
            "since 1970"
        ) from None
