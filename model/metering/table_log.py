"""Power logs that are tables: nvidia-smi, amd-smi, and exports of Prometheus or Grafana.

Of nvidia-smi it is ``--query-gpu=timestamp,index,power.draw --format=csv``, of amd-smi ``metric -p
--csv -w 1``, whose header repeats and whose first line may be an instruction. An export has one
row per sample and series, or one column per series.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

import numpy as np

from wh_uncertainty.model.files.bounded import lines_within
from wh_uncertainty.model.files.delimiters import header_of
from wh_uncertainty.model.metering.cells import (
    Quantity,
    has_unit,
    has_zone,
    instant_s,
    quantity_of,
    reading,
)
from wh_uncertainty.model.metering.series import Finding, MeterError, PowerLog, Samples

__all__ = ["read_table"]

_TIMES = {"timestamp", "time", "ts", "datetime", "date", "unixtime", "epoch"}
_LABELS = {
    *("index", "gpu", "gpuid", "gpuindex", "gpuuuid", "uuid", "device", "instance", "hostname"),
    *("host", "node", "pci.busid", "pcibusid", "series", "outlet", "pdu", "rack"),
}
_METRICS = {"__name__", "metric", "metric_name"}  # of Prometheus; `name` is a product's
_VALUES = {"value", "values"}
# A column under an exact name of its tool goes before others that look like power.
_FIRST = (
    "power.draw",
    "power.draw.average",
    "power.draw.instant",
    "socketpower",
    "powerusage",
    "currentsocketpower",
    "averagesocketpower",
)
_SHOWN_CHARS = 200  # of names in an error
_HEADER_LINES = 20  # what may stand above the names of the columns
_NAMELESS = "meter"  # a device where no column names one
# Of a burst, samples follow each other at once, and the next burst comes after the log's step.
_AT_ONCE, _MANY, _FEWEST_STEPS = 0.2, 0.3, 10
_WATTS = Quantity("power", 1.0, stated=False)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which column holds what: positions, and the quantity of each column of values."""

    time: int
    labels: tuple[int, ...]
    metric: int | None
    values: tuple[tuple[int, str, Quantity], ...]
    header: tuple[str, ...]


