"""The project's own table, read row by row: what the loader would refuse becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from wh_uncertainty.model.intake.cells import numbers, texts
from wh_uncertainty.model.intake.columns import CHECKED_NUMBERS, CHECKED_TEXTS, Columns
from wh_uncertainty.model.intake.findings import Group, Outcome
from wh_uncertainty.model.intake.inputs import RawFile
from wh_uncertainty.model.intake.json_rows import is_object
from wh_uncertainty.model.intake.limits import MAX_ROWS
from wh_uncertainty.model.intake.points import Row
from wh_uncertainty.model.intake.reader import numbered_rows
from wh_uncertainty.model.observation_schema import COLUMNS, HOLDS, ObservationError

__all__ = ["read_own_table"]

_USABLE = re.compile(r"[A-Za-z0-9?][^|]*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def read_own_table(file: RawFile, index: int, room: int) -> tuple[Columns, list[Group]]:
    """Read a table with the columns of `observation_schema.COLUMNS`.

    Parameters
    ----------
    file : RawFile
    index : int
        Its number, kept with every row.
    room : int
        How many rows may still come.

    Returns
    -------
    tuple of Columns and list of Group

    Raises
    ------
    ObservationError
        No table, or too many rows.
    """
    places: list[int] = []
    rows: list[Row] = []
    broken: list[int] = []
    for place, row in numbered_rows(file):
        if len(places) == room:
            raise ObservationError(f"{file.name}: over {MAX_ROWS:,} rows in all; import in parts")
        if not is_object(row):
            broken.append(len(places))
        places.append(place)
        rows.append(row if is_object(row) else {})
    columns = Columns(
        np.full(len(rows), index, dtype=np.intp), np.array(places, dtype=np.intp), {}, {}
    )
    groups = [_group("readable", "", broken, "", "as many cells as the header")]
    text = {name: [""] * len(rows) for name in CHECKED_TEXTS}
    number = {name: np.full(len(rows), np.nan) for name in CHECKED_NUMBERS}
    for column in COLUMNS:
        cells = [row.get(column.name) for row in rows]
        if column.rule in HOLDS:
            number[column.name], problems = numbers(cells, written=True)
            rule, wrong = "a_number", [i for i, _ in problems]
        else:
            found, problems = texts(cells)
            text[column.name] = [cell or "" for cell in found]
            unread = {i for i, _ in problems}
            rule, wrong = "a_name", sorted(unread | set(_misspelt(column.rule, text[column.name])))
        shown = [str(cells[i])[:60] for i in wrong]
        groups.append(_group(rule, column.name, wrong, shown, f"a {column.rule}"))
    return Columns(columns.file, columns.place, text, number), [g for g in groups if g.rows.size]


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
