"""Pictures of unknowns row by row: named rows, with panels of bars beside them."""

import math
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.canvas import (
    FAINT,
    INK,
    MARGIN,
    Axes,
    Line,
    line_inches,
    lines_inches,
    new_axes,
    new_page,
    shortened,
    text_inches,
    wrapped_lines,
    write_lines,
)
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS, provenance_words

__all__ = [
    "PALE",
    "draw_errors",
    "dress_numbers",
    "log_limits",
    "number_inches",
    "row_panels",
    "write_number",
]

Result = Mapping[str, Any]

#: A fill that is told from blue in grey as well.
PALE = "#cfcfcf"
_BAND, _GRID = "#f6f6f6", "#e4e4e4"

_ESTIMANDS = {"mean": "mean of the workload's queries", "one-query": "one random query"}
_PINNED = {
    "hardware": "{}",
    "precision": "{}",
    "deployment": "{}",
    "interactivity_tok_s": "{:g} tok/s",
    "concurrency": "concurrency {:g}",
    "efficiency": "efficiency {:g}",
    "provider": "provider {}",
    "region": "{}",
    "cached_share": "cached share {:g}",
    "effort": "effort {}",
    "as_of": "as of {}",
}
_TITLE, _TEXT, _SMALL, _FIGURES, _FOOT = 12, 9.5, 8.5, 8, 7.5  # points
# The rest in inches.
_GAP, _NUMBER_GAP = 0.3, 0.06
_LEADING = 0.04  # of a label: space below its last line
_LABELS = 2.35
_ROW, _ROW_GAP = 0.37, 0.09
_ABOVE, _BELOW = 0.75, 0.6  # legends; tick labels with the label of the axis
_NARROWEST_LN = math.log(1.2)  # an axis that magnified more would show noise


@contextmanager
def row_panels(
    path: Path,
    result: Result,
    about: tuple[str, str],
    words: Sequence[str],
    widths: Sequence[float],
    key: str,
) -> Generator[list[Axes]]:
    """Give axes side by side that share labelled rows, on a page that says what it shows.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    result : mapping
        With ``scenario``, ``boundary`` and ``provenance``.
    about : tuple of str
        What is shown, and of which estimand.
    words : sequence of str
        Labels of rows, downwards.
    widths : sequence of float
        Of the axes [inches].
    key : str
        Explains the signs.

    Yields
    ------
    list of matplotlib.axes.Axes
        Row i is at y = i.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    labels = [wrapped_lines(text, _LABELS, _SMALL) for text in words]
    row = max(_ROW, _ROW_GAP + max(map(lines_inches, labels)))
    widest = max(map(line_inches, labels))
    *lefts, end = accumulate(widths, lambda x, w: x + w + _GAP, initial=widest + _GAP)
    header, footer = _header(result, *about, end - _GAP), _footer(result, key, end - _GAP)
    width, tall = 2 * MARGIN + max(end - _GAP, line_inches(header)), row * len(words)
    with new_page(path, width, _ABOVE + tall + _BELOW, header, footer) as (figure, top):
        top += _ABOVE
        for i, lines in enumerate(labels):
            middle = top + row * (i + 0.5) + _LEADING / 2
            write_lines(figure, MARGIN, middle - lines_inches(lines) / 2, lines)
        places = zip(lefts, widths, strict=True)
        panels = [new_axes(figure, MARGIN + x, top, wide, tall) for x, wide in places]
        for axes in panels:
            _dress_rows(axes, len(words))
        yield panels


def dress_numbers(axes: Axes, label: str, heading: str) -> None:
    """Label the axis of numbers, with their unit, and put a legend under a heading above it."""
    axes.set_xlabel(label, fontsize=_SMALL)
    axes.tick_params(axis="x", labelsize=_FIGURES)
    axes.grid(visible=True, axis="x", color=_GRID, lw=0.8)
    handles = [h for h in (*axes.containers, *axes.lines) if not str(h.get_label()).startswith("_")]
    axes.legend(
        handles=handles,  # bars first, as they are seen first
        title=heading,
        title_fontproperties={"weight": "bold", "size": _SMALL},
        alignment="left",
        fontsize=_FIGURES,
        frameon=False,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.3,
        borderpad=0,
        labelspacing=0.25,
    )


def write_number(axes: Axes, text: str, x: float, y: float, side: int = 1) -> None:
    """Write a number to the right (side 1) or left (side -1) of a bar's end."""
    style = {"va": "center_baseline", "fontsize": _FIGURES, "path_effects": _halo()}
    place = {"xytext": (4 * side, 0), "textcoords": "offset points"}
    axes.annotate(text, (x, y), ha="left" if side > 0 else "right", **place, **style)


def draw_errors(
    axes: Axes, rows: Sequence[float], lows: Sequence[float], highs: Sequence[float]
) -> None:
    """Draw an interval around each estimate, seen on dark and on pale bars."""
    axes.hlines(rows, lows, highs, color=INK, lw=1.1, path_effects=_halo())


def number_inches(texts: Sequence[str]) -> float:
    """Return the room that the longest number takes beside a bar [inches]."""
    return max((text_inches(text, _FIGURES) for text in texts), default=0) + 2 * _NUMBER_GAP


def log_limits(
    values: Sequence[float], width: float, left: float, right: float
) -> tuple[float, float]:
    """Choose limits of a log axis of `width` inches with room to the `left` and `right`."""
    low, high = math.log(min(values)), math.log(max(values))
    span = max(high - low, _NARROWEST_LN)
    per_inch = span / (width - left - right)
    return math.exp(low - left * per_inch), math.exp(low + span + right * per_inch)


def _halo() -> list[Any]:
    return [import_module("matplotlib.patheffects").withStroke(linewidth=2.2, foreground="white")]


def _header(result: Result, title: str, estimand: str, width: float) -> list[Line]:
    """Say what is shown of which question: pictures are pasted elsewhere."""
    scenario = result["scenario"]
    pinned = ", ".join(
        words.format(scenario[key])
        for key, words in _PINNED.items()
        if scenario[key] not in (None, "any")
    )
    subject = f"{scenario['model']}, {shortened(scenario['workload'])}"
    counted = f"Counted: {BOUNDARY_WORDS[result['boundary']]}"
    lines = wrapped_lines(subject, width, _TITLE, weight="bold")
    lines += wrapped_lines(f"{title}: {_ESTIMANDS[estimand]}", width, _TEXT)
    lines += wrapped_lines(counted, width, _TEXT, FAINT)
    lines += wrapped_lines(f"Pinned: {pinned}", width, _TEXT, FAINT) if pinned else []
    return lines


def _footer(result: Result, key: str, width: float) -> list[Line]:
    texts = key, provenance_words(result["provenance"])
    return [line for text in texts for line in wrapped_lines(text, width, _FOOT, FAINT)]


def _dress_rows(axes: Axes, rows: int) -> None:
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_axisbelow(True)
    for i in range(0, rows, 2):
        axes.axhspan(i - 0.5, i + 0.5, color=_BAND, lw=0, zorder=0)
