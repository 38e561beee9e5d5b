"""Providers of several services in common states of the world."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.accounts.services import Service, Site
from wh_uncertainty.model.analyses.common_states import raced_hardware, with_software_of_deployments
from wh_uncertainty.model.analyses.groups import GROUPS
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.sites.measured_site import MeasuredSite
from wh_uncertainty.model.unknowns import DIMENSIONS, Unknowns, columns_of, unknowns_at

__all__ = ["Meter", "providers_of", "stream"]

Floats = NDArray[np.float64]
States = Iterable[tuple[tuple[str, ...], Sequence[str]]]

# How far each group of unknowns is one and the same thing. Boards of one type draw what they draw
# wherever they stand, and errors of the fit are everybody's; how busy they are is their operator's.
_EVERYWHERE = ("cost_law", "benchmark_bias", "board_power", "drift")
_BY_OPERATOR = (
    *("provider_efficiency", "hardware", "interactivity", "host_power", "caching", "effort"),
)
_BY_SITE = ("pue",)
_BY_MODEL = ("beyond_lengths",)
_BY_SERVICE = ("software",)  # and by deployment, see `providers_of`
# What a meter says of these for the model that it measured, it says for no other one.
_OF_MEASURED_MODEL, _OF_MEASURED_SERVICE = ("cost_law",), ("caching", "effort")


@dataclass(frozen=True, slots=True, eq=False)
class Meter:
    """What an operator measured, at one of its sites."""

    site: Site
    measured: MeasuredSite

    @property
    def model(self) -> str:
        """The model whose requests were measured."""
        return self.measured.context.scenario.model


def providers_of(
    services: Sequence[Service], draws: int, seed: int, *, meters: Sequence[Meter] = ()
) -> list[tuple[Unknowns, ...]]:
    """Draw what every service's provider is like, in states of the world that they share.

    The fit and the benchmark are the same for all; efficiency, accelerators, load and hosts for all
    sites of an operator, who also runs one software on one deployment; PUE for all that a site
    serves. Each state has a stream of its own name: another site leaves the rest as it is, and so
    does another model that brings no accelerator with it; one that does has all race anew.

    Parameters
    ----------
    services : sequence of Service
    draws, seed : int
    meters : sequence of Meter
        What was measured; it is drawn like a service of its operator.

    Returns
    -------
    list of tuple of Unknowns
        For each meter, and then for each service of each of its contexts.
    """
    asked: list[tuple[Site, tuple[Context, ...]]]
    asked = [(meter.site, (meter.measured.context,)) for meter in meters]
    asked += [(service.site, service.contexts) for service in services]
    flat = [(site, context) for site, contexts in asked for context in contexts]
    drawn = [
        unknowns_at(context, _points(_states(site, context, meters), draws, seed))
        for site, context in flat
    ]
    operators = [site.operator for site, _ in flat]
    for operator in sorted(set(operators)):
        members = [k for k, name in enumerate(operators) if name == operator]
        contexts = [flat[k][1] for k in members]
        index = raced_hardware(contexts, draws, rng=stream(seed, "race", operator))
        own = [replace(drawn[k], hardware=h) for k, h in zip(members, index, strict=True)]
        for k, unknowns in zip(members, with_software_of_deployments(contexts, own), strict=True):
            drawn[k] = unknowns
    rest = iter(drawn)
    return [tuple(next(rest) for _ in contexts) for _, contexts in asked]


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the random numbers of a named state of the world."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.default_rng([seed, 5, int.from_bytes(digest)])


def _states(site: Site, context: Context, meters: Sequence[Meter]) -> States:
    """Name the state that each group of unknowns belongs to; the last one named counts."""
    model = context.scenario.model
    yield ("everywhere",), _EVERYWHERE
    yield ("operator", site.operator), _BY_OPERATOR
    yield ("site", site.name), _BY_SITE
    yield ("model", model), _BY_MODEL
    yield ("service", model, site.name), _BY_SERVICE
    if any(meter.model == model for meter in meters):
        yield ("measured", model), _OF_MEASURED_MODEL
    if any((meter.model, meter.site.operator) == (model, site.operator) for meter in meters):
        yield ("measured", model, site.operator), _OF_MEASURED_SERVICE


def _points(states: States, draws: int, seed: int) -> Floats:
    """Compose points of the unit cube from the columns of each state."""
    fields = {group.key: group.fields for group in GROUPS}
    points = np.empty((draws, DIMENSIONS))
    for names, keys in states:
        columns = [c for key in keys for name in fields[key] for c in columns_of(name)]
        points[:, columns] = stream(seed, *names).random((DIMENSIONS, draws)).T[:, columns]
    return points
