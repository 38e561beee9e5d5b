"""Scenarios in common states of the world: what they share, drawn once for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.groups import GROUPS, QUERY, Group, Sample, swapped
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.deployment import deployment_id
from wh_uncertainty.model.forward import draw_queries
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.serving import serving_candidate
from wh_uncertainty.model.unknowns import DIMENSIONS, Unknowns, draw_unknowns, unknowns_at

__all__ = [
    "compared_groups",
    "named_groups",
    "paired_samples",
    "raced_hardware",
    "several_providers",
    "shared_groups",
    "with_software_of_deployments",
]

Indices = NDArray[np.intp]

_BY_DEPLOYMENT = ("software",)
# Errors of one model's law say nothing of another's.
_WITHIN_MODEL = ("beyond_lengths",)
_WITHIN_WORKLOAD = (QUERY.key,)
# Two classes are two providers, two regions two buildings. One rank for both would say that the
# first is as good among its kind as the second among its own, and call their ratio known.
_WITHIN_PROVIDER = (
    "provider_efficiency",
    "hardware",
    "interactivity",
    "caching",
    "host_power",
    "pue",
)
_WITHIN_REGION = ("pue",)


def shared_groups(
    contexts: Sequence[Context], shared: Sequence[str] | None = None
) -> tuple[Group, ...]:
    """Choose what the scenarios have in common.

    Parameters
    ----------
    contexts : sequence of Context
    shared : sequence of str, optional
        As `named_groups` reads them. By default all but the software of the day (see `compare`);
        the error beyond benchmarked lengths only within one model, and the query only within one
        workload.

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
    return named_groups(shared)


def compared_groups(
    contexts: Sequence[Context], shared: Sequence[str] | None = None
) -> tuple[Group, ...]:
    """Choose what scenarios have in common that are set against each other.

    A sum is wide if much is shared, and `shared_groups` shares all that may be; a ratio is wide if
    little is.

    Parameters
    ----------
    contexts : sequence of Context
    shared : sequence of str, optional
        As `named_groups` reads them. By default as `shared_groups`, but of different classes of
        provider neither what a provider decides nor the building, and of different regions not
        the building.

    Returns
    -------
    tuple of Group

    Raises
    ------
    ScenarioError
        A name that there is not.
    """
    groups = shared_groups(contexts, shared)
    if shared is not None:
        return groups
    apart: set[str] = set()
    if several_providers(contexts):
        apart |= set(_WITHIN_PROVIDER)
    if len({c.scenario.region for c in contexts}) > 1:
        apart |= set(_WITHIN_REGION)
    return tuple(group for group in groups if group.key not in apart)


def several_providers(contexts: Sequence[Context]) -> bool:
    """Tell whether scenarios name different classes of provider, which are different providers."""
    return len({c.scenario.provider for c in contexts}) > 1


def named_groups(shared: Sequence[str]) -> tuple[Group, ...]:
    """Find the groups that are named.

    Parameters
    ----------
    shared : sequence of str
        Keys of groups, or ``provider``, ``site``, ``benchmark`` for all that each of them could
        tell; ``all`` or ``none``, which stand alone.

    Returns
    -------
    tuple of Group

    Raises
    ------
    ScenarioError
        A name that there is not.
    """
    names = {"all", "none", *(g.publisher for g in GROUPS if g != QUERY), *(g.key for g in GROUPS)}
    for name in shared:
        if name not in names:
            raise ScenarioError(f"shared {name!r}: unknown; known are {', '.join(sorted(names))}")
        if name in ("all", "none") and len(shared) > 1:
            raise ScenarioError(f"shared {','.join(shared)}: {name} stands alone")
    return tuple(g for g in GROUPS if {"all", g.key, g.publisher} & set(shared))


def paired_samples(
    contexts: Sequence[Context],
    groups: Sequence[tuple[Group, ...]],
    n: int,
    *,
    rng: np.random.Generator,
    by_deployment: bool,
) -> list[Sample]:
    """Draw what is unknown of several scenarios, with some of it in common.

    Parameters
    ----------
    contexts : sequence of Context
    groups : sequence of tuple of Group
        What each has in common with those that have it in common too.
    n : int
    rng : numpy.random.Generator
    by_deployment : bool
        Whether they have the software of the day in common where one deployment serves.

    Returns
    -------
    list of Sample
        Of `n` draws each, one per scenario.
    """
    points_rng, race_rng, *own_rngs = rng.spawn(2 + len(contexts))
    common = points_rng.random((n, DIMENSIONS))
    hardware = raced_hardware(contexts, n, rng=race_rng)
    query_seed = int(race_rng.integers(2**63))
    samples: list[Sample] = []
    for context, common_groups, own_rng, index in zip(
        contexts, groups, own_rngs, hardware, strict=True
    ):
        own = Sample(draw_unknowns(context, n, rng=own_rng), draw_queries(context, n, rng=own_rng))
        queries = draw_queries(context, n, rng=np.random.default_rng(query_seed))
        ours = Sample(replace(unknowns_at(context, common), hardware=index), queries)
        samples.append(swapped(own, ours, common_groups))
    if by_deployment:
        shared = with_software_of_deployments(contexts, [s.unknowns for s in samples])
        samples = [replace(s, unknowns=u) for s, u in zip(samples, shared, strict=True)]
    return samples


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
    number: dict[str, int] = {}  # whole numbers compare forty times faster than names
    served: list[Indices] = []
    for context, unknowns in zip(contexts, providers, strict=True):
        ids = [deployment_id(d) for d in context.candidates.deployments]
        numbers = np.array([number.setdefault(name, len(number)) for name in ids])
        served.append(numbers[serving_candidate(context, unknowns)])
    shared: list[Unknowns] = []
    for k, unknowns in enumerate(providers):
        run = unknowns.run
        for j in reversed(range(k)):  # the first one has the last word
            run = np.where(served[j] == served[k], providers[j].run, run)
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
