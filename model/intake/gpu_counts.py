"""How many GPUs served a row, which no vintage says plainly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.findings import Group, Outcome
from wh_uncertainty.model.intake.points import Points

__all__ = ["GpuCounts", "count_gpus"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Serve from two pools, also in results of before #237 (2025-11-17), which do not say so.
_POOLED_FRAMEWORKS = ("dynamo-", "mori-", "mooncake-", "llmd-")
_POOLED_SUFFIX = "-disagg"


@dataclass(frozen=True, slots=True)
class GpuCounts:
    """Numbers of GPUs; every array has shape ``(rows,)``, NaN where not known.

    Parameters
    ----------
    disaggregated : ndarray of bool
    gpus : ndarray
        Of the deployment.
    prefill, decode : ndarray
        Of the pools, where disaggregated.
    groups : list of Group
        What had to be corrected.
    """

    disaggregated: Mask
    gpus: Floats
    prefill: Floats
    decode: Floats
    groups: list[Group]


def count_gpus(points: Points, frameworks: Sequence[str]) -> GpuCounts:
    """Count GPUs.

    On one node they are tp × pp × pcp: the database's ``num_prefill_gpu`` holds tp × ep there
    and stands for both pools (InferenceX-app, benchmark-mapper). Disaggregated, the pools add up;
    but in the first form (``is_multinode`` false) both hold the total, as ``tp`` does.

    Parameters
    ----------
    points : Points
    frameworks : sequence of str

    Returns
    -------
    GpuCounts
    """
    n = points.number
    disaggregated = _disaggregated(points, frameworks)
    prefill, decode = _pool(points, "prefill"), _pool(points, "decode")
    first_form = disaggregated & (n["is_multinode"] == 0)
    stated_total = _first(n["tp"], n["prefill_tp"], n["prefill_gpus"])
    one_total = disaggregated & (first_form | np.isnan(prefill + decode))
    aggregated, unclear = _aggregated(points)
    gpus = np.where(disaggregated, np.where(one_total, stated_total, prefill + decode), aggregated)
    pooled = disaggregated & ~one_total
    return GpuCounts(
        disaggregated,
        gpus,
        np.where(pooled, prefill, np.nan),
        np.where(pooled, decode, np.nan),
        _findings(points, ~disaggregated, gpus, unclear),
    )


def _disaggregated(points: Points, frameworks: Sequence[str]) -> Mask:
    stated = points.number["disagg"]
    by_name = np.array(
        [f.startswith(_POOLED_FRAMEWORKS) or f.endswith(_POOLED_SUFFIX) for f in frameworks],
        dtype=bool,
    )
    return np.where(np.isnan(stated), by_name, stated == 1).astype(bool)


def _pool(points: Points, pool: str) -> Floats:
    n = points.number
    by_workers = n[f"{pool}_tp"] * n[f"{pool}_workers"]
    return _first(n[f"{pool}_gpus"], by_workers)


def _aggregated(points: Points) -> tuple[Floats, Mask]:
    """Count the GPUs of rows with one pool; the mask says where a second one contradicts that.

    On several nodes the benchmark divides by the GPUs it started, and states them.
    """
    n = points.number
    worker = _first(n["tp"], n["prefill_tp"]) * _or_one(n["pp"]) * _or_one(n["pcp"])
    many = n["is_multinode"] == 1
    started = _first(n["prefill_gpus"], worker * _or_one(n["prefill_workers"]))
    second = many & (n["decode_gpus"] > 0)
    return np.where(second, np.nan, np.where(many, started, worker)), second


def _findings(points: Points, aggregated: Mask, gpus: Floats, unclear: Mask) -> list[Group]:
    """Say where the stated count is another; that a count is unknown, the rules will say."""
    stated, second = points.number["prefill_gpus"], points.number["decode_gpus"]
    corrected = aggregated & np.isfinite(stated) & np.isfinite(gpus) & (stated != gpus)
    groups: list[Group] = []
    if (at := np.flatnonzero(aggregated & unclear)).size:
        column, outcome = "num_decode_gpu", Outcome.CELL_DROPPED
        groups.append(Group("gpu_count", column, at, second[at], "0, or disagg true", outcome))
    if (at := np.flatnonzero(corrected)).size:
        column, outcome = "num_prefill_gpu", Outcome.CORRECTED
        groups.append(Group("gpu_count", column, at, stated[at], gpus[at], outcome))
    return groups


def _first(*choices: Floats) -> Floats:
    """Take the first that is known."""
    found = choices[0]
    for other in choices[1:]:
        found = np.where(np.isnan(found), other, found)
    return found


def _or_one(values: Floats) -> Floats:
    return np.where(np.isnan(values) | (values < 1), 1, values)
