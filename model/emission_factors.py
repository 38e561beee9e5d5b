"""Emission factors of a scenario's electricity, each kind apart from the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from wh_uncertainty.model.context import Context
from wh_uncertainty.model.summary import summarise_draws
from wh_uncertainty.priors import PriorSpec, quantile

__all__ = ["emission_factors", "summarise_prior"]

_POINTS = 20_000  # of the midpoint rule: percentiles and mean to four digits


def emission_factors(context: Context, market_based_g_per_kwh: float | None) -> dict[str, Any]:
    """State what a kilowatt-hour emits where the scenario runs.

    Parameters
    ----------
    context : Context
    market_based_g_per_kwh : float or None
        Of the provider's contracts [gCO2e/kWh].

    Returns
    -------
    dict
        ``region`` by name; ``location_based_lifecycle`` as quantiles [gCO2e/kWh];
        ``location_based_direct`` [gCO2/kWh] and ``market_based`` [gCO2e/kWh] as numbers. None where
        not known; the first three without a region.
    """
    key = context.scenario.region
    region = None if key is None else context.catalogue.regions[key]
    return {
        "region": None if region is None else region.name,
        "location_based_lifecycle": None
        if region is None
        else summarise_prior(region.carbon_lifecycle_g_per_kwh),
        "location_based_direct": None if region is None else region.carbon_direct_g_per_kwh,
        "market_based": market_based_g_per_kwh,
    }


def summarise_prior(spec: PriorSpec) -> dict[str, float]:
    """Percentiles and mean of a prior, without a sample's luck.

    Parameters
    ----------
    spec : PriorSpec

    Returns
    -------
    dict
        As `summarise_draws`.
    """
    return summarise_draws(quantile(spec, (np.arange(_POINTS) + 0.5) / _POINTS))
