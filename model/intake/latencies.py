"""Speed per user and latencies in seconds, whatever unit a header claims."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.findings import Group, Outcome
from wh_uncertainty.model.intake.points import Points
from wh_uncertainty.model.token_lengths.nominal_lengths import MEAN_LENGTH_FRACTION

__all__ = ["latencies"]

Floats = NDArray[np.float64]

_TOLERANCE = 0.01  # 2,502 of 2,502 rows agree exactly
_PARTS_TOLERANCE = 0.5  # medians of 2,203 rows of the shipped table are 0.93 to 1.30 of their parts
_COLUMNS = (
    *("interactivity_tok_s", "mean_interactivity_tok_s"),
    *("ttft_s", "mean_ttft_s", "e2e_s", "mean_e2e_s"),
)


def latencies(points: Points) -> tuple[Mapping[str, Floats], list[Group]]:
    """Take medians and means, dropping those of rows that contradict themselves.

    Interactivity is 1 / inter-token time in every vintage, of medians as of means. Where it is
    not, the times are not seconds or the two are not of one run, and no latency of the row can be
    used. Nor can those of an answer that begins after its end, or takes much longer or shorter
    than its first token and the time of the others.

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
    groups: list[Group] = []
    for statistic, prefix in (("median", ""), ("mean", "mean_")):
        speed, tpot = n[f"{prefix}interactivity_tok_s"], n[f"{prefix}tpot_s"]
        first, last = n[f"{prefix}ttft_s"], n[f"{prefix}e2e_s"]
        wrong = np.isfinite(speed) & (tpot > 0) & ~(np.abs(speed * tpot - 1) <= _TOLERANCE)
        parts = first + MEAN_LENGTH_FRACTION * n["osl"] / speed
        apart = np.abs(last / parts - 1) > _PARTS_TOLERANCE
        checks = (
            ("intvty_is_1_over_tpot", f"{statistic}_intvty", wrong, speed, 1 / tpot),
            ("ttft_le_e2e", f"{statistic}_ttft", first > last, first, last),
            ("e2e_is_its_parts", f"{statistic}_e2el", apart & ~(first > last), last, parts),
        )
        groups += [
            Group(rule, key, at, value[at], expected[at], Outcome.CELL_DROPPED)
            for rule, key, mask, value, expected in checks
            if (at := np.flatnonzero(mask)).size
        ]
        implied = np.isnan(speed) & (tpot > 0)
        found[f"{prefix}interactivity_tok_s"] = np.where(implied, 1 / tpot, speed)
    lost = np.zeros(len(points), dtype=bool)
    for group in groups:
        lost[group.rows] = True
    return {name: np.where(lost, np.nan, values) for name, values in found.items()}, groups
