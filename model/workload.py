"""What is asked: lengths, a name or a trace, understood from what a user writes."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.length_histogram import (
    Filling,
    Histogram,
    draw_lengths,
    filling,
    histogram_moments,
    uncached_shares,
)
from wh_uncertainty.model.lengths import (
    LARGEST_LENGTH_TOK,
    Lengths,
    Moments,
    Workload,
    WorkloadError,
    scaled_output,
    uncached_tok,
)
from wh_uncertainty.model.nominal_lengths import (
    BENCHES,
    bench_workload,
    fixed_workload,
    parse_lengths,
)
from wh_uncertainty.priors import DEFAULT_RELEASE, read_workload, workload_names

__all__ = [
    "LARGEST_LENGTH_TOK",
    "Lengths",
    "Moments",
    "Workload",
    "WorkloadError",
    "bench_workload",
    "fixed_workload",
    "named_workload",
    "parse_workload",
    "scaled_output",
    "uncached_tok",
    "workload_choices",
]

Floats = NDArray[np.float64]

_TRACE_SUFFIXES = (".csv", ".parquet", ".pq")


def parse_workload(text: str, release: str = DEFAULT_RELEASE) -> Workload:
    """Understand what a user calls a workload.

    Parameters
    ----------
    text : str
        ``8k/1k`` or ``8192/1024`` (k = 1024; input/output tokens, each from 1 to 10^7),
        ``bench-8k1k``, a name of the release, or the path of a trace.
    release : str
        Release of priors that holds the named workloads.

    Returns
    -------
    Workload

    Raises
    ------
    WorkloadError
        None of these; the message says what it is closest to.
    """
    wanted = text.strip()
    name = wanted.lower().replace("_", "-").replace(" ", "-")
    if name in BENCHES:
        return bench_workload(name)
    if name in workload_names(release):
        return named_workload(name, release)
    if wanted.lower().endswith(_TRACE_SUFFIXES) or os.path.isfile(wanted):
        from wh_uncertainty.model.trace import trace_workload  # most runs read no trace

        return trace_workload(Path(wanted))
    if wanted.count("/") == 1:
        return fixed_workload(*parse_lengths(wanted))
    raise WorkloadError(_unknown(wanted, name, release))


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


def workload_choices(release: str = DEFAULT_RELEASE) -> tuple[str, ...]:
    """Every name that `parse_workload` knows, benchmark ones first.

    Parameters
    ----------
    release : str

    Returns
    -------
    tuple of str
    """
    return (*BENCHES, *workload_names(release))


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


def _unknown(text: str, name: str, release: str) -> str:
    from difflib import get_close_matches  # only when there is something to complain about

    choices = workload_choices(release)
    close = get_close_matches(name, choices, n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(choices)};"
    return (
        f"workload {text!r}: neither lengths like 8k/1k, nor a known name, nor a file; {hint} "
        "`wh-uncertainty list workloads` shows all"
    )
