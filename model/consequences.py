"""What the energy means: carbon, water, electricity cost, everyday equivalents, price bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.context import Context
from wh_uncertainty.model.forward import Energies
from wh_uncertainty.model.summary import summarise_draws
from wh_uncertainty.model.units import WH_PER_KWH
from wh_uncertainty.priors import sample

__all__ = ["EVERYDAY", "Consequences", "consequences_of"]

Singles = NDArray[np.float32]

_TOKENS_PER_MTOK = 1e6

#: What watt-hours are compared with: the fixed prior that they are divided by, and units per hour
#: or per piece of it.
EVERYDAY: Mapping[str, tuple[str, float]] = {
    "playstation_5_minutes": ("playstation_5_w_article", 60.0),
    "phone_charges": ("phone_charge_wh", 1.0),
    "led_lamp_minutes": ("led_lamp_w", 60.0),
    "boiled_litres": ("boiled_litre_wh", 1.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class Consequences:
    """Per query of the scenario's mean, filled chunk by chunk.

    Parameters
    ----------
    context : Context
    lifecycle_gco2e, water_l, electricity_usd : ndarray of shape (draw,) or None
        None without a region; water is None where off-site water is not known.
    """

    context: Context
    lifecycle_gco2e: Singles | None
    water_l: Singles | None
    electricity_usd: Singles | None

    def add(self, where: slice, energies: Energies, *, rng: np.random.Generator) -> None:
        """Compute one chunk in the region of the scenario.

        ``gCO2e = E c``; ``litres = E_it WUE + E w``; ``USD = E p``, with E in kWh.

        Parameters
        ----------
        where : slice
            Positions of the chunk.
        energies : Energies
        rng : numpy.random.Generator
        """
        if self.context.scenario.region is None:
            return
        region = self.context.catalogue.regions[self.context.scenario.region]
        kwh, it_kwh = energies.mean_wh / WH_PER_KWH, energies.mean_it_wh / WH_PER_KWH
        n = len(kwh)
        if self.lifecycle_gco2e is not None:
            intensity = sample(region.carbon_lifecycle_g_per_kwh, n, rng=rng)
            self.lifecycle_gco2e[where] = kwh * intensity
        if self.water_l is not None and region.water_offsite_l_per_kwh is not None:
            onsite = it_kwh * sample(region.wue_onsite_l_per_kwh, n, rng=rng)
            offsite = kwh * sample(region.water_offsite_l_per_kwh, n, rng=rng)
            self.water_l[where] = onsite + offsite
        if self.electricity_usd is not None:
            self.electricity_usd[where] = kwh * sample(region.price_usd_per_kwh, n, rng=rng)

    def equivalents(self, wh: dict[str, float]) -> dict[str, Any]:
        """Everyday comparison of the mean query, and the most that its price could pay for.

        Parameters
        ----------
        wh : dict
            Summary of the mean query [Wh].

        Returns
        -------
        dict
            ``playstation_5_minutes`` at the article's 200 W, and the others of `EVERYDAY`;
            ``price_implied_maximum_wh`` or None: list price over electricity price, a check that
            never narrows the interval.
        """
        priors = self.context.catalogue.priors
        everyday = {
            name: {
                key: value / priors[prior].parameters["value"] * per_unit
                for key, value in wh.items()
            }
            for name, (prior, per_unit) in EVERYDAY.items()
        }
        return {**everyday, "price_implied_maximum_wh": _price_implied_maximum_wh(self.context)}

    def emissions(self) -> dict[str, Any] | None:
        """Return carbon, water and cost of the mean query; None without a region."""
        if self.context.scenario.region is None or self.lifecycle_gco2e is None:
            return None
        region = self.context.catalogue.regions[self.context.scenario.region]
        direct = region.carbon_direct_g_per_kwh
        return {
            "region": region.name,
            "lifecycle_gco2e": summarise_draws(self.lifecycle_gco2e),
            "direct_g_per_kwh": direct,
            "water_l": None if self.water_l is None else summarise_draws(self.water_l),
            "electricity_usd": None
            if self.electricity_usd is None
            else summarise_draws(self.electricity_usd),
        }


def consequences_of(context: Context, draws: int) -> Consequences:
    """Make room for the consequences of a scenario.

    Parameters
    ----------
    context : Context
    draws : int

    Returns
    -------
    Consequences
    """
    if context.scenario.region is None:
        return Consequences(context, None, None, None)
    region = context.catalogue.regions[context.scenario.region]
    has_water = region.water_offsite_l_per_kwh is not None
    return Consequences(
        context,
        np.empty(draws, dtype=np.float32),
        np.empty(draws, dtype=np.float32) if has_water else None,
        np.empty(draws, dtype=np.float32),
    )


def _price_implied_maximum_wh(context: Context) -> float | None:
    """``(p_in I + p_out O) / electricity price``: tokens are not sold below their electricity."""
    card = context.catalogue.models[context.scenario.model]
    per_input, per_output = card.price_usd_per_mtok_input, card.price_usd_per_mtok_output
    if per_input is None or per_output is None:
        return None
    region = context.catalogue.regions[context.scenario.region or "world"]
    m = context.workload.moments
    usd = (per_input * m.isl_tok + per_output * context.typical_osl_tok) / _TOKENS_PER_MTOK
    return usd / region.price_usd_per_kwh.stated("p50") * WH_PER_KWH
