"""Energy and carbon of use per functional unit: per query, and per thousand tokens."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.power import J_PER_WH
from wh_uncertainty.model.simulation import Simulation
from wh_uncertainty.model.summary import summarise_draws
from wh_uncertainty.model.units import WH_PER_KWH

__all__ = ["FUNCTIONAL_UNITS", "per_functional_unit"]

Floats = NDArray[np.float64]

#: What the carbon intensity of software is given for; tokens are those in and out, cached ones too.
FUNCTIONAL_UNITS = ("query", "1000 tokens", "1000 output tokens")

_TOKENS = 1000.0


def per_functional_unit(simulation: Simulation) -> list[dict[str, Any]]:
    """Divide the mean query's energy and life-cycle emissions by functional units.

    ``(E I) / R``, draw by draw: with an effort that is not known, tokens put out vary as well.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    list of dict
        ``functional_unit`` of `FUNCTIONAL_UNITS`; quantiles of ``energy_kwh`` and of
        ``operational_gco2e``, which is None without a region.
    """
    kwh = simulation.wh_mean.astype(np.float64) / WH_PER_KWH
    gco2e = simulation.consequences.lifecycle_gco2e
    return [
        {
            "functional_unit": unit,
            "energy_kwh": summarise_draws(kwh / per_query),
            "operational_gco2e": None if gco2e is None else summarise_draws(gco2e / per_query),
        }
        for unit, per_query in zip(FUNCTIONAL_UNITS, _units_per_query(simulation), strict=True)
    ]


def _units_per_query(simulation: Simulation) -> tuple[Floats, Floats, Floats]:
    """Count the functional units of each draw's mean query.

    ``O = (3600 E - j_in I) / j_out`` takes the output of each draw from what was kept of it.
    """
    isl_tok = simulation.context.workload.moments.isl_tok
    prefill_j = simulation.j_per_input_token.astype(np.float64) * isl_tok
    decode_j = J_PER_WH * simulation.wh_mean.astype(np.float64) - prefill_j
    osl_tok: Floats = decode_j / simulation.j_per_output_token
    return np.ones_like(osl_tok), (isl_tok + osl_tok) / _TOKENS, osl_tok / _TOKENS