def read_table(name: str, text: TextIO) -> PowerLog:
    """Read a table of power samples.

    Parameters
    ----------
    name : str
        Of the file, for errors.
    text : text stream

    Returns
    -------
    PowerLog

    Raises
    ------
    MeterError
        No columns of time and power, or a cell that is neither a value nor known to mean none.
    """
    headers = map(header_of, islice(lines_within(text), _HEADER_LINES))
    delimiter, _ = max(headers, key=lambda header: len(header[1]), default=(",", ()))
    text.seek(0)
    lines = lines_within(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        layout = _layout(name, reader)
        samples, first = Samples(name), list[str]()
        for row in reader:
            if row and tuple(map(str.strip, row)) != layout.header:
                _add(samples, layout, row, reader.line_num)
                first = first or row
    except csv.Error as error:
        raise MeterError(f"{name} line {reader.line_num}: no CSV ({error}); save it anew") from None
    _check_one_device(samples)
    words, at_boards = _words(layout)
    return samples.log(words, at_boards=at_boards, findings=_assumed(layout, first))


def _layout(name: str, reader: Iterator[list[str]]) -> _Layout:
    """Find the names of the columns, and what each holds."""
    for _, row in zip(range(_HEADER_LINES), reader, strict=False):
        header = tuple(map(str.strip, row))
        plain = [re.sub(r"[^a-z0-9.]", "", cell.lower()) for cell in header]
        times = [i for i, cell in enumerate(plain) if cell in _TIMES]
        if times and len(header) > 1:
            break
    else:
        raise MeterError(
            f"{name}: no column of time in the first {_HEADER_LINES} lines; name one timestamp"
        )
    metrics = [i for i, cell in enumerate(header) if cell.lower() in _METRICS]
    labels = tuple(i for i, cell in enumerate(plain) if cell in _LABELS)
    taken = {times[0], *labels, *metrics}
    rest = [i for i in range(len(header)) if i not in taken]
    values = _values(name, header, plain, rest, wide=not labels)
    if not values:
        shown = " ".join(", ".join(header[:8])[:_SHOWN_CHARS].split())
        raise MeterError(f"{name}: no column of power or energy among {shown}; name one power_w")
    return _Layout(times[0], labels, metrics[0] if metrics else None, values, header)


def _values(
    name: str, header: Sequence[str], plain: Sequence[str], rest: Sequence[int], *, wide: bool
) -> tuple[tuple[int, str, Quantity], ...]:
    """Choose the columns of values: one of each kind, or in a wide table one per device."""
    named = [(i, q) for i in rest if (q := quantity_of(header[i])) is not None]
    if not named:
        named = [(i, _WATTS) for i in rest if plain[i] in _VALUES]
        named = named or [(i, _WATTS) for i in rest if wide]
    exact = [i for first in _FIRST for i in rest if plain[i] in (first, f"{first}w")]
    kinds = [quantity.kind for _, quantity in named]
    several = not exact and max(map(kinds.count, kinds), default=0) > 1
    if several and (not wide or len(set(kinds)) > 1 or _holds_sums(header, named)):
        raise MeterError(
            f"{name}: {', '.join(header[i] for i, _ in named)[:_SHOWN_CHARS]} are several "
            "readings, and which are of one device is not known; keep one column per device"
        )
    if several:
        return tuple((i, header[i], quantity) for i, quantity in named)
    by_kind = {
        quantity.kind: (i, "", quantity)
        for i, quantity in sorted(named, key=lambda one: one[0] not in exact, reverse=True)
    }
    return tuple(by_kind.values())


def _holds_sums(header: Sequence[str], named: Sequence[tuple[int, Quantity]]) -> bool:
    """Whether some of the columns, but not all, are by their names the total of others."""
    totals = ["total" in header[i].lower() for i, _ in named]
    return any(totals) and not all(totals)


def _add(samples: Samples, layout: _Layout, row: Sequence[str], line: int) -> None:
    place = f"{samples.name} line {line}"
    if len(row) <= max(layout.time, *(i for i, *_ in layout.values)):
        raise MeterError(f"{place}: {len(row)} cells, {len(layout.header)} are named; correct it")
    device = " ".join(row[i].strip() for i in layout.labels if i < len(row))
    try:
        time_s = instant_s(row[layout.time])
    except (ValueError, OverflowError):
        raise MeterError(
            f"{place} [{layout.header[layout.time]}]: {row[layout.time][:40]!r} is no time; write "
            "ISO 8601 or seconds since 1970"
        ) from None
    for position, series, quantity in layout.values:
        told = quantity_of(row[layout.metric]) if layout.metric is not None else quantity
        if told is None:  # another metric of the same export
            continue
        try:
            value = reading(row[position], told)
        except ValueError as error:
            reason = str(error) if math.isnan(_number(row[position])) else "is below 0 or infinite"
            raise MeterError(
                f"{place} [{layout.header[position]}]: {row[position][:40]!r} is no {told.kind} "
                f"({reason}); correct or drop the row"
            ) from None
        samples.add(device or series or _NAMELESS, told.kind, time_s, value)


def _check_one_device(samples: Samples) -> None:
    """Refuse samples of several devices that nothing tells apart: their mean is not their sum."""
    for pairs in samples.kept.values():
        step = np.diff(np.sort(np.frombuffer(pairs, dtype=np.float64)[::2]))
        if step.size < _FEWEST_STEPS:
            continue
        if (step < _AT_ONCE * np.quantile(step, 0.9)).mean() > _MANY:
            raise MeterError(
                f"{samples.name}: several samples at a time, and no column tells devices apart; "
                "add index to --query-gpu, or a column gpu"
            )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _words(layout: _Layout) -> tuple[str, bool]:
    header = " ".join(layout.header).lower()
    if "power.draw" in header:
        return "nvidia-smi log", True
    if "socket_power" in header:
        return "amd-smi log", True
    return "table of power samples", False


def _assumed(layout: _Layout, row: Sequence[str]) -> Iterator[Finding]:
    if row and not has_zone(row[layout.time]):
        yield Finding(
            "zone_assumed",
            "times of the log have no zone: they are taken as UTC; --shift SECONDS moves them",
        )
    stated = all(q.stated or has_unit(row[i]) for i, _, q in layout.values) if row else True
    if layout.metric is None and not stated:
        unit = "watts" if layout.values[0][2].kind == "power" else "joules"
        yield Finding("unit_assumed", f"no unit is stated: values are taken as {unit}")
