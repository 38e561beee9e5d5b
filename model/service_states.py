"""Providers of several services in common states of the world."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.common_states import raced_hardware, with_software_of_deployments
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.groups import GROUPS
from wh_uncertainty.model.services import Service
from wh_uncertainty.model.unknowns import DIMENSIONS, Unknowns, columns_of, unknowns_at

__all__ = ["providers_of", "stream"]

Floats = NDArray[np.float64]

# How far each group of unknowns is one and the same thing. Boards of one type draw what they draw
# wherever they stand, and errors of the fit are everybody's; how busy they are is their operator's.
_EVERYWHERE = ("cost_law", "benchmark_bias", "board_power", "drift")
_BY_OPERATOR = (
    *("provider_efficiency", "hardware", "interactivity", "host_power", "caching", "effort"),
)
_BY_SITE = ("pue",)
_BY_MODEL = ("beyond_lengths",)
_BY_SERVICE = ("software",)  # and by deployment, see `providers_of`


def providers_of(services: Sequence[Service], draws: int, seed: int) -> list[tuple[Unknowns, ...]]:
    """Draw what every service's provider is like, in states of the world that they share.

    The fit and the benchmark are the same for all; efficiency, accelerators, load and hosts for all
    sites of an operator, who also runs one software on one deployment; PUE for all that a site
    serves. Each state has a stream of its own name: another site or model leaves the rest as it
    is.

    Parameters
    ----------
    services : sequence of Service
    draws, seed : int

    Returns
    -------
    list of tuple of Unknowns
        For each service, of each of its contexts.
    """
    flat = [(service, context) for service in services for context in service.contexts]
    drawn = [
        unknowns_at(context, _points(_states(service, context), draws, seed))
        for service, context in flat
    ]
    operators = [service.site.operator for service, _ in flat]
    for operator in sorted(set(operators)):
        members = [k for k, name in enumerate(operators) if name == operator]
        contexts = [flat[k][1] for k in members]
        index = raced_hardware(contexts, draws, rng=stream(seed, "race", operator))
        own = [replace(drawn[k], hardware=h) for k, h in zip(members, index, strict=True)]
        for k, unknowns in zip(members, with_software_of_deployments(contexts, own), strict=True):
            drawn[k] = unknowns
    rest = iter(drawn)
    return [tuple(next(rest) for _ in service.contexts) for service in services]


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the random numbers of a named state of the world."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.default_rng([seed, 5, int.from_bytes(digest)])


def _states(service: Service, context: Context) -> Iterable[tuple[tuple[str, ...], list[str]]]:
    """Name the state that each group of unknowns belongs to."""
    site, model = service.site, context.scenario.model
    return (
        (("everywhere",), list(_EVERYWHERE)),
        (("operator", site.operator), list(_BY_OPERATOR)),
        (("site", site.name), list(_BY_SITE)),
        (("model", model), list(_BY_MODEL)),
        (("service", model, site.name), list(_BY_SERVICE)),
    )


def _points(states: Iterable[tuple[tuple[str, ...], list[str]]], draws: int, seed: int) -> Floats:
    """Compose points of the unit cube from the columns of each state."""
    fields = {group.key: group.fields for group in GROUPS}
    points = np.empty((draws, DIMENSIONS))
    for names, keys in states:
        columns = [c for key in keys for name in fields[key] for c in columns_of(name)]
        points[:, columns] = stream(seed, *names).random((DIMENSIONS, draws)).T[:, columns]
    return points
