"""Rows as the text of a table: what is kept, and what is not with its reasons."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.columns import Columns
from wh_uncertainty.model.intake.duplicates import observation_ids
from wh_uncertainty.model.intake.findings import Group, reasons
from wh_uncertainty.model.observation_schema import COLUMNS, HOLDS

__all__ = ["rejected_csv", "table_csv"]

Indices = NDArray[np.intp]

_PART_ROWS = 10_000
_COUNTING = ("count", "0 or 1")
_FORMULA_STARTS = ("=", "+", "-", "@")  # what a spreadsheet would run


def table_csv(columns: Columns, rows: Indices) -> bytes:
    """Write rows as the loader of observations reads them.

    Parameters
    ----------
    columns : Columns
    rows : ndarray of int

    Returns
    -------
    bytes
        UTF-8; numbers with six digits.
    """
    header = [column.name for column in COLUMNS]
    parts = (list(_cells(columns.rows(some)).values()) for some in _some(rows))
    return b"".join([_written([header]), *(_written(zip(*p, strict=True)) for p in parts)])


def rejected_csv(
    columns: Columns, rows: Indices, where: Callable[[int], str], groups: Sequence[Group]
) -> bytes:
    """Write rows that were not kept.

    Parameters
    ----------
    columns : Columns
    rows : ndarray of int, ascending
    where : callable
        Says where a row was read.
    groups : sequence of Group
        Findings, among them the reasons.

    Returns
    -------
    bytes
    """
    text = [_written([[*(column.name for column in COLUMNS), "read_from", "reasons"]])]
    for some in _some(rows):
        cells = list(_cells(columns.rows(some)).values())
        places = [_plain(where(row)) for row in some.tolist()]
        text.append(_written(zip(*cells, places, reasons(groups, some), strict=True)))
    return b"".join(text)


def _some(rows: Indices) -> list[Indices]:
    """Part rows, so that only some are held as text at a time."""
    return np.split(rows, range(_PART_ROWS, len(rows), _PART_ROWS)) if len(rows) else []


def _cells(columns: Columns) -> Mapping[str, list[str]]:
    cells: dict[str, list[str]] = {"observation_id": observation_ids(columns)}
    for column in COLUMNS[1:]:
        if column.rule in HOLDS:
            values = columns.number[column.name]
            cells[column.name] = _numbers(values, column.rule in _COUNTING)
        else:
            cells[column.name] = [_plain(text) for text in columns.text[column.name]]
    return cells


def _numbers(values: NDArray[np.float64], counting: bool) -> list[str]:
    form = ".0f" if counting else ".6g"
    distinct, index = np.unique(values, return_inverse=True)
    texts = ["" if value != value else format(value, form) for value in distinct.tolist()]
    return [texts[i] for i in index.tolist()]


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode()
