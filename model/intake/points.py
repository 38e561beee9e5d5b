"""Benchmark points as their files state them: columns of checked values, nothing interpreted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.cells import Problems, numbers, texts, truths
from wh_uncertainty.model.intake.fields import FIELDS, Field
from wh_uncertainty.model.intake.findings import Group, Outcome, shown

__all__ = ["Points", "Row", "to_points"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Points:
    """Columns of equal length.

    Parameters
    ----------
    place : ndarray of int, shape (rows,)
        The row's number in its file.
    text : mapping of str to list
        None where the row says nothing.
    number : mapping of str to ndarray
        NaN where the row says nothing; truths are 0 and 1. Units as the names of `FIELDS` say.
    """

    place: Indices
    text: Mapping[str, list[str | None]]
    number: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.place)

    def text_chars(self) -> int:
        """Count the characters of all texts, each text of a column once."""
        return sum(len(text) for cells in self.text.values() for text in set(cells) if text)


def to_points(
    places: Sequence[int],
    rows: Sequence[Row],
    metrics: Sequence[Row],
    written: bool,
) -> tuple[Points, list[Group]]:
    """Convert rows of one file.

    Parameters
    ----------
    places : sequence of int
    rows, metrics : sequence of mappings
        What ran, and what was measured; the same where the format does not part them.
    written : bool
        Numbers are cells of a text file.

    Returns
    -------
    tuple of Points and list of Group
        With a finding for every value that cannot be read.
    """
    text: dict[str, list[str | None]] = {}
    number: dict[str, Floats] = {}
    groups: list[Group] = []
    for field in FIELDS:
        values = _values(field, metrics if field.measured else rows)
        problems: Problems
        if field.kind == "text":
            text[field.name], problems = texts(values)
        elif field.kind == "mention":
            mentioned = [value is not None and value != "" for value in values]
            number[field.name], problems = np.array(mentioned, dtype=np.float64), []
        elif field.kind == "truth":
            number[field.name], problems = truths(values)
        else:
            number[field.name], problems = numbers(values, written)
        if problems:
            groups.append(_unreadable(field, problems))
    return Points(np.array(places, dtype=np.intp), text, number), groups


def _values(field: Field, rows: Sequence[Row]) -> list[object]:
    first, *others = field.keys
    values: list[object] = [row.get(first) for row in rows]
    for key in others:
        if None in values:
            values = [row.get(key) if v is None else v for v, row in zip(values, rows, strict=True)]
    return values


def _unreadable(field: Field, problems: Problems) -> Group:
    return Group(
        rule="a_name" if field.kind == "text" else "a_number",
        column=field.keys[0],
        rows=np.array([index for index, _ in problems], dtype=np.intp),
        value=[shown(value) for _, value in problems],
        expected={"text": "short text", "truth": "true or false", "number": "a finite number"}[
            field.kind
        ],
        outcome=Outcome.DROPPED if field.needed else Outcome.CELL_DROPPED,
    )
