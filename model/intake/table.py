"""Rows as the text of a table: what is kept, and what is not with its reasons."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from wh_uncertainty.model.intake.columns import Columns
from wh_uncertainty.model.intake.duplicates import observation_ids
from wh_uncertainty.model.observation_schema import COLUMNS, HOLDS

__all__ = ["rejected_csv", "table_csv"]

_COUNTING = ("count", "0 or 1")
_FORMULA_STARTS = ("=", "+", "-", "@")  # what a spreadsheet would run


def table_csv(columns: Columns) -> bytes:
    """Write rows as the loader of observations reads them.

    Parameters
    ----------
    columns : Columns

    Returns
    -------
    bytes
        UTF-8; numbers with six digits.
    """
    cells = _cells(columns)
    return _written(cells.keys(), zip(*cells.values(), strict=True))


def rejected_csv(columns: Columns, read_from: Sequence[str], reasons: Sequence[str]) -> bytes:
    """Write rows that were not kept.

    Parameters
    ----------
    columns : Columns
    read_from, reasons : sequence of str, shape (rows,)

    Returns
    -------
    bytes
    """
    cells = {
        **_cells(columns),
        "read_from": [_plain(place) for place in read_from],
        "reasons": list(reasons),
    }
    return _written(cells.keys(), zip(*cells.values(), strict=True))


def _cells(columns: Columns) -> Mapping[str, list[str]]:
    cells: dict[str, list[str]] = {"observation_id": observation_ids(columns)}
    for column in COLUMNS[1:]:
        if column.rule in HOLDS:
            values = columns.number[column.name]
            cells[column.name] = _numbers(values, column.rule in _COUNTING)
        else:
            cells[column.name] = [_plain(text) for text in columns.text[column.name]]
    return cells


def _numbers(values: np.ndarray[tuple[int], np.dtype[np.float64]], counting: bool) -> list[str]:
    form = ".0f" if counting else ".6g"
    distinct, index = np.unique(values, return_inverse=True)
    texts = ["" if value != value else format(value, form) for value in distinct.tolist()]
    return [texts[i] for i in index.tolist()]


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _written(header: Iterable[str], rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(list(header))
    writer.writerows(rows)
    return buffer.getvalue().encode()
