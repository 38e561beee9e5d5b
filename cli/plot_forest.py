"""A picture of a sweep: a forest of intervals."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from wh_uncertainty.cli.canvas import MARGIN, new_axes
from wh_uncertainty.cli.forest import (
    FOREST_KEY,
    ROW_INCHES,
    column_inches,
    draw_intervals,
    write_column,
)
from wh_uncertainty.cli.numbers import interval, quantity
from wh_uncertainty.cli.scenario_page import (
    AXIS,
    GAP,
    NO_NUMBERS,
    Row,
    heading,
    scenario_page,
    word,
)

if TYPE_CHECKING:
    from wh_uncertainty.model.analyses.sweep import Sweep

__all__ = ["draw_forest"]

_FOREST_WIDTH = 3.6  # inches


def draw_forest(path: Path, sweep: "Sweep", axes: Sequence[str]) -> None:
    """Draw one interval per row (see `draw_scenarios`)."""
    labels = _label_columns(sweep.rows, axes)
    said = ["median (90 % interval)", *map(_said, sweep.rows)]
    widths = [column_inches(column) + GAP for column in labels]
    left, right = MARGIN + sum(widths), GAP + column_inches(said) + MARGIN
    tall = ROW_INCHES * len(sweep.rows)
    least = left + _FOREST_WIDTH + right
    with scenario_page(path, sweep, least, 2 * ROW_INCHES + tall + AXIS, FOREST_KEY) as (
        figure,
        top,
    ):
        top += 2 * ROW_INCHES  # the columns' headings stand above
        width = figure.get_figwidth() - left - right
        forest = new_axes(figure, left, top, width, tall)
        draw_intervals(forest, [_wh(row) for row in sweep.rows], "Wh per query (logarithmic)")
        for k, column in enumerate(labels):
            write_column(figure, MARGIN + sum(widths[:k]), top, column)
        write_column(figure, left + width + GAP, top, said, faint=NO_NUMBERS)


def _label_columns(rows: Sequence[Row], axes: Sequence[str]) -> list[list[str]]:
    """Return a heading and a cell per row for each axis; what repeats the row above is blank."""
    words = [[word(row[axis]) for axis in axes] for row in rows]
    columns: list[list[str]] = []
    for k, axis in enumerate(axes):
        cells = [words[0][k]]
        for above, here in pairwise(words):
            cells.append("" if above[: k + 1] == here[: k + 1] else here[k])
        columns.append([heading(axis), *cells])
    return columns


def _wh(row: Row) -> dict[str, float] | None:
    if row["error"] is not None:
        return None
    return {key: row[f"wh_mean_{key}"] for key in ("p05", "p25", "p50", "p75", "p95")}


def _said(row: Row) -> str:
    wh = _wh(row)
    return NO_NUMBERS if wh is None else f"{quantity(wh)} ({interval(wh, 'p05', 'p95')})"
