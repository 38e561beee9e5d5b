"""Logarithmic axes with a few round numbers on them."""

import math
import unicodedata
from collections.abc import Iterable

from wh_uncertainty.cli.charts.vega import Spec

__all__ = ["label_extent", "log_axis", "log_ticks"]

_FEW = 7
_WIDE, _NARROW = 12.5, 6.0  # of a letter at 12 px; a narrow one on average, rather too low
_STEPS = ((1, 2, 5), (1, 3), (1,))
_LEAST_MARGIN, _SHARE_OF_MARGIN = 1.05, 0.02


def log_axis(values: Iterable[float], title: str | None, *, grid: bool = True) -> Spec:
    """Describe a channel on a logarithmic scale that holds all values.

    Parameters
    ----------
    values : iterable of float
        Positive.
    title : str or None
        With its unit.
    grid : bool

    Returns
    -------
    dict
        ``type``, ``scale`` and ``axis``.
    """
    found = list(values)
    margin = max(_LEAST_MARGIN, (max(found) / min(found)) ** _SHARE_OF_MARGIN)
    low, high = min(found) / margin, max(found) * margin
    axis = {"values": log_ticks(low, high), "format": ",~g", "title": title, "grid": grid}
    return {
        "type": "quantitative",
        "scale": {"type": "log", "domain": [low, high], "nice": False},
        "axis": axis,
    }


def log_ticks(low: float, high: float) -> list[float]:
    """Choose round numbers between two ends: 1, 2, 5 of each decade, or fewer where it is long.

    Parameters
    ----------
    low, high : float
        Positive.

    Returns
    -------
    list of float
        None of them where no such number lies between.
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    inside: list[float] = []
    for steps in _STEPS:
        ticks = [step * 10.0**decade for decade in decades for step in steps]
        inside = [float(f"{tick:.3g}") for tick in ticks if low <= tick <= high]
        if len(inside) <= _FEW:
            return inside
    return inside[:: math.ceil(len(inside) / _FEW)]


def label_extent(labels: Iterable[str], limit: int) -> int:
    """Estimate the room that names beside an axis take.

    What draws a chart here may lack a font for some letters and take them for narrow; a browser
    then shows them wide.

    Parameters
    ----------
    labels : iterable of str
    limit : int
        The most that they are given [px].

    Returns
    -------
    int
        [px], at the size of labels.
    """
    widest = max(sum(_letter_width(letter) for letter in label) for label in labels)
    return min(math.ceil(widest), limit)


def _letter_width(letter: str) -> float:
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else _NARROW
