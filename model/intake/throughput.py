"""Output throughput per GPU of the whole deployment, whichever pool a vintage divided by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.findings import Group, Outcome
from wh_uncertainty.model.intake.gpu_counts import GpuCounts
from wh_uncertainty.model.intake.points import Points

__all__ = ["SUM_TOLERANCE", "Throughput", "cluster_throughput"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SUM_TOLERANCE = 0.01  # 546 of 554 disaggregated rows of the dashboard's fixtures agree within it
_WHOLE_TOLERANCE = 0.05  # of a number of GPUs computed from rounded throughputs


@dataclass(frozen=True, slots=True)
class Throughput:
    """Tokens per second per GPU of the deployment; arrays of shape ``(rows,)``, NaN if unknown.

    Parameters
    ----------
    output_tok_s_per_gpu : ndarray
    prefill, decode : ndarray
        GPUs of the pools; where no vintage states them, what the three throughputs imply.
    groups : list of Group
    """

    output_tok_s_per_gpu: Floats
    prefill: Floats
    decode: Floats
    groups: list[Group]


def cluster_throughput(points: Points, counts: GpuCounts) -> Throughput:
    """Average the output over all GPUs.

    Since InferenceX #177 (2025-11-05) disaggregated rows divide output by the GPUs that decode
    and input by those that prefill; before, and in rows derived from energy, both by all. No row
    says which, but only one reading adds up to the total t: o + i = t, or (o·D + i·P)/(P + D) = t.
    Where P and D are not stated, D = n(t - i)/(o - i) must be a whole number.

    Parameters
    ----------
    points : Points
    counts : GpuCounts

    Returns
    -------
    Throughput
    """
    t, o, i = (points.number[f"{kind}tok_s_per_gpu"] for kind in ("", "output_", "input_"))
    n, pooled = counts.gpus, counts.disaggregated
    averaged = _agree(o + i, t)
    implied = np.round(n * (t - i) / (o - i))
    whole = np.abs(n * (t - i) / (o - i) - implied) < _WHOLE_TOLERANCE
    usable = pooled & np.isnan(counts.decode) & whole & (implied >= 1) & (implied < n)
    decode = np.where(usable & ~averaged, implied, counts.decode)
    prefill = np.where(usable & ~averaged, n - implied, counts.prefill)
    by_role = pooled & _agree((o * decode + i * prefill) / (prefill + decode), t)
    share = decode / (prefill + decode)
    output = np.where(averaged, o, np.where(by_role, o * share, np.nan))
    lone = np.isnan(i) & np.isfinite(o)
    output = np.where(lone, _unaccompanied(points, pooled, share), output)
    expected = np.where(pooled & np.isfinite(share), o * share + i * (1 - share), o + i)
    wrong = np.isfinite(o + i + t) & ~averaged & ~by_role & (t > 0)  # 0 has its own rule
    open_ = lone & np.isnan(output)
    groups = list[Group]()
    if (at := np.flatnonzero(wrong)).size:
        groups.append(
            Group("throughput_sum", "tput_per_gpu", at, t[at], expected[at], Outcome.DROPPED)
        )
    if (at := np.flatnonzero(open_)).size:
        expect = "input throughput too, to tell whether it is per pool"
        groups.append(
            Group("throughput_sum", "output_tput_per_gpu", at, o[at], expect, Outcome.CELL_DROPPED)
        )
    return Throughput(output, prefill, decode, groups)


def _unaccompanied(points: Points, pooled: Mask, share: Floats) -> Floats:
    """Read output without input: sound on one pool; on two, the lengths must tell the reading."""
    o, t = points.number["output_tok_s_per_gpu"], points.number["tok_s_per_gpu"]
    nominal = t * points.number["osl"] / (points.number["isl"] + points.number["osl"])
    near_all, near_pool = _agree(o, nominal, 0.05), _agree(o * share, nominal, 0.05)
    told = np.where(near_pool & ~near_all, o * share, np.where(near_all, o, np.nan))
    return np.where(pooled, told, o)


def _agree(value: Floats, wanted: Floats, tolerance: float = SUM_TOLERANCE) -> Mask:
    return np.abs(value - wanted) <= tolerance * np.abs(wanted)
