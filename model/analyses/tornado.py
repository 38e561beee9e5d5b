"""How far each unknown moves the answer on its own, from its low to its high end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.groups import (
    Group,
    Sample,
    check_estimand,
    check_log2,
    chosen,
    ln_wh,
    swapped,
)
from wh_uncertainty.model.analyses.nested import NestedDesign, ln_wh_given, nested_design
from wh_uncertainty.model.analyses.sensitivity import active_groups
from wh_uncertainty.model.context import Context

__all__ = ["Bar", "Tornado", "tornado_bars"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_SMALLEST_LOG2_N, _LARGEST_LOG2_N = 4, 12
_INNER = 1000  # draws of the rest that all values of a group are tried on
_ENDS = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Bar:
    """One group of unknowns at its low and its high end.

    Parameters
    ----------
    group : Group
    typical_wh : tuple of float
        Low and high, with all else typical [Wh].
    varying_wh : tuple of float
        Low and high, with all else varying: geometric means [Wh].
    """

    group: Group
    typical_wh: tuple[float, float]
    varying_wh: tuple[float, float]

    def to_record(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {
            "group": self.group.key,
            "meaning": self.group.words,
            "others_typical_low_wh": self.typical_wh[0],
            "others_typical_high_wh": self.typical_wh[1],
            "others_varying_low_wh": self.varying_wh[0],
            "others_varying_high_wh": self.varying_wh[1],
        }


@dataclass(frozen=True, slots=True)
class Tornado:
    """Bars, longest first, around what all-typical unknowns give.

    Parameters
    ----------
    bars : tuple of Bar
    typical_wh : float
        With every group typical [Wh].
    estimand : str
    """

    bars: tuple[Bar, ...]
    typical_wh: float
    estimand: str

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {
            "estimand": self.estimand,
            "typical_wh": self.typical_wh,
            "bars": [bar.to_record() for bar in self.bars],
        }


def tornado_bars(
    context: Context, *, estimand: str = "mean", log2_n: int = 8, seed: int = 0
) -> Tornado:
    """Move every group of unknowns from its 5th to its 95th percentile.

    Not every unknown is a number (an accelerator is not), so the values of each group are put in
    the order of ``E[ln Wh | value]``; its typical value is the middle one. For a number that acts
    one way only, this is the order of the number itself.

    Parameters
    ----------
    context : Context
    estimand : {"mean", "one-query"}
    log2_n : int
        ``2^log2_n`` values of each group, 4 to 12. Few lie at the ends: bars of 16 values were
        up to a quarter shorter than those of 256.
    seed : int

    Returns
    -------
    Tornado

    Raises
    ------
    ScenarioError
        Unknown estimand, or a size out of range.
    """
    check_estimand(estimand)
    check_log2(log2_n, _SMALLEST_LOG2_N, _LARGEST_LOG2_N)
    groups = active_groups(context, estimand)
    design = nested_design(
        context, estimand=estimand, log2_outer=log2_n, inner=_INNER, seed=seed, common=True
    )
    means = [ln_wh_given(design, (group,)).mean(axis=1) for group in groups]
    ends = [_positions(mean) for mean in means]
    typical = _typical(design, groups, [end[1] for end in ends])
    bars = [
        Bar(group, _pair(_moved(design, typical, group, end)), _pair(mean[end]))
        for group, end, mean in zip(groups, ends, means, strict=True)
    ]
    bars.sort(key=lambda bar: bar.varying_wh[0] / bar.varying_wh[1])
    middle = float(np.exp(ln_wh(context, typical, estimand)[0]))
    return Tornado(tuple(bars), middle, estimand)


def _positions(mean: Floats) -> Indices:
    """Find the disclosures at the 5th, 50th and 95th percentile of their conditional means."""
    order = np.argsort(mean, kind="stable")
    return order[np.round(np.array(_ENDS) * (len(mean) - 1)).astype(np.intp)]


def _typical(design: NestedDesign, groups: tuple[Group, ...], middle: list[np.intp]) -> Sample:
    """One draw with each group at its middle."""
    sample = chosen(design.published, np.zeros(1, dtype=np.intp))
    for group, at in zip(groups, middle, strict=True):
        sample = swapped(sample, design.published, (group,), np.array([at]))
    return sample


def _moved(design: NestedDesign, typical: Sample, group: Group, ends: Indices) -> Floats:
    everywhere = chosen(typical, np.zeros(len(ends), dtype=np.intp))
    there = swapped(everywhere, design.published, (group,), ends)
    return ln_wh(design.context, there, design.estimand)


def _pair(ln_low_middle_high: Floats) -> tuple[float, float]:
    low, _, high = np.exp(ln_low_middle_high).tolist()
    return low, high
