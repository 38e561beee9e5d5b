"""Scenarios in common states of the world: what they share, drawn once for all."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.groups import GROUPS, QUERY, Group, Sample, swapped
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.deployment import deployment_id
from wh_uncertainty.model.forward import draw_queries
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.serving import serving_candidate
from wh_uncertainty.model.unknowns import (
    DIMENSIONS,
    Unknowns,
    columns_of,
    draw_unknowns,
    unknowns_at,
)

__all__ = [
    "compared_groups",
    "named_groups",
    "paired_samples",
    "raced_hardware",
    "shared_groups",
    "with_software_of_deployments",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_BY_DEPLOYMENT = ("software",)
# Errors of one model's law say nothing of another's.
_WITHIN_MODEL = ("beyond_lengths",)
_WITHIN_WORKLOAD = (QUERY.key,)
# Two classes are two providers, two regions two buildings. One rank for both would say that the
# first is as good among its kind as the second among its own, and call their ratio known.
_WITHIN_PROVIDER = ("provider_efficiency", "hardware", "interactivity", "caching", "host_power")
_WITHIN_BUILDING = ("pue",)


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
    """Choose what all scenarios have in common that are set against each other.

    A sum is wide if much is shared, and `shared_groups` shares all that may be; a ratio is wide if
    little is. Those of one class of provider, or in one region, have more in common than all.

    Parameters
    ----------
    contexts : sequence of Context
    shared : sequence of str, optional
        As `named_groups` reads them. By default as `shared_groups`, but different classes of
        provider share neither efficiency, accelerator, speed, caching, hosts nor building, and
        different regions no building. An open class, or no region, is one of its own. At a site
        all is as `shared_groups` has it.

    Returns
    -------
    tuple of Group

    Raises
    ------
    ScenarioError
        A name that there is not.
    """
    groups = shared_groups(contexts, shared)
    if shared is not None or contexts[0].site is not None:
        return groups
    apart: set[str] = set()
    if len({_provider(c) for c in contexts}) > 1:
        apart |= set(_WITHIN_PROVIDER)
    if len({_building(c) for c in contexts}) > 1:
        apart |= set(_WITHIN_BUILDING)
    return tuple(group for group in groups if group.key not in apart)


def _provider(context: Context) -> Hashable:
    return context.scenario.provider


def _building(context: Context) -> Hashable:
    return context.scenario.provider, context.scenario.region


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
    tell_apart: bool = False,
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
    tell_apart : bool
        Whether different classes of provider are different providers, and different regions
        different buildings (`compared_groups`). What two scenarios of one class have in common
        does not depend on a third.

    Returns
    -------
    list of Sample
        Of `n` draws each, one per scenario.
    """
    points_rng, race_rng, *own_rngs = rng.spawn(2 + len(contexts))
    whose = [_provider(c) if tell_apart else None for c in contexts]
    points = _points(contexts, n, rng=points_rng, tell_apart=tell_apart)
    hardware = _hardware(contexts, whose, n, rng=race_rng)
    query_seed = int(race_rng.integers(2**63))
    samples: list[Sample] = []
    for context, common_groups, own_rng, common, index in zip(
        contexts, groups, own_rngs, points, hardware, strict=True
    ):
        own = Sample(draw_unknowns(context, n, rng=own_rng), draw_queries(context, n, rng=own_rng))
        queries = draw_queries(context, n, rng=np.random.default_rng(query_seed))
        ours = Sample(replace(unknowns_at(context, common), hardware=index), queries)
        samples.append(swapped(own, ours, common_groups))
    if by_deployment:
        shared = with_software_of_deployments(contexts, [s.unknowns for s in samples], whose)
        samples = [replace(s, unknowns=u) for s, u in zip(samples, shared, strict=True)]
    return samples


def _points(
    contexts: Sequence[Context], n: int, *, rng: np.random.Generator, tell_apart: bool
) -> list[Floats]:
    """Draw common points of the unit cube; what is told apart has columns of its own."""
    points = [rng.random((n, DIMENSIONS))] * len(contexts)
    if not tell_apart:
        return points
    for keys, of_whom in ((_WITHIN_PROVIDER, _provider), (_WITHIN_BUILDING, _building)):
        fields = [field for group in named_groups(keys) for field in group.fields]
        columns = [column for field in fields for column in columns_of(field)]
        first, *others = dict.fromkeys(of_whom(c) for c in contexts)
        own = {key: rng.random((n, len(columns))) for key in others}
        for k, context in enumerate(contexts):
            if of_whom(context) != first:
                points[k] = points[k].copy()
                points[k][:, columns] = own[of_whom(context)]
    return points


def _hardware(
    contexts: Sequence[Context], whose: Sequence[Hashable], n: int, *, rng: np.random.Generator
) -> list[Indices]:
    """Let the accelerators race once for each provider."""
    found: dict[int, Indices] = {}
    for provider in dict.fromkeys(whose):
        its = [k for k, other in enumerate(whose) if other == provider]
        winners = raced_hardware([contexts[k] for k in its], n, rng=rng)
        found |= dict(zip(its, winners, strict=True))
    return [found[k] for k in range(len(contexts))]


def with_software_of_deployments(
    contexts: Sequence[Context],
    providers: Sequence[Unknowns],
    whose: Sequence[Hashable] | None = None,
) -> list[Unknowns]:
    """Give each draw the software of the first scenario that the same deployment serves.

    Parameters
    ----------
    contexts : sequence of Context
    providers : sequence of Unknowns
        Of each scenario, in the same states of the world.
    whose : sequence of hashable, optional
        The provider of each, as two providers have two days. By default all have one.

    Returns
    -------
    list of Unknowns
    """
    # Whole numbers compare forty times faster than names.
    number: dict[tuple[Hashable, str], int] = {}
    served: list[Indices] = []
    whose = [None] * len(contexts) if whose is None else whose
    for context, unknowns, owner in zip(contexts, providers, whose, strict=True):
        ids = [deployment_id(d) for d in context.candidates.deployments]
        numbers = np.array([number.setdefault((owner, name), len(number)) for name in ids])
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
