"""A picture of a sweep over speeds: Wh against interactivity, with bands."""

import math
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wh_uncertainty.cli.canvas import (
    BLUE,
    FAINT,
    INK,
    MARGIN,
    Axes,
    Line,
    lines_inches,
    new_axes,
    text_inches,
    wrapped_lines,
    write_lines,
)
from wh_uncertainty.cli.log_axis import dress_log_axis
from wh_uncertainty.cli.numbers import stated
from wh_uncertainty.cli.scenario_page import (
    AXIS,
    GAP,
    NO_NUMBERS,
    PACE,
    Row,
    phrase,
    scenario_page,
)

if TYPE_CHECKING:
    from wh_uncertainty.model.analyses.sweep import Sweep

__all__ = ["MOST_PANELS", "draw_curves", "panels_of"]

_ACROSS = (1, 2, 3, 2, 3, 3)  # panels side by side, where there are 1, 2 ... in all
MOST_PANELS = len(_ACROSS)

_CURVES_KEY = "Line with dots median, dark band 50 %, light band 90 % interval"
_OTHERS_KEY = "Grey lines: medians of the other panels."
_TEXT, _SMALL = 9.5, 8.5  # points
_TICK_GAP = 0.07  # inches
_PANEL, _ONLY_PANEL = (2.3, 2.0), (5.4, 3.4)  # inches


def panels_of(rows: Sequence[Row], axes: Sequence[str]) -> list[list[Row]]:
    """Group rows by all that varies but interactivity, in order of appearance."""
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        grouped.setdefault(tuple(row[k] for k in axes if k != PACE), []).append(row)
    return [sorted(group, key=lambda row: row[PACE]) for group in grouped.values()]


def draw_curves(path: Path, sweep: "Sweep", axes: Sequence[str]) -> None:
    """Draw one panel for each combination of the other axes (see `draw_scenarios`)."""
    panels = panels_of(sweep.rows, axes)
    names = [", ".join(phrase(k, p[0][k]) for k in axes if k != PACE) for p in panels]
    words = [word for name in names for word in name.split(" ")]
    wide, tall = _ONLY_PANEL if len(panels) == 1 else _PANEL
    wide = max(wide, *(text_inches(word, _SMALL, "bold") for word in words))
    titles = [wrapped_lines(name, wide, _SMALL, weight="bold") for name in names]
    above = max(map(lines_inches, titles)) + GAP
    across = _ACROSS[len(panels) - 1]
    down = math.ceil(len(panels) / across)
    width, height = 2 * MARGIN + AXIS + across * (wide + GAP), down * (above + tall) + AXIS
    # Named where they are first seen, and not in the small print.
    others = [Line(_OTHERS_KEY, _SMALL, FAINT)] if len(panels) > 1 else []
    with scenario_page(path, sweep, width, height + lines_inches(others), _CURVES_KEY) as (
        figure,
        top,
    ):
        write_lines(figure, MARGIN, top, others)
        top += lines_inches(others)
        drawn: list[Axes] = []
        for k, (panel, title) in enumerate(zip(panels, titles, strict=True)):
            x = MARGIN + AXIS + k % across * (wide + GAP)
            y = top + k // across * (above + tall)
            write_lines(figure, x, y + above - lines_inches(title) - GAP / 4, title)
            drawn.append(new_axes(figure, x, y + above, wide, tall))
            _draw_bands(drawn[-1], panel, panels)
        _dress_panels(drawn, across, sweep.rows, wide)


def _draw_bands(axes: Axes, panel: Sequence[Row], panels: Sequence[Sequence[Row]]) -> None:
    if panel[0]["error"] is not None:
        style = {"color": FAINT, "fontsize": _SMALL, "transform": axes.transAxes}
        axes.text(0.5, 0.5, NO_NUMBERS, ha="center", va="center", **style)
        return
    for other in panels:
        if other is not panel and other[0]["error"] is None:
            axes.plot(*_curve(other, "p50"), color="#b0b0b0", lw=0.9)
    for low, high, alpha in (("p05", "p95", 0.2), ("p25", "p75", 0.35)):
        paces, lower = _curve(panel, low)
        axes.fill_between(paces, lower, _curve(panel, high)[1], color=BLUE, alpha=alpha, lw=0)
    axes.plot(*_curve(panel, "p50"), "-o", color=BLUE, lw=1.8, ms=4.5, mfc="white", mec=INK)


def _curve(panel: Sequence[Row], key: str) -> tuple[list[float], list[float]]:
    """Return tokens per second and Wh; whether a panel has numbers does not depend on them."""
    return [row[PACE] for row in panel], [row[f"wh_mean_{key}"] for row in panel]


def _dress_panels(drawn: Sequence[Axes], across: int, rows: Sequence[Row], wide: float) -> None:
    """Give all panels the same two axes; only those at the edge are labelled."""
    ticker = import_module("matplotlib.ticker")
    paces = sorted({row[PACE] for row in rows})
    answered = [row for row in rows if row["error"] is None]
    low, high = (
        f(row[f"wh_mean_{k}"] for row in answered) for f, k in ((min, "p05"), (max, "p95"))
    )
    for k, axes in enumerate(drawn):
        axes.set(xscale="log", yscale="log")
        axes.set(xlim=_widened(paces[0], paces[-1]), ylim=_widened(low, high))
        dress_log_axis(axes.yaxis)
        dress_log_axis(axes.xaxis)
        axes.xaxis.set_major_locator(ticker.FixedLocator(_apart(paces, wide)))
        axes.xaxis.set_minor_locator(ticker.NullLocator())
        below, leftmost = k + across >= len(drawn), k % across == 0
        axes.tick_params(labelbottom=below, labelleft=leftmost)
        axes.set_xlabel("tok/s per user" if below else "")
        axes.set_ylabel("Wh per query" if leftmost else "")


def _widened(low: float, high: float) -> tuple[float, float]:
    factor = max((high / low) ** 0.05, 1.05)
    return low / factor, high * factor


def _apart(paces: Sequence[float], wide: float) -> list[float]:
    """Leave out what would be written over its neighbour on an axis of that many inches.

    Both ends stay: without the last one a reader cannot tell where the axis ends.
    """
    low, high = _widened(paces[0], paces[-1])
    per_inch = math.log(high / low) / wide

    def is_apart(pace: float, other: float) -> bool:
        room = text_inches(stated(pace) + stated(other), _TEXT) / 2 + _TICK_GAP
        return abs(math.log(pace / other)) / per_inch > room

    kept = [paces[0]]
    for pace in paces[1:-1]:
        if is_apart(pace, kept[-1]) and is_apart(pace, paces[-1]):
            kept.append(pace)
    return [*kept, paces[-1]] if is_apart(paces[0], paces[-1]) else kept
