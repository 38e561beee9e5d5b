"""What a measurement teaches: energy per query with its error, and efficiency before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.common_states import paired_samples
from wh_uncertainty.model.analyses.groups import GROUPS
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.flags import FEW_DRAWS
from wh_uncertainty.model.forward import Energies, evaluate
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.power import J_PER_WH, MEASURED_BOUNDARIES
from wh_uncertainty.model.provenance import provenance
from wh_uncertainty.model.sites.measured_site import MeasuredSite, conditioned, with_known_pue
from wh_uncertainty.model.summary import summarise_draws

__all__ = ["LARGEST_DRAWS", "SiteUpdate", "update_site"]

Floats = NDArray[np.float64]

_SMALLEST_DRAWS = 1_000
LARGEST_DRAWS = 1_000_000
_SURPRISING = 0.01  # of the prior predictive, both tails together


@dataclass(frozen=True, slots=True, eq=False)
class SiteUpdate:
    """A site before and after its measurement; arrays of shape ``(draw,)``.

    Parameters
    ----------
    site : MeasuredSite
    measured_wh : ndarray
        Wh per query at the meter, by the measurement alone.
    prior_wh, wh : ndarray
        The same by the model, before and after.
    by_boundary : mapping of str to ndarray
        Wh per query inside each boundary, after.
    j_per_input_token, j_per_output_token : ndarray
        At the meter, after; the split is the model's [J/tok].
    prior_efficiency, implied_efficiency, efficiency : ndarray
        Before; by the measurement alone; after.
    surprise : float
        Share of the prior predictive that lies further out, both tails together.
    effective_draws : float
    seed : int
    """

    site: MeasuredSite
    measured_wh: Floats
    prior_wh: Floats
    wh: Floats
    by_boundary: Mapping[str, Floats]
    j_per_input_token: Floats
    j_per_output_token: Floats
    prior_efficiency: Floats
    implied_efficiency: Floats
    efficiency: Floats
    surprise: float
    effective_draws: float
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {
            "scenario": self.site.context.scenario.to_dict(),
            "boundary": self.site.measurement.boundary,
            "measured": self._measured(),
            "wh_per_query": {
                "prior": summarise_draws(self.prior_wh),
                "posterior": summarise_draws(self.wh),
                "by_boundary": {k: summarise_draws(wh) for k, wh in self.by_boundary.items()},
            },
            "j_per_input_token": summarise_draws(self.j_per_input_token),
            "j_per_output_token": summarise_draws(self.j_per_output_token),
            "efficiency": {
                "prior": summarise_draws(self.prior_efficiency),
                "implied": summarise_draws(self.implied_efficiency),
                "posterior": summarise_draws(self.efficiency),
            },
            "surprise": self.surprise,
            "effective_draws": self.effective_draws,
            "flags": self._flags(),
            "provenance": provenance(self.site.context, self.seed, len(self.wh)),
        }

    def _measured(self) -> dict[str, Any]:
        measurement, moments = self.site.measurement, self.site.context.workload.moments
        tokens = moments.isl_tok + moments.osl_tok
        return {
            "requests": measurement.requests,
            "energy_wh": measurement.energy_wh,
            "ln_sd": measurement.ln_sd,
            "pue": measurement.pue,
            "mean_isl_tok": moments.isl_tok,
            "mean_uncached_tok": moments.uncached_tok,
            "mean_osl_tok": moments.osl_tok,
            "wh_per_query": summarise_draws(self.measured_wh),
            "j_per_token": summarise_draws(J_PER_WH * self.measured_wh / tokens),
        }

    def _flags(self) -> list[dict[str, str]]:
        above = float((self.implied_efficiency > 1).mean())
        flags = {
            "surprising": (
                self.surprise < _SURPRISING,
                f"the measurement lies far out of what was expected (p = {self.surprise:.2g}); "
                "check requests, energy, boundary and model before you believe it",
            ),
            "better_than_benchmark": (
                above > 0.5,
                "by the measurement alone the site would do better than the benchmark in "
                f"{above:.0%} of draws",
            ),
            "few_draws": (
                self.effective_draws < FEW_DRAWS,
                f"few draws agree with the measurement ({self.effective_draws:.0f} effective); "
                "ask for more with --draws",
            ),
        }
        return [
            {"code": code, "message": words} for code, (raised, words) in flags.items() if raised
        ]


def update_site(site: MeasuredSite, *, draws: int = 100_000, seed: int = 0) -> SiteUpdate:
    """Set a measurement against what the model expected, and update it.

    Parameters
    ----------
    site : MeasuredSite
    draws : int
        1,000 to 1,000,000.
    seed : int

    Returns
    -------
    SiteUpdate

    Raises
    ------
    ScenarioError
        Draws out of range.
    MeterError
        No draw agrees with the measurement.
    """
    if not _SMALLEST_DRAWS <= draws <= LARGEST_DRAWS:
        raise ScenarioError(
            f"draws {draws}: must lie between {_SMALLEST_DRAWS} and {LARGEST_DRAWS}"
        )
    measurement = site.measurement
    prior_rng, meter_rng, update_rng = np.random.default_rng([seed, 5]).spawn(3)
    prior_wh, prior_efficiency = _expected(site, draws, prior_rng)
    error = np.exp(measurement.ln_sd * meter_rng.standard_normal(draws))
    boundaries = [_at_boundary(site.context, name) for name in MEASURED_BOUNDARIES]
    found = conditioned(site, boundaries, draws, rng=update_rng)
    energies = {
        name: evaluate(ready, sample.unknowns, sample.queries)
        for name, ready, sample in zip(MEASURED_BOUNDARIES, boundaries, found.samples, strict=True)
    }
    at_meter = energies[measurement.boundary]
    return SiteUpdate(
        site=site,
        measured_wh=measurement.wh_per_query * error,
        prior_wh=prior_wh,
        wh=at_meter.mean_wh,
        by_boundary={name: e.mean_wh for name, e in energies.items()},
        j_per_input_token=J_PER_WH * at_meter.prefill_wh / at_meter.isl_tok,
        j_per_output_token=_decode_j(at_meter) / at_meter.osl_tok,
        prior_efficiency=prior_efficiency,
        implied_efficiency=found.implied_efficiency,
        efficiency=found.samples[0].unknowns.efficiency,
        surprise=_surprise(prior_wh * error, measurement.wh_per_query),
        effective_draws=found.effective_draws,
        seed=seed,
    )


def _expected(site: MeasuredSite, n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Energy at the meter and efficiency, as they would be expected without the measurement."""
    (drawn,) = paired_samples([site.context], [GROUPS], n, rng=rng, by_deployment=False)
    before = with_known_pue(site, drawn.unknowns)
    energy = evaluate(site.context, before, drawn.queries)
    return energy.mean_wh, before.efficiency


def _at_boundary(context: Context, boundary: str) -> Context:
    return replace(context, scenario=replace(context.scenario, boundary=boundary))


def _decode_j(e: Energies) -> Floats:
    return J_PER_WH * (e.mean_wh - e.prefill_wh)


def _surprise(expected_wh: Floats, measured_wh: float) -> float:
    below = float((expected_wh < measured_wh).mean())
    return 2 * min(below, 1 - below)
