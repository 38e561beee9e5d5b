"""Yearly totals of several scenarios, whose unknowns they have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.common_states import shared_groups
from wh_uncertainty.model.analyses.comparison import joint_outcomes
from wh_uncertainty.model.analyses.groups import Group, Sample
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.forward import evaluate
from wh_uncertainty.model.summary import summarise_draws
from wh_uncertainty.model.units import G_PER_T, L_PER_M3, WH_PER_KWH
from wh_uncertainty.priors import PriorSpec, Region, sample

__all__ = ["Activity", "Factor", "FleetTotal", "consequence_factors", "fleet_total"]

Floats = NDArray[np.float64]
Factor = Floats | float | None


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """How often a scenario is asked, and where its electricity is bought.

    Parameters
    ----------
    context : Context
    queries_per_year : float
    market_based_g_per_kwh : float or None
        Emission factor of the provider's contracts [gCO2e/kWh].
    """

    context: Context
    queries_per_year: float
    market_based_g_per_kwh: float | None = None

    @property
    def region(self) -> Region | None:
        """Where the electricity comes from, if the scenario says so."""
        key = self.context.scenario.region
        return None if key is None else self.context.catalogue.regions[key]


@dataclass(frozen=True, slots=True, eq=False)
class FleetTotal:
    """Paired draws of yearly energy, and what follows from them.

    Parameters
    ----------
    activities : tuple of Activity
    shared : tuple of Group
        What the activities have in common.
    energy_kwh : ndarray of shape (activity, draw)
        A column is one state of the world.
    factors : mapping of str to tuple
        What each kWh means, one per activity: draws, a number, or None where it is not known. Two
        activities in one region have their draws in common.
    independent_kwh : ndarray of shape (draw,)
        Total energy if nothing were in common: what adding up in squares would claim.
    """

    activities: tuple[Activity, ...]
    shared: tuple[Group, ...]
    energy_kwh: Floats
    factors: Mapping[str, tuple[Factor, ...]]
    independent_kwh: Floats

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; None where a factor of any activity is not known."""
        return {
            "shared": [group.key for group in self.shared],
            "queries_per_year": sum(a.queries_per_year for a in self.activities),
            "energy_kwh": summarise_draws(self.energy_kwh.sum(axis=0)),
            **{name: self._weighted(factors) for name, factors in self.factors.items()},
            "energy_kwh_if_independent": summarise_draws(self.independent_kwh),
        }

    def _weighted(self, factors: tuple[Factor, ...]) -> dict[str, float] | None:
        total: Floats = np.zeros(self.energy_kwh.shape[1])
        for kwh, factor in zip(self.energy_kwh, factors, strict=True):
            if factor is None:
                return None
            total = total + kwh * factor
        return summarise_draws(total)


def fleet_total(
    activities: Sequence[Activity],
    *,
    shared: Sequence[str] | None = None,
    draws: int = 50_000,
    seed: int = 0,
) -> FleetTotal:
    """Multiply each scenario's mean query by its number of queries, and add up draw by draw.

    ``E = sum_k N_k Wh_k / 1000``. A number of queries is large, so what one query's lengths add
    has averaged out; what nobody knows of the provider has not, and it is common to the scenarios.

    Parameters
    ----------
    activities : sequence of Activity
        At least two.
    shared : sequence of str, optional
        As `shared_groups` reads them; by default all that scenarios can have in common, which
        gives the widest total.
    draws : int
    seed : int

    Returns
    -------
    FleetTotal

    Raises
    ------
    ScenarioError
        A name in `shared` that there is not.
    """
    contexts = [activity.context for activity in activities]
    groups = shared_groups(contexts, shared)
    wh = joint_outcomes(
        contexts,
        groups,
        _wh,
        stated=shared is not None,
        draws=draws,
        seed=seed,
    )
    queries = np.array([activity.queries_per_year for activity in activities])
    kwh, it_kwh = np.moveaxis(wh * queries[:, None, None] / WH_PER_KWH, 1, 0)
    grid_rng, shuffle_rng = np.random.default_rng([seed, 4]).spawn(2)
    apart: Floats = shuffle_rng.permuted(kwh, axis=1)
    return FleetTotal(
        activities=tuple(activities),
        shared=groups,
        energy_kwh=kwh,
        factors=consequence_factors(activities, it_kwh / kwh, rng=grid_rng),
        independent_kwh=apart.sum(axis=0),
    )


def _wh(context: Context, sample: Sample) -> Floats:
    """Energy of the mean query, and of its IT load, which water on site goes by."""
    e = evaluate(context, sample.unknowns, sample.queries)
    return np.array([e.mean_wh, e.mean_it_wh])


def consequence_factors(
    activities: Sequence[Activity], it_share: Floats, *, rng: np.random.Generator
) -> dict[str, tuple[Factor, ...]]:
    """Find tonnes, cubic metres and dollars per kWh, in one state of each region's grid.

    Parameters
    ----------
    activities : sequence of Activity
    it_share : ndarray of shape (activity, draw)
        IT energy over all energy, which water on site goes by.
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to tuple
        One per activity: draws, a number, or None where it is not known.
    """
    draws = it_share.shape[1]

    def drawn(prior: Callable[[Region], PriorSpec | None]) -> list[Floats | None]:
        return _drawn(activities, prior, draws, rng.spawn(1)[0])

    onsite = drawn(lambda r: r.wue_onsite_l_per_kwh)
    offsite = drawn(lambda r: r.water_offsite_l_per_kwh)
    direct = [None if a.region is None else a.region.carbon_direct_g_per_kwh for a in activities]
    return {
        "location_based_lifecycle_tco2e": _per(
            G_PER_T, drawn(lambda r: r.carbon_lifecycle_g_per_kwh)
        ),
        "location_based_direct_tco2": _per(G_PER_T, direct),
        "market_based_tco2e": _per(G_PER_T, [a.market_based_g_per_kwh for a in activities]),
        "water_m3": _per(
            L_PER_M3,
            [
                None if on is None or off is None else on * share + off
                for on, off, share in zip(onsite, offsite, it_share, strict=True)
            ],
        ),
        "electricity_usd": tuple(drawn(lambda r: r.price_usd_per_kwh)),
    }


def _drawn(
    activities: Sequence[Activity],
    prior: Callable[[Region], PriorSpec | None],
    draws: int,
    rng: np.random.Generator,
) -> list[Floats | None]:
    specs = {a.region.key: prior(a.region) for a in activities if a.region is not None}
    streams = zip(sorted(specs), rng.spawn(len(specs)), strict=True)
    by_region = {
        key: sample(spec, draws, rng=own)
        for key, own in streams
        if (spec := specs[key]) is not None
    }
    return [None if a.region is None else by_region.get(a.region.key) for a in activities]


def _per(unit: float, factors: Sequence[Factor]) -> tuple[Factor, ...]:
    return tuple(None if factor is None else factor / unit for factor in factors)
