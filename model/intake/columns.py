"""Rows of the project's table under construction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.findings import Group, Outcome

__all__ = ["CHECKED_NUMBERS", "CHECKED_TEXTS", "Columns", "dropping_cells", "stacked"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

#: Columns that no table has: only the checks use them.
CHECKED_TEXTS = ("run", "scenario", "offload", "recipe", "dcp")
CHECKED_NUMBERS = ("tpot_s", "failed", "requested", "run_error")


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows of a table under construction.

    Parameters
    ----------
    file, place : ndarray of int, shape (rows,)
        Where the row was read.
    text : mapping of str to list of str
        Columns of the schema, and what only the checks use; empty where not known.
    number : mapping of str to ndarray
        Columns of the schema, and what only the checks use; NaN where not known.
    """

    file: Indices
    place: Indices
    text: Mapping[str, list[str]]
    number: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.file)

    def text_chars(self) -> int:
        """Count the characters of all texts, each text of a column once."""
        return sum(len(text) for cells in self.text.values() for text in set(cells))

    def rows(self, chosen: Indices) -> Columns:
        """Return the chosen rows in the order given."""
        order = chosen.tolist()
        return Columns(
            self.file[chosen],
            self.place[chosen],
            {name: [cells[i] for i in order] for name, cells in self.text.items()},
            {name: values[chosen] for name, values in self.number.items()},
        )


def stacked(parts: Sequence[Columns]) -> Columns:
    """Put parts of equal columns below each other."""
    first = parts[0]
    if len(parts) == 1:
        return first
    return Columns(
        np.concatenate([part.file for part in parts]),
        np.concatenate([part.place for part in parts]),
        {name: [cell for part in parts for cell in part.text[name]] for name in first.text},
        {name: np.concatenate([p.number[name] for p in parts]) for name in first.number},
    )


def dropping_cells(columns: Columns, groups: Iterable[Group]) -> Columns:
    """Return the rows without the numbers that findings drop."""
    number = dict(columns.number)
    for group in groups:
        if group.outcome is Outcome.CELL_DROPPED and group.column in number:
            number[group.column] = number[group.column].copy()
            number[group.column][group.rows] = np.nan
    return replace(columns, number=number)
