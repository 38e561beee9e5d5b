"""A picture of what makes the interval wide: shares of variance beside a tornado, row by row."""

from collections.abc import Mapping, Sequence
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

__all__ = ["draw_sensitivity"]

Result = Mapping[str, Any]

_KEY = (
    "Left: share of the variance that would go if only this were known, and that would stay if all "
    "but this were known; black lines are 95 % confidence intervals. Right: Wh with the unknown at "
    "its 5th and at its 95th percentile; where all else varies, geometric means."
)
_NOTHING = "nothing is left open that matters"
_SHARES, _TORNADO = 2.5, 3.1  # inches
# The rest in rows.
_SHIFT, _BAR = 0.2, 0.3
_WIDE, _LOWER = 0.4, 0.27


def draw_sensitivity(path: Path, result: Result) -> None:
    """Draw each group's shares of the variance of ln Wh, and how far it moves Wh on its own.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    result : mapping
        ``scenario``, ``boundary``, ``estimand``, ``provenance``; ``sobol`` as
        `Sensitivity.to_records` gives it, ``tornado`` as `Tornado.to_dict` does, both of the
        same groups.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    records, tornado = result["sobol"], result["tornado"]
    bars = {bar["group"]: bar for bar in tornado["bars"]}
    words = [record["meaning"] for record in records] or [_NOTHING]
    about = "What makes the interval of Wh per query wide", result["estimand"]
    with row_panels(path, result, about, words, (_SHARES, _TORNADO), _KEY) as (left, right):
        _draw_shares(left, records)
        _draw_tornado(right, [bars[r["group"]] for r in records], tornado["typical_wh"])


def _draw_shares(axes: Axes, records: Sequence[Result]) -> None:
    styles = (
        ("first", "alone (first order)", -_SHIFT, {"fc": BLUE, "ec": BLUE}),
        ("total", "with others (total)", _SHIFT, {"fc": PALE, "ec": FAINT}),
    )
    low, longest = 0.0, 0.0
    room = number_inches([_share(0)])
    for kind, label, shift, colours in styles:
        value, *ends = ([r[f"{kind}_{k}"] for r in records] for k in ("value", "low", "high"))
        rows = [i + shift for i in range(len(records))]
        axes.barh(rows, value, _BAR, label=label, lw=0.7, **colours)
        draw_errors(axes, rows, *ends)
        reach = [max(0, *far) for far in zip(value, ends[1], strict=True)]
        for y, x, share in zip(rows, reach, value, strict=True):
            write_number(axes, _share(share), x, y)
        low, longest = min([low, *ends[0], *value]), max([longest, *reach])
    high = max(1.0, longest)
    # The last bar's number may need room where no share can be: there is no axis below it.
    axes.set_xlim(low, max(high, low + (longest - low) * _SHARES / (_SHARES - room)))
    axes.spines["bottom"].set_bounds(low, high)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    dress_numbers(axes, "share of the variance of ln Wh", "Share of the uncertainty")


def _share(value: float) -> str:
    return f"{value:.2f}" if value >= 0.005 else "< 0.01"


def _draw_tornado(axes: Axes, bars: Sequence[Result], typical_wh: float) -> None:
    varying, typical = (
        [(bar[f"others_{kind}_low_wh"], bar[f"others_{kind}_high_wh"]) for bar in bars]
        for kind in ("varying", "typical")
    )
    rows = [i - _SHIFT / 2 for i in range(len(bars))]
    lows, lengths = [low for low, _ in varying], [high - low for low, high in varying]
    axes.set_xscale("log")
    axes.barh(rows, lengths, _WIDE, lows, label="all else varying", color=BLUE, ec=BLUE, lw=0.7)
    for i, ends in enumerate(typical):
        label = {"label": "all else typical"} if i == 0 else {}
        axes.plot(ends, [i + _LOWER] * 2, "-o", color=INK, lw=1.2, ms=2.8, **label)
    words = f"everything typical: {significant(typical_wh, 2)} Wh"
    axes.axvline(typical_wh, color=INK, lw=0.9, ls=(0, (4, 2)), zorder=0.9, label=words)
    numbers = [[significant(x, 2) for x in ends] for ends in varying]
    for y, ends, said in zip(rows, varying, numbers, strict=True):
        for x, text, side in zip(ends, said, (-1, 1), strict=True):
            write_number(axes, text, x, y, side)
    wh = [typical_wh, *(x for pair in (*varying, *typical) for x in pair)]
    room = number_inches([text for said in numbers for text in said])
    axes.set_xlim(log_limits(wh, _TORNADO, room, room))
    dress_log_axis(axes.xaxis)
    dress_numbers(axes, "Wh per query (logarithmic)", "From its low to its high end")
