"""Unknowns by meaning: what one disclosure would tell, together."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.context import Context
from wh_uncertainty.model.forward import Queries, evaluate
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.token_lengths.lengths import Lengths
from wh_uncertainty.model.unknowns import Unknowns

__all__ = [
    "ESTIMANDS",
    "GROUPS",
    "QUERY",
    "Group",
    "Sample",
    "check_estimand",
    "check_log2",
    "chosen",
    "ln_wh",
    "picked",
    "swapped",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

ESTIMANDS = ("mean", "one-query")


@dataclass(frozen=True, slots=True)
class Group:
    """Some unknowns that belong together.

    Parameters
    ----------
    key : str
    words : str
        For people.
    publisher : str
        Who could tell.
    fields : tuple of str
        Of `Unknowns`; empty for the query itself.
    is_number : bool
        Whether it is one positive number, so that it can be published with an error.
    """

    key: str
    words: str
    publisher: str
    fields: tuple[str, ...]
    is_number: bool = False


#: The only group that is chance and not ignorance: no disclosure removes it.
QUERY = Group("query", "which query", "nobody", ())
GROUPS: tuple[Group, ...] = (
    Group(
        "provider_efficiency",
        "provider's efficiency",
        "provider",
        ("efficiency",),
        is_number=True,
    ),
    Group("hardware", "which accelerator", "provider", ("hardware",)),
    Group(
        "interactivity",
        "speed per user, hence load",
        "provider",
        ("interactivity_tok_s",),
        is_number=True,
    ),
    Group("software", "software of the day", "provider", ("run",)),
    Group("caching", "share of prompts cached", "provider", ("cached_share",), is_number=True),
    Group("effort", "reasoning effort", "provider", ("effort",), is_number=True),
    Group(
        "board_power",
        "board power",
        "provider",
        ("power_draw", "board_fallback", "elasticity"),
    ),
    Group("host_power", "host and network power", "provider", ("host_z",)),
    Group("pue", "PUE of the building", "site", ("pue",), is_number=True),
    Group("cost_law", "fit of the benchmark", "benchmark", ("posterior_draw",)),
    Group(
        "benchmark_bias",
        "bias of the benchmark",
        "benchmark",
        ("benchmark_factor", "speculation_factor"),
    ),
    Group("beyond_lengths", "lengths not benchmarked", "benchmark", ("extrapolation_z",)),
    Group("drift", "progress of software", "benchmark", ("drift_per_month",)),
    QUERY,
)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Some providers, each with one query.

    Parameters
    ----------
    unknowns : Unknowns
    queries : Queries
    """

    unknowns: Unknowns
    queries: Queries


def check_estimand(estimand: str) -> None:
    """Refuse an estimand that there is not.

    Raises
    ------
    ScenarioError
    """
    if estimand not in ESTIMANDS:
        raise ScenarioError(f"estimand {estimand!r}: must be {' or '.join(ESTIMANDS)}")


def check_log2(log2_n: int, smallest: int, largest: int) -> None:
    """Refuse a size of a design that is out of range.

    Raises
    ------
    ScenarioError
    """
    if not smallest <= log2_n <= largest:
        raise ScenarioError(f"points 2^{log2_n}: must lie between 2^{smallest} and 2^{largest}")


def swapped(
    sample: Sample, other: Sample, groups: tuple[Group, ...], rows: Indices | None = None
) -> Sample:
    """Take some groups from another sample.

    Parameters
    ----------
    sample, other : Sample
        Of the same size, unless `rows` says which of the other's draws to take.
    groups : tuple of Group
    rows : ndarray of int, optional
        One for each draw of `sample`.

    Returns
    -------
    Sample
    """
    names = [name for group in groups for name in group.fields]
    taken: dict[str, Any] = {n: _pick(getattr(other.unknowns, n), rows) for n in names}
    queries = _picked_queries(other.queries, rows) if QUERY in groups else sample.queries
    return Sample(replace(sample.unknowns, **taken), queries)


def chosen(sample: Sample, rows: Indices) -> Sample:
    """Pick draws, possibly again and again.

    Parameters
    ----------
    sample : Sample
    rows : ndarray of int

    Returns
    -------
    Sample
        Of ``len(rows)`` draws.
    """
    return Sample(picked(sample.unknowns, rows), _picked_queries(sample.queries, rows))


def _picked_queries(queries: Queries, rows: Indices | None) -> Queries:
    return Queries(picked(queries.lengths, rows), _pick(queries.cache_draw, rows))


def picked[T: (Unknowns, Lengths)](values: T, rows: Indices | None) -> T:
    """Pick draws of one part of a sample, as `chosen` does of all."""
    of_each: dict[str, Any] = {f.name: _pick(getattr(values, f.name), rows) for f in fields(values)}
    return replace(values, **of_each)


def _pick(values: NDArray[Any] | None, rows: Indices | None) -> NDArray[Any] | None:
    return values if values is None or rows is None else np.take(values, rows, axis=-1)


def ln_wh(context: Context, sample: Sample, estimand: str) -> Floats:
    """Evaluate the natural logarithm of Wh per query.

    Parameters
    ----------
    context : Context
    sample : Sample
    estimand : {"mean", "one-query"}

    Returns
    -------
    ndarray of shape (draw,)
    """
    e = evaluate(context, sample.unknowns, sample.queries)
    return np.log(e.mean_wh if estimand == "mean" else e.one_query_wh)
