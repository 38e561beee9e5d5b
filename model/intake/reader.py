"""From files to points: every row of every file is either a point or a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wh_uncertainty.model.intake.columns import Columns, stacked
from wh_uncertainty.model.intake.fields import FIELDS
from wh_uncertainty.model.intake.findings import Group, Outcome, about_kept, shown
from wh_uncertainty.model.intake.formats import Format, Malformed, parted
from wh_uncertainty.model.intake.inputs import RawFile
from wh_uncertainty.model.intake.interpretation import columns_of
from wh_uncertainty.model.intake.json_rows import Ambiguous, is_object
from wh_uncertainty.model.intake.limits import MAX_ROWS, MAX_TEXT_CHARS
from wh_uncertainty.model.intake.own_table import own_columns
from wh_uncertainty.model.intake.points import Row, to_points
from wh_uncertainty.model.intake.raw_rows import Batch, Budget, row_batches
from wh_uncertainty.model.observation_schema import ObservationError
from wh_uncertainty.priors import Catalogue

__all__ = ["Part", "read_configs", "read_part", "stacked_parts"]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one file, or some of them.

    Parameters
    ----------
    columns : Columns
    groups : list of Group
        Findings about them.
    meaningless : int
        Rows that carry ``std_intvty``, which is 1000 / std_tpot and no spread (InferenceX #300).
    """

    columns: Columns
    groups: list[Group]
    meaningless: int = 0


def stacked_parts(parts: Sequence[Part]) -> Part:
    """Put parts below each other; their findings move with them."""
    groups: list[Group] = []
    above = 0
    for part in parts:
        groups += [group.shifted(above) for group in part.groups]
        above += len(part.columns)
    columns = stacked([part.columns for part in parts])
    return Part(columns, groups, sum(part.meaningless for part in parts))


def read_configs(files: Sequence[RawFile]) -> dict[str, Row]:
    """Read the table configs of a dump.

    Returns
    -------
    dict of str to mapping
        By id.

    Raises
    ------
    ObservationError
        Two files disagree about an id: they are of different dumps.
    """
    configs: dict[str, Row] = {}
    for file in files:
        for batch in row_batches(file, MAX_ROWS - len(configs)):
            for place, row in zip(batch.places, batch.rows, strict=True):
                where = f"{file.name} row {place}"
                if not is_object(row) or isinstance(row, Ambiguous):
                    raise ObservationError(f"{where}: no row of configs; export it again")
                key, config = shown(row.get("id")), _scalars(row)
                if configs.setdefault(key, config) != config:
                    raise ObservationError(
                        f"{where} [id]: {key!r} stands for another configuration in another "
                        "row; import one dump at a time"
                    )
    return configs


def _scalars(row: Row) -> Row:
    """Keep what a configuration is made of: few, short cells."""
    cells = {key: row.get(key) for field in FIELDS if not field.measured for key in field.keys}
    short = (bool, int, float)
    return {
        key: cell
        for key, cell in cells.items()
        if isinstance(cell, short) or (isinstance(cell, str) and len(cell) <= MAX_TEXT_CHARS)
    }


def read_part(
    file: RawFile,
    index: int,
    form: Format,
    configs: Mapping[str, Row],
    room: int,
    catalogue: Catalogue,
) -> Part:
    """Read and interpret one file.

    Parameters
    ----------
    file : RawFile
    index : int
        Its number, kept with every row.
    form : Format
    configs : mapping
        Of a dump, by id.
    room : int
        How many rows may still come.
    catalogue : Catalogue

    Returns
    -------
    Part

    Raises
    ------
    ObservationError
        Unreadable, or too many rows.
    """
    parts: list[Part] = []
    budget = Budget(file.name)
    for batch in row_batches(file, room):
        if form is Format.TABLE:
            part = Part(*own_columns(index, batch))
        else:
            part = _part(file, index, batch, form, configs, catalogue)
        budget.spend(batch, part.groups, part.columns.text_chars())
        parts.append(part)
    return stacked_parts(parts)


def _part(
    file: RawFile,
    index: int,
    batch: Batch,
    form: Format,
    configs: Mapping[str, Row],
    catalogue: Catalogue,
) -> Part:
    rows: list[Row] = [row if is_object(row) else {} for row in batch.rows]
    pairs = parted(form, rows, configs)
    ran, measured = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    points, groups = to_points(batch.places, ran, measured, batch.written)
    groups += _unusable(batch.rows, pairs, form, configs)
    columns, more = columns_of(points, file, index, form, catalogue)
    groups += list(about_kept(more, groups, len(points)))
    return Part(columns, groups, sum("std_intvty" in metrics for metrics in measured))


def _unusable(
    raw: Sequence[object],
    pairs: Sequence[tuple[Row, Row]],
    form: Format,
    configs: Mapping[str, Row],
) -> Iterator[Group]:
    """Find rows that are none, or whose meaning is open."""
    measured = [metrics for _, metrics in pairs]
    broken = {
        ("readable", "", "a row"): [not is_object(row) for row in raw],
        ("readable", "metrics", "an object"): [isinstance(m, Malformed) for m in measured],
        ("no_double_key", "", "each key once"): [
            any(isinstance(part, Ambiguous) for part in (row, *pair))
            for row, pair in zip(raw, pairs, strict=True)
        ],
    }
    if form is Format.DUMP:
        broken["config_known", "config_id", "an id of configs"] = [
            is_object(row) and shown(row.get("config_id")) not in configs for row in raw
        ]
    for (rule, column, expected), mask in broken.items():
        at = np.flatnonzero(mask)
        if at.size:
            rows = [raw[i] for i in at.tolist()]
            value = [shown(row.get(column, "") if is_object(row) else row) for row in rows]
            yield Group(rule, column, at, value, expected, Outcome.DROPPED)
