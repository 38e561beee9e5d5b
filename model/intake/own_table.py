"""The project's own table, read row by row: what the loader would refuse becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from wh_uncertainty.model.intake.cells import numbers, texts
from wh_uncertainty.model.intake.columns import CHECKED_NUMBERS, CHECKED_TEXTS, Columns
from wh_uncertainty.model.intake.findings import Group, Outcome, shown
from wh_uncertainty.model.intake.json_rows import is_object
from wh_uncertainty.model.intake.points import Row
from wh_uncertainty.model.intake.raw_rows import Batch
from wh_uncertainty.model.observation_schema import COLUMNS, HOLDS

__all__ = ["own_columns"]

_USABLE = re.compile(r"[A-Za-z0-9?][^|]*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def own_columns(index: int, batch: Batch) -> tuple[Columns, list[Group]]:
    """Convert rows with the columns of `observation_schema.COLUMNS`.

    Parameters
    ----------
    index : int
        Number of their file, kept with every row.
    batch : Batch

    Returns
    -------
    tuple of Columns and list of Group
    """
    rows: list[Row] = [row if is_object(row) else {} for row in batch.rows]
    broken = [i for i, row in enumerate(batch.rows) if not is_object(row)]
    groups = [_group("readable", "", broken, "", "as many cells as the header")]
    text = {name: [""] * len(rows) for name in CHECKED_TEXTS}
    number = {name: np.full(len(rows), np.nan) for name in CHECKED_NUMBERS}
    for column in COLUMNS:
        cells: list[object] = [row.get(column.name) for row in rows]
        if column.rule in HOLDS:
            number[column.name], problems = numbers(cells, written=True)
            rule, wrong = "a_number", [i for i, _ in problems]
        else:
            found, problems = texts(cells)
            text[column.name] = [cell or "" for cell in found]
            unread = {i for i, _ in problems}
            rule, wrong = "a_name", sorted(unread | set(_misspelt(column.rule, text[column.name])))
        values = [shown(cells[i]) for i in wrong]
        groups.append(_group(rule, column.name, wrong, values, f"a {column.rule}"))
    at = np.full(len(rows), index, dtype=np.intp)
    columns = Columns(at, np.array(batch.places, dtype=np.intp), text, number)
    return columns, [group for group in groups if group.rows.size]


def _misspelt(rule: str, cells: Sequence[str]) -> Iterator[int]:
    pattern = {"name": _USABLE, "date": _DAY}.get(rule)
    if pattern is not None:
        wrong = {cell for cell in set(cells) if cell and not pattern.fullmatch(cell)}
        if wrong:
            yield from (i for i, cell in enumerate(cells) if cell in wrong)


def _group(
    rule: str, column: str, at: Sequence[int], value: Sequence[str] | str, expected: str
) -> Group:
    return Group(rule, column, np.array(at, dtype=np.intp), value, expected, Outcome.DROPPED)
