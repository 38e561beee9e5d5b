"""Logarithmic axes with a few round numbers whose labels keep apart."""

import math
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any

from wh_uncertainty.cli.canvas import text_inches
from wh_uncertainty.cli.numbers import stated

__all__ = ["dress_log_axis"]

_GRID = "#e4e4e4"
# Below this ratio of its ends an axis may hold but one of 1, 2, 5 of each decade.
_LINEAR_TICKS_RATIO = 5
_MOST_STEPS = (5, 4, 3, 2, 1)  # in equal steps, as far as labels find room
_STEPS = ((1, 2, 5), (1, 3), (1,))  # of a decade
_LABEL_HEIGHT, _LABEL_GAP = 0.2, 0.15  # of a tick [inches]
_TICK_SIZE = 9.5  # points


def dress_log_axis(axis: Any) -> None:
    """Put a few round numbers on a logarithmic axis, however short or long it is.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        Its limits are set.
    """
    ticker = import_module("matplotlib.ticker")
    low, high = axis.get_view_interval()
    narrow = high < _LINEAR_TICKS_RATIO * low
    series = _even_series(low, high) if narrow else _round_series(low, high)
    axis.set_major_locator(ticker.FixedLocator(_closest(axis, series, low, high)))
    axis.set_major_formatter(_tick_label)
    axis.set_minor_formatter(ticker.NullFormatter())
    axis.grid(color=_GRID, lw=0.8)
    axis.axes.set_axisbelow(True)


def _tick_label(value: float, _: int) -> str:
    return stated(value)


def _even_series(low: float, high: float) -> list[list[float]]:
    """List series of round numbers in equal steps, the closest first."""
    ticker = import_module("matplotlib.ticker")
    locators = [ticker.MaxNLocator(n, steps=[1, 2, 5, 10]) for n in _MOST_STEPS]
    return [[float(x) for x in locator.tick_values(low, high)] for locator in locators]


def _round_series(low: float, high: float) -> list[list[float]]:
    """List series of round numbers in equal factors or nearly so, the closest first."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    series = [[step * 10.0**k for k in decades for step in steps] for steps in _STEPS]
    series += [series[-1][::n] for n in range(2, len(decades))]
    return [[float(f"{x:.1g}") for x in ticks] for ticks in series]


def _closest(
    axis: Any, series: Sequence[Sequence[float]], low: float, high: float
) -> Sequence[float]:
    """Choose the first series whose labels keep apart; always two numbers or more."""
    inside = [[x for x in ticks if low <= x <= high] for ticks in series]
    fitting = (ticks for ticks in inside if len(ticks) > 1 and _keep_apart(axis, ticks, low, high))
    closest = inside[0] if len(inside[0]) > 1 else [low, high]
    return next(fitting, [closest[0], closest[-1]])


def _keep_apart(axis: Any, ticks: Sequence[float], low: float, high: float) -> bool:
    """Say whether the labels of an axis stand beside each other."""
    figure, box = axis.axes.figure, axis.axes.get_position()
    if axis.axis_name == "y":
        length, sizes = box.height * figure.get_figheight(), [_LABEL_HEIGHT] * len(ticks)
    else:
        length = box.width * figure.get_figwidth()
        sizes = [text_inches(stated(x), _TICK_SIZE) + _LABEL_GAP for x in ticks]
    per_inch = math.log(high / low) / length
    places = [math.log(x) / per_inch for x in ticks]
    return all(
        there - here >= (size + other) / 2
        for (here, there), (size, other) in zip(pairwise(places), pairwise(sizes), strict=True)
    )
