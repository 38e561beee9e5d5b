"""The observations of one model as the arrays that its cost law is fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import TokenMoments, tokens_of_one_query
from wh_uncertainty.model.observations import Observations

__all__ = [
    "ERROR_CLASSES",
    "CostRows",
    "cost_rows",
    "covered",
    "load_max_by_lengths",
    "series_labels",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]

#: Rows err alike within: one run or a median of months; one pool of GPUs or two.
ERROR_CLASSES = ("single", "median", "single_disaggregated", "median_disaggregated")


@dataclass(frozen=True, slots=True)
class CostRows:
    """Benchmark rows, indexed; every array has shape ``(row,)`` unless said otherwise.

    Parameters
    ----------
    deployments, series : tuple of str
        Names that `deployment` and `run` index: a series is the rows of one deployment on one day,
        or those that one median at one length summarises.
    deployment, run, error_class : ndarray of int
    disaggregated : ndarray of bool, shape (deployment,)
    load : ndarray
        Requests per GPU.
    tokens : TokenMoments
        Actual mean lengths; the benchmark caches nothing.
    ln_gpu_s : ndarray
        ln GPU-seconds per query.
    ln_tpot : ndarray
        ln inter-token time [s]; NaN where not reported.
    day : ndarray of datetime64[D]
        Of the run, or of the source where the run's is not known.
    isl_tok, osl_tok : ndarray
        Nominal lengths, those that a workload is named after.
    """

    deployments: tuple[str, ...]
    series: tuple[str, ...]
    deployment: Indices
    run: Indices
    error_class: Indices
    disaggregated: Mask
    load: Floats
    tokens: TokenMoments
    ln_gpu_s: Floats
    ln_tpot: Floats
    day: NDArray[np.datetime64]
    isl_tok: Floats
    osl_tok: Floats


def cost_rows(observations: Observations) -> CostRows:
    """Index rows for the cost law.

    Parameters
    ----------
    observations : Observations
        Rows of one model with load and throughput.

    Returns
    -------
    CostRows
    """
    o = observations
    deployments, deployment = _indexed(o.configuration.tolist())
    series, run = _indexed(series_labels(o))
    disaggregated = np.zeros(len(deployments), dtype=bool)
    disaggregated[deployment] = o.disaggregated
    return CostRows(
        deployments,
        series,
        deployment,
        run,
        (o.aggregation == "median_of_runs") + 2 * o.disaggregated.astype(np.intp),
        disaggregated,
        o.load,
        tokens_of_one_query(o.mean_isl_tok, o.mean_isl_tok, o.mean_osl_tok),
        np.log(o.gpu_s_per_query),
        np.log(o.tpot_s),
        np.where(np.isnat(o.observed_on), o.source_on, o.observed_on),
        o.isl_tok,
        o.osl_tok,
    )


def covered(rows: CostRows, deployment: int) -> tuple[float, float, np.datetime64]:
    """Find what the rows of a deployment covered.

    Parameters
    ----------
    rows : CostRows
    deployment : int

    Returns
    -------
    least, greatest : float
        Load [requests per GPU].
    day : datetime64
        Median one.
    """
    mine = rows.deployment == deployment
    load, days = rows.load[mine], np.sort(rows.day[mine])
    return float(load.min()), float(load.max()), days[len(days) // 2]


def load_max_by_lengths(rows: CostRows, deployment: int) -> dict[str, float]:
    """Find the greatest load of a deployment at each pair of lengths that it was run at.

    Parameters
    ----------
    rows : CostRows
    deployment : int

    Returns
    -------
    dict
        ``"ISL/OSL"`` in nominal tokens to requests per GPU.
    """
    mine = np.flatnonzero(rows.deployment == deployment)
    greatest: dict[str, float] = {}
    for isl, osl, load in zip(rows.isl_tok[mine], rows.osl_tok[mine], rows.load[mine], strict=True):
        lengths = f"{isl:g}/{osl:g}"
        greatest[lengths] = max(float(load), greatest.get(lengths, 0.0))
    return dict(sorted(greatest.items()))


def series_labels(observations: Observations) -> list[str]:
    """Name the series that each row belongs to.

    Rows of one day ran on one version of the software, whatever their lengths. Where the day is
    not known, rows of one kind of source and one length are taken to share theirs: medians of
    months cover other months at each length.

    Parameters
    ----------
    observations : Observations

    Returns
    -------
    list of str
    """
    o = observations
    undated = np.isnat(o.observed_on)
    lengths = [f"{i:.0f}/{n:.0f}" for i, n in zip(o.isl_tok, o.osl_tok, strict=True)]
    what = np.where(undated, np.char.add(np.char.add(o.source_kind, " "), lengths), "")
    when = np.where(undated, what, o.observed_on.astype(str))
    cells = zip(o.configuration.tolist(), o.aggregation.tolist(), when.tolist(), strict=True)
    return [f"{c} {a} {w}" for c, a, w in cells]


def _indexed(labels: Sequence[str]) -> tuple[tuple[str, ...], Indices]:
    names, index = np.unique(np.array(labels), return_inverse=True)
    return tuple(names.tolist()), index
