"""Everything together: files in; rows kept, rows rejected and every finding out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.columns import Columns
from wh_uncertainty.model.intake.findings import Finding, Group, Outcome, dropped, listed
from wh_uncertainty.model.intake.formats import Format
from wh_uncertainty.model.intake.inputs import RawFile, raw_files
from wh_uncertainty.model.intake.judgement import judged
from wh_uncertainty.model.intake.limits import MAX_LISTED, MAX_ROWS
from wh_uncertainty.model.intake.raw_rows import file_format
from wh_uncertainty.model.intake.reader import Part, read_configs, read_part, stacked_parts
from wh_uncertainty.model.intake.table import rejected_csv, table_csv
from wh_uncertainty.model.observation_schema import ObservationError
from wh_uncertainty.priors import Catalogue

__all__ = ["Intake", "take_in"]

_MEASURED = (Format.RESULT, Format.API, Format.DUMP, Format.DASHBOARD)


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of an import.

    Parameters
    ----------
    columns : Columns
        All rows read, in order.
    groups : tuple of Group
        Findings about them.
    kept : ndarray of bool, shape (rows,)
    files : tuple of RawFile
    notes : tuple of str
        What was not read at all, and what was read and has no meaning.
    """

    columns: Columns
    groups: tuple[Group, ...]
    kept: NDArray[np.bool_]
    files: tuple[RawFile, ...]
    notes: tuple[str, ...]

    def where(self, index: int) -> str:
        """Say where a row was read: ``agg_bmk.json row 3``."""
        file = self.files[int(self.columns.file[index])]
        return f"{file.name} row {self.columns.place[index]}"

    def findings(self) -> Iterator[Finding]:
        """Return the first findings, at most `limits.MAX_LISTED`."""
        return islice(listed(self.groups), MAX_LISTED)

    def objections(self) -> bool:
        """Whether any row or cell is dropped or flagged."""
        harmless = (Outcome.CORRECTED, Outcome.KEPT)
        return any(group.rows.size and group.outcome not in harmless for group in self.groups)

    def kept_csv(self) -> bytes:
        """Return the table of the rows that are kept."""
        return table_csv(self.columns, np.flatnonzero(self.kept))

    def rejected_csv(self) -> bytes:
        """Return the table of the other rows, with where they stood and all reasons."""
        at = np.flatnonzero(~self.kept)
        return rejected_csv(self.columns, at, self.where, self.groups)


def take_in(paths: Sequence[Path], catalogue: Catalogue, unread: Sequence[Path] = ()) -> Intake:
    """Read, interpret and check benchmark files.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders, zip archives.
    catalogue : Catalogue
    unread : sequence of Path
        Files that are left out where a folder holds them.

    Returns
    -------
    Intake

    Raises
    ------
    ObservationError
        A file cannot be read, or none holds a row.
    """
    skipped: list[str] = []
    with ExitStack() as stack:
        files = tuple(raw_files(paths, stack, skipped, unread))
        forms = [file_format(file) for file in files]
        notes = [f"{name}: no JSON or CSV of benchmark rows, not read" for name in skipped]
        notes += _other_files(files, forms)
        read, more = _all_rows(files, forms, catalogue)
    if read is None:
        raise ObservationError(
            f"{', '.join(map(str, paths))}: no benchmark row; give result files (agg_*.json), the "
            "dashboard's JSON or CSV, or benchmark_results and configs of a dump"
        )
    columns, groups = judged(read.columns, read.groups, catalogue)
    kept = ~dropped(groups, len(columns))
    return Intake(columns, tuple(groups), kept, files, (*notes, *more))


def _other_files(files: Sequence[RawFile], forms: Sequence[Format | None]) -> Iterator[str]:
    for file, form in zip(files, forms, strict=True):
        if form in (*_MEASURED, Format.TABLE, Format.CONFIGS):
            continue
        if form is Format.RAW_RESULT:
            why = "result of the client, without its configuration: import agg_*.json instead"
        else:
            why = "no row" if form is None else "no benchmark rows"
        if file.asked and form is not None:
            raise ObservationError(f"{file.name}: {why}; leave it out")
        yield f"{file.name}: {why}, not read"


def _all_rows(
    files: Sequence[RawFile], forms: Sequence[Format | None], catalogue: Catalogue
) -> tuple[Part | None, list[str]]:
    numbered = list(zip(range(len(files)), files, forms, strict=True))
    configs = read_configs([file for _, file, form in numbered if form is Format.CONFIGS])
    if Format.DUMP in forms and not configs:
        raise ObservationError(
            f"{files[forms.index(Format.DUMP)].name}: benchmark_results without configs; name the "
            "file of the table configs too, or join them"
        )
    parts: list[Part] = []
    notes: list[str] = []
    room = MAX_ROWS
    for index, file, form in numbered:
        if form is None or form not in (*_MEASURED, Format.TABLE):
            continue
        part = read_part(file, index, form, configs, room, catalogue)
        room -= len(part.columns)
        parts.append(part)
        if part.meaningless:
            notes.append(
                f"{file.name}: std_intvty of {part.meaningless:,} rows is no spread, not read"
            )
    return (stacked_parts(parts) if parts else None), notes
