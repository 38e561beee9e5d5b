"""From files to points: every row of every file is either a point or a finding."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import batched, islice

import numpy as np

from wh_uncertainty.model.intake.csv_rows import csv_rows
from wh_uncertainty.model.intake.findings import Group, Outcome
from wh_uncertainty.model.intake.formats import Format, Malformed, parted, recognise
from wh_uncertainty.model.intake.inputs import RawFile, open_text
from wh_uncertainty.model.intake.json_rows import Ambiguous, is_object, json_rows
from wh_uncertainty.model.intake.limits import MAX_ROWS
from wh_uncertainty.model.intake.points import Points, Row, joined, to_points
from wh_uncertainty.model.observation_schema import ObservationError

__all__ = ["Part", "file_format", "numbered_rows", "read_configs", "read_part"]

_BATCH_ROWS = 2_000
_SNIFFED_ROWS, _SNIFFED_CHARS = 50, 4_096


@dataclass(frozen=True, slots=True)
class Part:
    """The points of one file.

    Parameters
    ----------
    points : Points
    groups : list of Group
        Findings about them.
    meaningless : int
        Rows that carry ``std_intvty``, which is 1000 / std_tpot and no spread (InferenceX #300).
    """

    points: Points
    groups: list[Group]
    meaningless: int


def numbered_rows(file: RawFile) -> Generator[tuple[int, object]]:
    """Read a file's rows with their numbers: of the element in JSON, of the line in CSV.

    Raises
    ------
    ObservationError
        The file cannot be read to its end.
    """
    try:
        with closing(open_text(file)) as text:
            if _is_json(text):
                yield from enumerate(json_rows(file.name, text), 1)
            else:
                yield from csv_rows(file.name, text)
    except UnicodeDecodeError as error:
        raise ObservationError(f"{file.name}: not UTF-8 text; save it as UTF-8") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise ObservationError(f"{file.name}: damaged ({error}); download it again") from error


def _is_json(text: io.TextIOWrapper) -> bool:
    start = text.read(_SNIFFED_CHARS).lstrip()[:1]
    text.seek(0)
    return start in ("[", "{")


def file_format(file: RawFile) -> Format | None:
    """Tell what a file holds by its first rows; None where it has none."""
    with closing(numbered_rows(file)) as rows:
        first = [row for _, row in islice(rows, _SNIFFED_ROWS)]
    forms = [recognise(row) for row in first if is_object(row)]
    known = (form for form in forms if form is not Format.OTHER)
    return next(known, Format.OTHER if first else None)


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
        for place, row in numbered_rows(file):
            if not is_object(row) or isinstance(row, Ambiguous) or len(configs) >= MAX_ROWS:
                raise ObservationError(f"{file.name} row {place}: no row of configs; export anew")
            key = str(row.get("id"))
            if configs.setdefault(key, row) != row:
                raise ObservationError(
                    f"{file.name} row {place} [id]: {key[:60]!r} stands for another configuration "
                    "in another row; import one dump at a time"
                )
    return configs


def read_part(file: RawFile, index: int, form: Format, configs: dict[str, Row], room: int) -> Part:
    """Read one file's points.

    Parameters
    ----------
    file : RawFile
    index : int
        Its number, kept with every point.
    form : Format
    configs : dict
    room : int
        How many rows may still come.

    Returns
    -------
    Part

    Raises
    ------
    ObservationError
        Unreadable, or too many rows.
    """
    with closing(open_text(file)) as text:
        written = not _is_json(text)
    points: list[Points] = []
    groups: list[Group] = []
    read = meaningless = 0
    for batch in batched(numbered_rows(file), _BATCH_ROWS, strict=False):
        if read + len(batch) > room:
            raise ObservationError(f"{file.name}: over {MAX_ROWS:,} rows in all; import in parts")
        part = _batch(index, batch, form, configs, written)
        points.append(part.points)
        groups += [group.shifted(read) for group in part.groups]
        read += len(batch)
        meaningless += part.meaningless
    return Part(joined(points), groups, meaningless)


def _batch(
    index: int,
    batch: Sequence[tuple[int, object]],
    form: Format,
    configs: dict[str, Row],
    written: bool,
) -> Part:
    rows: list[Row] = [row if is_object(row) else {} for _, row in batch]
    pairs = parted(form, rows, configs)
    ran, measured = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    points, groups = to_points(index, [place for place, _ in batch], ran, measured, written)
    unusable = _unusable([row for _, row in batch], pairs, form, configs)
    meaningless = sum("std_intvty" in metrics for metrics in measured)
    return Part(points, [*groups, *unusable], meaningless)


def _unusable(
    raw: Sequence[object],
    pairs: Sequence[tuple[Row, Row]],
    form: Format,
    configs: dict[str, Row],
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
            is_object(row) and str(row.get("config_id")) not in configs for row in raw
        ]
    for (rule, column, expected), mask in broken.items():
        at = np.flatnonzero(mask)
        if at.size:
            value = [_shown(raw[i], column) for i in at.tolist()]
            yield Group(rule, column, at, value, expected, Outcome.DROPPED)


def _shown(row: object, column: str) -> str:
    if is_object(row):
        return str(row.get(column, ""))[:60]
    return f"a {type(row).__name__}"  # a list where a line has too few or too many cells
