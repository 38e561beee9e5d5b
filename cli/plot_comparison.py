"""A picture of a comparison: Wh of every scenario, and its ratio to the first."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.canvas import (
    FAINT,
    INK,
    MARGIN,
    Line,
    new_axes,
    new_page,
    shortened,
    wrapped_lines,
)
from wh_uncertainty.cli.forest import (
    FOREST_KEY,
    ROW_INCHES,
    column_inches,
    draw_intervals,
    write_column,
)
from wh_uncertainty.cli.hashes import hashes_of
from wh_uncertainty.cli.numbers import interval, quantity
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS, percent

__all__ = ["draw_comparison"]

Result = Mapping[str, Any]

_TITLE, _TEXT, _FOOT = 12, 9.5, 7.5  # points
_GAP, _PANEL, _AXIS = 0.25, 2.6, 0.6  # inches
_ITSELF = dict.fromkeys(("p05", "p25", "p50", "p75", "p95"), 1.0)


def draw_comparison(path: Path, result: Result) -> None:
    """Draw a forest of Wh and one of ratios, row by row.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    result : mapping
        As `Comparison.to_dict` gives it, with ``labels``.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    entries: Sequence[Result] = result["scenarios"]
    labels = ["", *map(shortened, result["labels"])]
    energies = [entry["wh_per_query"] for entry in entries]
    ratios = [entry.get("ratio_to_first", _ITSELF) for entry in entries]
    said = (["median (90 %)", *map(_said, energies)], ["median (90 %), P(less)", *_ratios(entries)])
    lefts = [MARGIN + column_inches(labels) + _GAP]
    for column in said:
        lefts.append(lefts[-1] + _PANEL + column_inches(column) + 2 * _GAP)
    width = lefts[-1] - _GAP + MARGIN
    tall = ROW_INCHES * len(entries)
    header, footer = _header(result, width - 2 * MARGIN), _footer(result, width - 2 * MARGIN)
    page = new_page(path, width, 2 * ROW_INCHES + tall + _AXIS, header, footer)
    axis_labels = ("Wh per query (logarithmic)", "ratio to the first (logarithmic)")
    with page as (figure, top):
        top += 2 * ROW_INCHES  # the columns' headings stand above
        write_column(figure, MARGIN, top, labels)
        drawn = [new_axes(figure, left, top, _PANEL, tall) for left in lefts[:2]]
        panels = zip(drawn, lefts[:2], (energies, ratios), axis_labels, said, strict=True)
        for axes, left, rows, axis_label, column in panels:
            draw_intervals(axes, rows, axis_label)
            write_column(figure, left + _PANEL + _GAP, top, column)
        drawn[1].axvline(1, color=INK, lw=0.8, ls=":")


def _said(quantiles: Mapping[str, float]) -> str:
    return f"{quantity(quantiles)} ({interval(quantiles, 'p05', 'p95')})"


def _ratios(entries: Sequence[Result]) -> list[str]:
    return [
        "1, the first"
        if k == 0
        else f"{_said(entry['ratio_to_first'])}, {percent(entry['probability_lower_than_first'])}"
        for k, entry in enumerate(entries)
    ]


def _header(result: Result, width: float) -> list[Line]:
    first = result["scenarios"][0]["scenario"]
    scenarios = [entry["scenario"] for entry in result["scenarios"]]
    common = ", ".join(
        shortened(str(first[key]))
        for key in ("model", "workload", "hardware", "precision", "region")
        if first[key] is not None and len({str(s[key]) for s in scenarios}) == 1
    )
    kinds = {"mean": "mean of the workload's queries", "one-query": "one random query"}
    lines = wrapped_lines("Wh per query, side by side", width, _TITLE, weight="bold")
    what = f"All: {common}; {kinds[result['estimand']]}" if common else kinds[result["estimand"]]
    lines += wrapped_lines(what, width, _TEXT)
    for boundary in dict.fromkeys(s["boundary"] for s in scenarios):
        lines += wrapped_lines(f"Counted: {BOUNDARY_WORDS[boundary]}", width, _TEXT, FAINT)
    return lines


def _footer(result: Result, width: float) -> list[Line]:
    provenance = result["scenarios"][0]["provenance"]
    hashes = hashes_of(provenance, ("observations", "priors"))
    shared = ", ".join(result["shared"]).replace("_", " ") or "nothing"
    words = (
        f"{FOREST_KEY}. The scenarios share: {shared}. wh-uncertainty {provenance['version']}, "
        f"seed {provenance['seed']}, {provenance['draws']:,} draws, sha256 of {hashes}"
    )
    return wrapped_lines(words, width, _FOOT, FAINT)
