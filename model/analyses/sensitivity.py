"""Which unknowns make the interval wide: Sobol' indices of ln Wh by group of unknowns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.groups import (
    GROUPS,
    Group,
    Sample,
    check_estimand,
    check_log2,
    ln_wh,
    swapped,
)
from wh_uncertainty.model.analyses.sobol import SobolIndices, paired_points, sobol_indices
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.forward import draw_queries
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.unknowns import DIMENSIONS, unknowns_at

__all__ = [
    "Sensitivity",
    "active_groups",
    "check_no_site",
    "paired_samples",
    "sensitivity_indices",
]

Floats = NDArray[np.float64]

# Enough that a group which matters in one draw of a hundred is never missed.
_LOG2_PROBE = 10
# Fewer points hold no index; more of them take minutes and gigabytes.
_SMALLEST_LOG2_N, _LARGEST_LOG2_N = 8, 18


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """Shares of the variance of ln Wh.

    Parameters
    ----------
    groups : tuple of Group
        Those that matter to the scenario at all, in the order of the indices.
    indices : SobolIndices
    estimand : str
    log2_n : int
        Points are ``2^log2_n`` for each of the two designs and each group.
    """

    groups: tuple[Group, ...]
    indices: SobolIndices
    estimand: str
    log2_n: int

    def to_records(self) -> list[dict[str, Any]]:
        """Return one JSON-ready record per group, from the largest total index down."""
        first, total = self.indices.first, self.indices.total
        order: list[int] = np.argsort(-total.value, kind="stable").tolist()
        return [
            {
                "rank": rank + 1,
                "group": self.groups[g].key,
                "meaning": self.groups[g].words,
                **{
                    f"first_{end}": float(getattr(first, end)[g])
                    for end in ("value", "low", "high")
                },
                **{
                    f"total_{end}": float(getattr(total, end)[g])
                    for end in ("value", "low", "high")
                },
            }
            for rank, g in enumerate(order)
        ]


def sensitivity_indices(
    context: Context, *, estimand: str = "mean", log2_n: int = 14, seed: int = 0
) -> Sensitivity:
    """Estimate first-order and total indices of every group of unknowns.

    Parameters
    ----------
    context : Context
        Of `prepare`.
    estimand : {"mean", "one-query"}
        The mean over the workload's queries, or one random query, which adds the group `QUERY`.
    log2_n : int
        2^14 points give indices to about 0.01.
    seed : int

    Returns
    -------
    Sensitivity

    Raises
    ------
    ScenarioError
        Unknown estimand, or a size out of range.
    """
    check_estimand(estimand)
    check_log2(log2_n, _SMALLEST_LOG2_N, _LARGEST_LOG2_N)
    check_no_site(context)
    groups = active_groups(context, estimand)
    a, b = paired_samples(context, log2_n, seed)
    f_a, f_b = (ln_wh(context, sample, estimand) for sample in (a, b))
    f_ab = [ln_wh(context, swapped(a, b, (group,)), estimand) for group in groups]
    of_groups = np.array(f_ab) if f_ab else np.empty((0, len(f_a)))
    rng = np.random.default_rng([seed, 1])
    return Sensitivity(groups, sobol_indices(f_a, f_b, of_groups, rng=rng), estimand, log2_n)


def check_no_site(context: Context) -> None:
    """Refuse a measured site: what it says ties unknowns to each other.

    Raises
    ------
    ScenarioError
    """
    if context.site is not None:
        raise ScenarioError(
            "site: shares of variance and values of disclosure need unknowns that are independent, "
            "and a measurement ties them together; ask `simulate` or `compare` with the site, or "
            "pin what you know (--hardware, --efficiency) and leave the site out"
        )


def active_groups(context: Context, estimand: str) -> tuple[Group, ...]:
    """Find the groups that move the outcome at all: what is pinned or not counted does not.

    Parameters
    ----------
    context : Context
    estimand : {"mean", "one-query"}

    Returns
    -------
    tuple of Group
    """
    a, b = paired_samples(context, _LOG2_PROBE, 0)
    f_a = ln_wh(context, a, estimand)
    return tuple(
        group
        for group in GROUPS
        if not np.array_equal(f_a, ln_wh(context, swapped(a, b, (group,)), estimand))
    )


def paired_samples(context: Context, log2_n: int, seed: int) -> tuple[Sample, Sample]:
    """Draw two independent samples of everything unknown.

    Parameters
    ----------
    context : Context
    log2_n : int
    seed : int

    Returns
    -------
    a, b : Sample
        Of ``2^log2_n`` draws each.
    """
    design, *streams = np.random.default_rng([seed, 0]).spawn(3)
    a, b = (
        Sample(unknowns_at(context, p), draw_queries(context, len(p), rng=stream))
        for p, stream in zip(paired_points(DIMENSIONS, log2_n, design), streams, strict=True)
    )
    return a, b
