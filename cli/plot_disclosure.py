"""A picture of what publishing would be worth: a waterfall of widths, and each step on its own."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.canvas import BLUE, FAINT, INK, Axes
from wh_uncertainty.cli.log_axis import dress_log_axis
from wh_uncertainty.cli.numbers import significant
from wh_uncertainty.cli.row_panels import (
    PALE,
    draw_errors,
    dress_numbers,
    log_limits,
    number_inches,
    row_panels,
    write_number,
)

__all__ = ["draw_disclosure"]

Result = Mapping[str, Any]

_KEY = (
    "Left: the 90 % interval's 95 % point over its 5 % point, as is to be expected before it is "
    "known what will be published; each row adds to those above what narrows most. Right: the same "
    "for each row on its own; black lines are 95 % Monte Carlo intervals."
)
_TIMES, _ARROW = "\u00d7", "\u2192"
_WATERFALL, _SINGLES = 2.3, 2.2  # inches; the first without its numbers
_BAR = 0.6  # rows
_NORMAL_95 = 1.96
_LEAST_PERCENT = 10.0  # an axis that magnified more would show noise
_PRECISE_BELOW = 2.0  # nearer to one, two digits would say little of what is above one


def draw_disclosure(path: Path, result: Result) -> None:
    """Draw how the interval narrows as one unknown after the other is published.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    result : mapping
        ``scenario``, ``boundary``, ``provenance``, and ``disclosure`` as `Disclosures.to_dict`
        gives it.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    found = result["disclosure"]
    alone = {single["groups"][0]: single for single in found["singles"]}
    added = [alone[step["groups"][-1]] for step in found["path"]]
    words = ["nothing published", *map(_words, added), "left when all of this is published"]
    about = "How publishing would narrow the 90 % interval of Wh per query", found["estimand"]
    key = _KEY + _error_words(found["published_error"])
    ratios = [found["ratio_p95_p05"], *(step["ratio_p95_p05"] for step in found["path"])]
    said = _said(ratios)
    widths = _WATERFALL + number_inches(said), _SINGLES
    with row_panels(path, result, about, words, widths, key) as (waterfall, singles):
        _draw_waterfall(waterfall, ratios, said)
        _draw_singles(singles, added)


def _words(single: Result) -> str:
    return f"+ {single['meaning']}{'' if single['exact'] else ' ~'}"


def _error_words(error: float | None) -> str:
    if error is None:
        return ""
    return f" ~ published with a relative error of {error:g}; others exactly."


def _said(ratios: Sequence[float]) -> list[str]:
    """Return a row's numbers: what is there at first, each step's before and after, the rest."""
    times = [
        f"{_TIMES} {significant(ratio, 3 if ratio < _PRECISE_BELOW else 2)}" for ratio in ratios
    ]
    return [times[0], *(f"{a} {_ARROW} {b}" for a, b in pairwise(times)), times[-1]]


def _draw_waterfall(axes: Axes, ratios: Sequence[float], said: Sequence[str]) -> None:
    """Draw what is there before and after, and between them what each step takes away."""
    last = len(ratios)
    ends = [ratios[0] - 1, ratios[-1] - 1]
    axes.set_xscale("log")
    axes.barh([0, last], ends, _BAR, 1, label="the 90 % interval", fc=PALE, ec=FAINT, lw=0.7)
    taken = [before - after for before, after in pairwise(ratios)]
    words = "taken away when this is published too"
    axes.barh(range(1, last), taken, _BAR, ratios[1:], label=words, fc=BLUE, ec=BLUE, lw=0.7)
    for i, ratio in enumerate(ratios):
        axes.plot([ratio] * 2, [i + _BAR / 2, i + 1 - _BAR / 2], color=INK, lw=0.8)
    reach = [ratios[0], *map(max, ratios, ratios[1:]), ratios[-1]]
    for i, (x, text) in enumerate(zip(reach, said, strict=True)):
        write_number(axes, text, x, i)
    room = number_inches(said)
    axes.set_xlim(log_limits([1, *ratios], _WATERFALL + room, 0, room))
    dress_log_axis(axes.xaxis)
    dress_numbers(axes, "95 % point over 5 % point (times, logarithmic)", "One after the other")


def _draw_singles(axes: Axes, singles: Sequence[Result]) -> None:
    rows = range(1, len(singles) + 1)
    percent = [100 * single["reduction"] for single in singles]
    errors = [100 * _NORMAL_95 * single["reduction_error"] for single in singles]
    lows = [value - error for value, error in zip(percent, errors, strict=True)]
    highs = [value + error for value, error in zip(percent, errors, strict=True)]
    axes.barh(rows, percent, _BAR, label="taken away by this alone", fc=BLUE, ec=BLUE, lw=0.7)
    draw_errors(axes, rows, lows, highs)
    numbers = [f"{value:.1f} %".replace("-0.0", "0.0") for value in percent]
    for y, high, text in zip(rows, highs, numbers, strict=True):
        write_number(axes, text, max(0, high), y)
    axes.axvline(0, color=FAINT, lw=0.8)
    low, high, room = min(0, *lows), max(_LEAST_PERCENT, *highs), number_inches(numbers)
    axes.set_xlim(low, high + (high - low) * room / (_SINGLES - room))
    axes.locator_params(axis="x", nbins=5)
    dress_numbers(axes, "narrower by (% of ln p95 - ln p05)", "Each alone")
