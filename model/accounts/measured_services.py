"""Services of a log in states of the world that agree with what meters of their operators said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.accounts.service_states import Meter, providers_of, stream
from wh_uncertainty.model.accounts.services import Service
from wh_uncertainty.model.analyses.groups import picked
from wh_uncertainty.model.metering.series import MeterError
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.sites.efficiency_update import effective_number, systematic_rows
from wh_uncertainty.model.sites.measured_site import efficiency_at, site_update_of, with_known_pue
from wh_uncertainty.model.unknowns import Unknowns

__all__ = ["agreeing_providers"]

Floats = NDArray[np.float64]
Providers = list[tuple[Unknowns, ...]]


def agreeing_providers(
    services: Sequence[Service], draws: int, seed: int
) -> tuple[Providers, float | None]:
    """Draw what providers are like, given what was measured at their sites.

    What was measured is drawn along with the services of its operator, and gets in each draw the
    efficiency that its meter asks for, and a weight (`conditioned` does so for one question). An
    operator's other models have an efficiency correlated with it. Draws are chosen by the product
    of the weights of all operators that measured.

    Parameters
    ----------
    services : sequence of Service
    draws, seed : int

    Returns
    -------
    providers : list of tuple of Unknowns
        As `providers_of` gives them.
    effective_draws : float or None
        How many independent draws they are worth; None where nothing was measured.

    Raises
    ------
    ScenarioError
        An operator states two measurements, or two operators state one; or an efficiency is pinned
        where it was measured.
    MeterError
        No draw agrees with the measurements.
    """
    meters = _meters(services)
    if not meters:
        return providers_of(services, draws, seed), None
    _check_open(services, meters)
    drawn = providers_of(services, draws, seed, meters=list(meters.values()))
    weight, efficiency = np.ones(draws), dict[str, Floats]()
    for (operator, meter), (unknowns,) in zip(meters.items(), drawn, strict=False):
        known = with_known_pue(meter.measured, unknowns)
        update = site_update_of(meter.measured, known, rng=stream(seed, "meter", operator))
        weight = weight * (update.weight / update.weight.max())
        efficiency[operator] = update.efficiency
    if not weight.any():
        raise MeterError(
            f"no draw agrees with the measurements of {', '.join(meters)} at once; check requests, "
            "energy, boundary and model of each site file, or ask for more --draws"
        )
    rows = systematic_rows(weight, draws, rng=stream(seed, "rows"))
    providers: Providers = []
    for service, own in zip(services, drawn[len(meters) :], strict=True):
        operator = service.site.operator
        if operator in meters:
            own = _known(service, own, meters[operator], efficiency[operator], seed)
        providers.append(tuple(picked(unknowns, rows) for unknowns in own))
    return providers, effective_number(weight)


def _check_open(services: Sequence[Service], meters: Mapping[str, Meter]) -> None:
    for service in services:
        pinned = any(context.scenario.efficiency is not None for context in service.contexts)
        if pinned and service.site.operator in meters:
            file = meters[service.site.operator].measured.file
            raise ScenarioError(
                f"site {service.site.name!r} states an efficiency, and its operator's measurement "
                f"{file} tells it; take one of them out of the map, or leave --site out"
            )


def _meters(services: Sequence[Service]) -> dict[str, Meter]:
    """Return what was measured, by operator."""
    meters: dict[str, Meter] = {}
    operators: dict[str, str] = {}
    for service in services:
        measured, operator = service.contexts[0].site, service.site.operator
        if measured is None:
            continue
        first = operators.setdefault(measured.sha256, operator)
        if first != operator:
            raise ScenarioError(
                f"{measured.file}: is stated by sites of {first!r} and of {operator!r}, but what "
                'was measured is one operator\'s; give these sites the same operator = "..."'
            )
        meter = meters.setdefault(operator, Meter(service.site, measured))
        if meter.measured.sha256 != measured.sha256:
            raise ScenarioError(
                f"operator {operator!r}: its sites state {meter.measured.file} and "
                f"{measured.file}; state one of them, or give the sites operators of their own"
            )
    return meters


def _known(
    service: Service, drawn: tuple[Unknowns, ...], meter: Meter, eta: Floats, seed: int
) -> tuple[Unknowns, ...]:
    """Put what the operator's meter says in the place of what was drawn for a service."""
    other_z = stream(seed, "other models", service.site.operator).standard_normal(len(eta))
    known: list[Unknowns] = []
    for context, unknowns in zip(service.contexts, drawn, strict=True):
        at = efficiency_at(meter.measured, context, eta, other_z)
        told = replace(unknowns, efficiency=at)
        known.append(told if context.site is None else with_known_pue(context.site, told))
    return tuple(known)
