"""Workloads that a release of priors describes by histograms of their lengths."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.token_lengths.length_histogram import (
    Filling,
    Histogram,
    draw_lengths,
    filling,
    histogram_moments,
    uncached_shares,
)
from wh_uncertainty.model.token_lengths.lengths import Lengths, Workload
from wh_uncertainty.priors import DEFAULT_RELEASE, read_workload

__all__ = ["named_workload"]

Floats = NDArray[np.float64]


def named_workload(name: str, release: str = DEFAULT_RELEASE) -> Workload:
    """One of the workloads that a release of priors describes.

    Parameters
    ----------
    name : str
    release : str

    Returns
    -------
    Workload

    Raises
    ------
    PriorError
        The release has no such workload.
    """
    table = read_workload(name, release)
    histogram = _histogram(table)

    def draw(n: int, rng: np.random.Generator) -> Lengths:
        return draw_lengths(histogram, n, rng=rng)

    prior = None if histogram.uncached is not None else table["cached"]["prior"]
    title, moments = str(table["title"]), histogram_moments(histogram)
    return Workload(name, title, "named", moments, draw, prior)


def _histogram(table: Mapping[str, Any]) -> Histogram:
    keys = ("counts", "isl_edges", "osl_edges", "isl_bin_mean", "osl_bin_mean")
    counts, isl_edges, osl_edges, isl_mean, osl_mean = (
        np.array(table[key], dtype=np.float64) for key in keys
    )
    measured = _own_cache(table)
    return Histogram(
        probability=counts / counts.sum(),
        isl=filling(isl_edges[:-1], isl_edges[1:], isl_mean),
        osl=filling(osl_edges[:-1], osl_edges[1:], osl_mean),
        uncached=None if measured is None else _uncached(measured, isl_mean),
    )


def _own_cache(table: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Cache hits counted in the trace itself, where the release prefers them to a prior."""
    measured: Mapping[str, Any] | None = table["cached"].get("measured")
    if measured is None:
        return None
    if "uncached" in table:
        counted: Mapping[str, Any] = measured[f"ttl_{table['uncached']['ttl_s']}_s"]
        return counted
    return measured["unlimited"] if table["cached"]["prior"] is None else None


def _uncached(measured: Mapping[str, Any], isl_mean: Floats) -> Filling:
    """Shares by ISL bin: spread as the quantiles say, nearly constant where a bin has none."""
    fractions = np.array(measured["fraction_by_isl_bin"], dtype=np.float64)
    stated: list[Any] = measured.get("uncached_quantiles_by_isl_bin") or [None] * len(fractions)
    constant = ((1 - fractions) * isl_mean).tolist()
    rows = [row or [mean] * 7 for row, mean in zip(stated, constant, strict=True)]
    table = np.array(rows, dtype=np.float64)
    return uncached_shares(table[:, :6], table[:, 6], isl_mean)
