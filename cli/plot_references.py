"""A picture of published figures: each beside our interval for the same question."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from wh_uncertainty.cli.canvas import FAINT, MARGIN, Axes, Line, new_axes, new_page, wrapped_lines
from wh_uncertainty.cli.forest import (
    FOREST_KEY,
    ROW_INCHES,
    column_inches,
    draw_intervals,
    write_column,
)
from wh_uncertainty.cli.references_report import (
    Record,
    Result,
    by_expectation,
    ours_words,
    theirs_words,
)
from wh_uncertainty.cli.simulation_report import provenance_words

__all__ = ["draw_references"]

_ORANGE = "#D55E00"  # of Okabe and Ito, as the blue of our intervals
_TITLE, _TEXT, _FOOT = 12, 9.5, 7.5  # points
_GAP, _PANEL, _AXIS = 0.25, 4.2, 0.6  # inches
_BELOW = 0.22  # rows; their figure and our median would often cover each other
_PERCENTILES = ("p05", "p25", "p50", "p75", "p95")
_HEADINGS = {
    "comparable": "Comparable: same or equal model, same question",
    "lower bound": "Lower bound: they say more than this",
    "different boundary": "Different boundary",
    "different model class": "Different model class: one of ours stands in",
    "different load": "Different load: batch far from ours",
}

Rows = Sequence[Record | None]


def draw_references(path: Path, result: Result) -> None:
    """Draw our intervals with the figure of others as a diamond, its range as a line.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    result : mapping
        As `references_result` gives it.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    groups = {
        _heading(key, group): [record for _, record in group]
        for key, group in by_expectation(result["figures"]).items()
    }
    rows: list[Record | None] = []
    for group in groups.values():
        rows += [None, *group]  # above each group stands its heading
    labels = [cell for heading, group in groups.items() for cell in (heading, *map(_label, group))]
    theirs = ["theirs (range)", *(theirs_words(row) for row in rows if row)]
    ours = ["ours: median (90 %)", *(ours_words(row) for row in rows if row)]
    left = MARGIN + column_inches(labels) + _GAP
    columns = left + _PANEL + _GAP, left + _PANEL + column_inches(theirs) + 2 * _GAP
    width = columns[1] + column_inches(ours) + MARGIN
    tall = ROW_INCHES * len(rows)
    header, footer = _header(width - 2 * MARGIN), _footer(result, width - 2 * MARGIN)
    with new_page(path, width, ROW_INCHES + tall + _AXIS, header, footer) as (figure, top):
        axes = new_axes(figure, left, top + ROW_INCHES, _PANEL, tall)
        _draw(axes, rows)
        top += 2 * ROW_INCHES  # of the first row; headings stand above
        for heading, group in groups.items():
            cells = [heading, *map(_label, group)]
            write_column(figure, MARGIN, top, cells)
            write_column(figure, columns[0], top, [theirs[0], *map(theirs_words, group)])
            write_column(figure, columns[1], top, [ours[0], *map(ours_words, group)])
            top += ROW_INCHES * len(cells)


def _heading(key: str, group: Sequence[tuple[int, Record]]) -> str:
    inside = sum(record["verdict"] == "inside" for _, record in group)
    return f"{_HEADINGS[key]}, {inside} of {len(group)} inside"


def _label(record: Record) -> str:
    return f"{record['who']}: {record['what']}"


def _draw(axes: Axes, rows: Rows) -> None:
    """Draw theirs first: the limits of the axis are taken from all that is there at the end."""
    for y, row in enumerate(rows):
        if row is None:
            continue
        if row["theirs_low_wh"] is not None:
            ends = [row["theirs_low_wh"], row["theirs_high_wh"]]
            axes.plot(ends, [y + _BELOW] * 2, color=_ORANGE, lw=1.4, zorder=3)
        axes.plot(row["theirs_wh"], y + _BELOW, "D", color=_ORANGE, mec="white", ms=5.5, zorder=4)
    draw_intervals(axes, [_quantiles(row) for row in rows], "Wh per query (logarithmic)")


def _quantiles(row: Record | None) -> Mapping[str, float] | None:
    return None if row is None else {key: row[f"ours_{key}_wh"] for key in _PERCENTILES}


def _header(width: float) -> list[Line]:
    title = "Wh per query: published figures beside our 90 % intervals"
    lines = wrapped_lines(title, width, _TITLE, weight="bold")
    what = "Orange diamonds: what others published, with their range as a line. Blue: our answer."
    return lines + wrapped_lines(what, width, _TEXT, FAINT)


def _footer(result: Result, width: float) -> list[Line]:
    words = f"{FOREST_KEY}. {provenance_words(result['provenance'])}"
    return wrapped_lines(words, width, _FOOT, FAINT)
