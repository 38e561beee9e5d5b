"""Emission factors of a scenario's electricity, each kind apart from the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from wh_uncertainty.model.context import Context
from wh_uncertainty.model.summary import summarise_draws
from wh_uncertainty.priors import Catalogue, PriorSpec, Region, quantile

__all__ = ["emission_factors", "summarise_prior"]

_POINTS = 20_000  # of the midpoint rule: percentiles and mean to four digits


def emission_factors(context: Context, market_based_g_per_kwh: float | None) -> dict[str, Any]:
    """State what a kilowatt-hour emits where the scenario runs, and who says so.

    Parameters
    ----------
    context : Context
    market_based_g_per_kwh : float or None
        Of the provider's contracts [gCO2e/kWh].

    Returns
    -------
    dict
        JSON-ready: ``region`` by name; ``location_based_lifecycle`` with quantiles,
        ``location_based_direct`` and ``market_based`` with a value, each with its unit. None where
        not known; the first three without a region.
    """
    market = market_based_g_per_kwh
    key, catalogue = context.scenario.region, context.catalogue
    region = None if key is None else catalogue.regions[key]
    return {
        "region": None if region is None else region.name,
        "location_based_lifecycle": None if region is None else _lifecycle(region, catalogue),
        "location_based_direct": None if region is None else _direct(region, catalogue),
        "market_based": None if market is None else {"unit": "gCO2e/kWh", "value": market},
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


def _lifecycle(region: Region, catalogue: Catalogue) -> dict[str, Any]:
    spec = region.carbon_lifecycle_g_per_kwh
    return {
        "unit": "gCO2e/kWh",
        **summarise_prior(spec),
        "year": region.year,
        "sources": _cited(spec.source, catalogue),
        "locator": spec.locator,
    }


def _direct(region: Region, catalogue: Catalogue) -> dict[str, Any] | None:
    if region.carbon_direct_g_per_kwh is None:
        return None
    return {
        "unit": "gCO2/kWh",
        "value": region.carbon_direct_g_per_kwh,
        "year": region.year,
        "sources": _cited(region.carbon_direct_source, catalogue),
    }


def _cited(keys: tuple[str, ...], catalogue: Catalogue) -> list[str]:
    sources = (catalogue.references[key] for key in keys)
    return [f"{source.author}, {source.title}, {source.date}" for source in sources]
