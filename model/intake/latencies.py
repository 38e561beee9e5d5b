"""Speed per user and latencies in seconds, whatever unit a header claims."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.findings import Group, Outcome
from wh_uncertainty.model.intake.points import Points

__all__ = ["latencies"]

Floats = NDArray[np.float64]

_TOLERANCE = 0.01  # 2,502 of 2,502 rows agree exactly
_COLUMNS = (
    *("interactivity_tok_s", "mean_interactivity_tok_s"),
    *("ttft_s", "mean_ttft_s", "e2e_s", "mean_e2e_s"),
)


def latencies(points: Points) -> tuple[Mapping[str, Floats], list[Group]]:
    """Take medians and means, dropping those of rows that contradict themselves.

    Median interactivity is 1 / median inter-token time in every vintage. Where it is not, the
    times are not seconds or the two are not of one run, and no latency of the row can be used.

    Parameters
    ----------
    points : Points

    Returns
    -------
    tuple of mapping and list of Group
        Seconds, or tokens per second of one user.
    """
    n = points.number
    found = {name: n[name] for name in _COLUMNS}
    speed, tpot = n["interactivity_tok_s"], n["tpot_s"]
    implied, implied_mean = 1 / tpot, 1 / n["mean_tpot_s"]
    wrong = np.isfinite(speed) & (tpot > 0) & ~(abs(speed * tpot - 1) <= _TOLERANCE)
    found["interactivity_tok_s"] = np.where(np.isnan(speed) & (tpot > 0), implied, speed)
    unsaid = np.isnan(found["mean_interactivity_tok_s"]) & (n["mean_tpot_s"] > 0)
    found["mean_interactivity_tok_s"] = np.where(
        unsaid, implied_mean, found["mean_interactivity_tok_s"]
    )
    at = np.flatnonzero(wrong)
    if not at.size:
        return found, []
    kept = {name: np.where(wrong, np.nan, values) for name, values in found.items()}
    rule, outcome = "intvty_is_1_over_tpot", Outcome.CELL_DROPPED
    return kept, [Group(rule, "median_intvty", at, speed[at], implied[at], outcome)]
