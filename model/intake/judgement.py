"""The rules applied in turn, and what they do to the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wh_uncertainty.model.intake.columns import Columns, dropping_cells
from wh_uncertainty.model.intake.duplicates import duplicates
from wh_uncertainty.model.intake.findings import Group, Outcome, about_kept, dropped
from wh_uncertainty.model.intake.identity import name_findings
from wh_uncertainty.model.intake.rules import FLAGS, cell_findings, judgements, other_runs
from wh_uncertainty.priors import Catalogue

__all__ = ["judged"]


def judged(
    columns: Columns, groups: list[Group], catalogue: Catalogue
) -> tuple[Columns, list[Group]]:
    """Apply the rules in turn; a row that one has dropped is spared the later ones.

    Parameters
    ----------
    columns : Columns
    groups : list of Group
        What reading and interpreting found.
    catalogue : Catalogue

    Returns
    -------
    tuple of Columns and list of Group
        The rows without the cells that are dropped, with flags; all findings.
    """
    rows = len(columns)
    groups = [*groups, *about_kept(other_runs(columns), groups, rows)]
    groups += list(about_kept(name_findings(columns.text, catalogue), groups, rows))
    found = list(about_kept(cell_findings(columns), groups, rows))
    columns = dropping_cells(columns, found)
    groups += found
    groups += list(about_kept(judgements(columns, catalogue), groups, rows))
    columns = _flagged(columns, groups)
    remaining = np.flatnonzero(~dropped(groups, rows))
    again = duplicates(columns if len(remaining) == rows else columns.rows(remaining))
    groups += [replace(group, rows=remaining[group.rows]) for group in again]
    return columns, groups


def _flagged(columns: Columns, groups: Sequence[Group]) -> Columns:
    flags: list[str] = list(columns.text["flags"])
    for group in groups:
        if group.outcome is Outcome.FLAGGED:
            flag = FLAGS[group.rule]
            rows: list[int] = group.rows.tolist()
            for index in rows:
                present = [name for name in flags[index].split("|") if name]
                flags[index] = "|".join(dict.fromkeys([*present, flag]))
    return replace(columns, text={**columns.text, "flags": flags})
