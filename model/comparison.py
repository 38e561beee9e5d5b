"""Scenarios side by side: ratios and differences that share what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.context import Context
from wh_uncertainty.model.deployment import deployment_id
from wh_uncertainty.model.forward import draw_queries, serving_candidate
from wh_uncertainty.model.groups import (
    GROUPS,
    QUERY,
    Group,
    Sample,
    check_estimand,
    ln_wh,
    swapped,
)
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.provenance import provenance
from wh_uncertainty.model.simulation import CHUNK_DRAWS
from wh_uncertainty.model.summary import summarise_draws
from wh_uncertainty.model.unknowns import DIMENSIONS, Unknowns, draw_unknowns, unknowns_at

__all__ = [
    "Comparison",
    "compare",
    "paired_outcomes",
    "raced_hardware",
    "shared_groups",
    "with_software_of_deployments",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Outcome = Callable[[Context, Sample], Floats]

_LARGEST_DRAWS = 1_000_000
_BY_DEPLOYMENT = ("software",)
# Errors of one model's law say nothing of another's.
_WITHIN_MODEL = ("beyond_lengths",)
_WITHIN_WORKLOAD = (QUERY.key,)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Paired draws of several scenarios.

    Parameters
    ----------
    contexts : tuple of Context
    ln_wh : ndarray of shape (scenario, draw)
        A column is one state of the world.
    shared : tuple of Group
        What a column has in common.
    estimand : str
    seed : int
    software_by_deployment : bool
        Whether a column has the software of the day in common where one deployment serves.
    """

    contexts: tuple[Context, ...]
    ln_wh: Floats
    shared: tuple[Group, ...]
    estimand: str
    seed: int
    software_by_deployment: bool

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; every scenario is set against the first."""
        wh = np.exp(self.ln_wh)
        return {
            "estimand": self.estimand,
            "shared": [group.key for group in self.shared],
            "software_by_deployment": self.software_by_deployment,
            "scenarios": [
                {
                    "scenario": context.scenario.to_dict(),
                    "wh_per_query": summarise_draws(wh[k]),
                    **({} if k == 0 else self._against_first(k, wh)),
                    "extrapolated": context.extrapolated,
                    "provenance": provenance(context, self.seed, wh.shape[1]),
                }
                for k, context in enumerate(self.contexts)
            ],
            "probability_lower": self.probability_lower().tolist(),
        }

    def probability_lower(self) -> Floats:
        """Return P(row's scenario uses less than the column's), shape (scenario, scenario)."""
        less = self.ln_wh[:, None, :] < self.ln_wh[None, :, :]
        probability: Floats = less.mean(axis=2)
        return probability

    def _against_first(self, k: int, wh: Floats) -> dict[str, Any]:
        return {
            "ratio_to_first": summarise_draws(np.exp(self.ln_wh[k] - self.ln_wh[0])),
            "difference_to_first_wh": summarise_draws(wh[k] - wh[0]),
            "probability_lower_than_first": float((wh[k] < wh[0]).mean()),
        }


def compare(
    contexts: Sequence[Context],
    *,
    shared: Sequence[str] | None = None,
    estimand: str = "mean",
    draws: int = 50_000,
    seed: int = 0,
) -> Comparison:
    """Draw several scenarios in common states of the world.

    A shared unknown has one rank for all: a provider at the 30th percentile of efficiency is that
    in every scenario, whatever prior each has. A shared accelerator is the same one wherever the
    scenarios allow it. By default the software of the day is shared in the draws in which one
    deployment serves both, and in no other: deployments of one provider run different software.

    Parameters
    ----------
    contexts : sequence of Context
        At least two.
    shared : sequence of str, optional
        As `shared_groups` reads them.
    estimand : {"mean", "one-query"}
    draws : int
        1,000 to 1,000,000.
    seed : int

    Returns
    -------
    Comparison

    Raises
    ------
    ScenarioError
        Fewer than two scenarios, an unknown name, or draws out of range.
    """
    check_estimand(estimand)
    if len(contexts) < 2:
        raise ScenarioError("a comparison needs at least two scenarios; give another one")
    if not 1_000 <= draws <= _LARGEST_DRAWS:
        raise ScenarioError(f"draws {draws}: must lie between 1000 and {_LARGEST_DRAWS}")
    groups = shared_groups(contexts, shared)

    def outcome(context: Context, sample: Sample) -> Floats:
        return ln_wh(context, sample, estimand)

    ln_of_scenarios = paired_outcomes(
        contexts, groups, outcome, draws=draws, seed=seed, by_deployment=shared is None
    )
    return Comparison(tuple(contexts), ln_of_scenarios, groups, estimand, seed, shared is None)


def paired_outcomes(
    contexts: Sequence[Context],
    groups: tuple[Group, ...],
    outcome: Outcome,
    *,
    draws: int,
    seed: int,
    by_deployment: bool,
) -> Floats:
    """Draw scenarios in states of the world that they have in common.

    Parameters
    ----------
    contexts : sequence of Context
    groups : tuple of Group
        What a column has in common.
    outcome : callable
        What is wanted of a scenario's draws; its last axis is theirs.
    draws : int
    seed : int
    by_deployment : bool
        Whether it has the software of the day in common where one deployment serves.

    Returns
    -------
    ndarray of shape (scenario, ..., draw)
    """
    chunks = [
        _chunk(contexts, groups, outcome, n, rng, by_deployment=by_deployment)
        for n, rng in _chunks(draws, seed)
    ]
    return np.concatenate(chunks, axis=-1)


def shared_groups(
    contexts: Sequence[Context], shared: Sequence[str] | None = None
) -> tuple[Group, ...]:
    """Choose what the scenarios have in common.

    Parameters
    ----------
    contexts : sequence of Context
    shared : sequence of str, optional
        Keys of groups, or ``provider``, ``site``, ``benchmark`` for all that each of them could
        tell; ``all`` or ``none``, which stand alone. By default all but the software of the day
        (see `compare`); the error beyond benchmarked lengths only within one model, and the query
        only within one workload.

    Returns
    -------
    tuple of Group

    Raises
    ------
    ScenarioError
        A name that there is not.
    """
    if shared is None:
        apart = set(_BY_DEPLOYMENT)
        if len({c.scenario.model for c in contexts}) > 1:
            apart |= set(_WITHIN_MODEL)
        if len({c.workload.name for c in contexts}) > 1:
            apart |= set(_WITHIN_WORKLOAD)
        return tuple(group for group in GROUPS if group.key not in apart)
    names = {"all", "none", *(g.publisher for g in GROUPS if g != QUERY), *(g.key for g in GROUPS)}
    for name in shared:
        if name not in names:
            raise ScenarioError(f"shared {name!r}: unknown; known are {', '.join(sorted(names))}")
        if name in ("all", "none") and len(shared) > 1:
            raise ScenarioError(f"shared {','.join(shared)}: {name} stands alone")
    return tuple(g for g in GROUPS if {"all", g.key, g.publisher} & set(shared))


def _chunks(draws: int, seed: int) -> Iterator[tuple[int, np.random.Generator]]:
    edges = [*range(0, draws, CHUNK_DRAWS), draws]
    streams = np.random.default_rng([seed, 3]).spawn(len(edges) - 1)
    yield from zip((high - low for low, high in pairwise(edges)), streams, strict=True)


def _chunk(
    contexts: Sequence[Context],
    groups: tuple[Group, ...],
    outcome: Outcome,
    n: int,
    rng: np.random.Generator,
    *,
    by_deployment: bool,
) -> Floats:
    points_rng, race_rng, *own_rngs = rng.spawn(2 + len(contexts))
    common = points_rng.random((n, DIMENSIONS))
    hardware = raced_hardware(contexts, n, rng=race_rng)
    query_seed = int(race_rng.integers(2**63))
    samples: list[Sample] = []
    for context, own_rng, index in zip(contexts, own_rngs, hardware, strict=True):
        own = Sample(draw_unknowns(context, n, rng=own_rng), draw_queries(context, n, rng=own_rng))
        queries = draw_queries(context, n, rng=np.random.default_rng(query_seed))
        ours = Sample(replace(unknowns_at(context, common), hardware=index), queries)
        samples.append(swapped(own, ours, groups))
    if by_deployment:
        shared = with_software_of_deployments(contexts, [s.unknowns for s in samples])
        samples = [replace(s, unknowns=u) for s, u in zip(samples, shared, strict=True)]
    return np.array([outcome(c, s) for c, s in zip(contexts, samples, strict=True)])


def with_software_of_deployments(
    contexts: Sequence[Context], providers: Sequence[Unknowns]
) -> list[Unknowns]:
    """Give each draw the software of the first scenario that the same deployment serves.

    Parameters
    ----------
    contexts : sequence of Context
    providers : sequence of Unknowns
        Of each scenario, in the same states of the world.

    Returns
    -------
    list of Unknowns
    """
    names = [
        np.array([deployment_id(d) for d in context.candidates.deployments])[
            serving_candidate(context, unknowns)
        ]
        for context, unknowns in zip(contexts, providers, strict=True)
    ]
    shared: list[Unknowns] = []
    for k, unknowns in enumerate(providers):
        run = unknowns.run
        for j in reversed(range(k)):  # the first one has the last word
            run = np.where(names[j] == names[k], providers[j].run, run)
        shared.append(replace(unknowns, run=run))
    return shared


def raced_hardware(
    contexts: Sequence[Context], n: int, *, rng: np.random.Generator
) -> list[Indices]:
    """Let the accelerators race: each scenario takes the first that it allows.

    With a time ``-ln(u) / share`` for each, the winner among any of them is drawn by its share,
    and two scenarios differ only where one does not allow the other's winner.

    Parameters
    ----------
    contexts : sequence of Context
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    list of ndarray of int, shape (draw,)
        Position among each scenario's accelerators.
    """
    names = sorted({name for context in contexts for name in context.candidates.hardware})
    arrival = dict(zip(names, rng.standard_exponential((len(names), n)), strict=True))
    winners: list[Indices] = []
    for context in contexts:
        times = np.array([arrival[name] for name in context.candidates.hardware])
        winners.append((times / context.candidates.share[:, None]).argmin(axis=0))
    return winners
