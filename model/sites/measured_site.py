"""A site that was measured, and questions that have to agree with what its meter said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.common_states import paired_samples, shared_groups
from wh_uncertainty.model.analyses.groups import Group, Sample, chosen
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.forward import wh_by_efficiency
from wh_uncertainty.model.metering.series import MeterError
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.sites.efficiency_update import (
    EfficiencyUpdate,
    systematic_rows,
    updated_efficiency,
)
from wh_uncertainty.model.sites.measurement import Measurement
from wh_uncertainty.model.unknowns import Unknowns, efficiency_prior
from wh_uncertainty.priors import PriorSpec, cdf, quantile

__all__ = [
    "Conditioned",
    "MeasuredSite",
    "conditioned",
    "efficiency_at",
    "site_update_of",
    "with_known_pue",
]

Floats = NDArray[np.float64]

# What a model's rows leave open, and how its prompts are cached, is no other model's.
_WITHIN_MODEL = ("cost_law", "caching", "effort")
_SMALLEST_PROBABILITY = 2.0**-32  # keeps normal scores finite


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredSite:
    """A measurement, and the scenario whose queries it was taken of.

    Parameters
    ----------
    measurement : Measurement
    context : Context
        Of the measured scenario, at the boundary of the meter.
    file, sha256 : str
        Of the site file; empty while it is not written.
    """

    measurement: Measurement
    context: Context
    file: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Conditioned:
    """States of the world that agree with a measurement.

    Parameters
    ----------
    samples : tuple of Sample
        One per question, in common states, all equally likely.
    implied_efficiency : ndarray of shape (draw,)
        What the measurement alone implies: the prior of efficiency is not looked at.
    effective_draws : float
        How many independent draws the sample is worth.
    """

    samples: tuple[Sample, ...]
    implied_efficiency: Floats
    effective_draws: float


def conditioned(
    site: MeasuredSite, contexts: Sequence[Context], n: int, *, rng: np.random.Generator
) -> Conditioned:
    """Draw what is unknown of some questions, given the measurement of a site.

    The measured scenario and the questions are drawn together, as `compare` does. Each draw gets
    the efficiency that the measurement asks for and a weight (`updated_efficiency`); `n` draws are
    chosen by weight. Efficiency is the site's: the same rank for every question about the measured
    model, and a rank correlated with it, ``efficiency_correlation_between_models``, for others.

    Parameters
    ----------
    site : MeasuredSite
    contexts : sequence of Context
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    Conditioned

    Raises
    ------
    ScenarioError
        A question pins the efficiency.
    MeterError
        No draw agrees with the measurement.
    """
    _check_open(contexts)
    together, update_rng, rank_rng, row_rng = rng.spawn(4)
    measured, *asked = _drawn_together(site, contexts, n, together)
    update = site_update_of(site, measured.unknowns, rng=update_rng)
    rows = systematic_rows(update.weight, n, rng=row_rng)
    eta, other_z = update.efficiency[rows], rank_rng.standard_normal(n)
    samples = tuple(
        _with_efficiency(sample, rows, efficiency_at(site, context, eta, other_z))
        for context, sample in zip(contexts, asked, strict=True)
    )
    return Conditioned(samples, update.efficiency, update.effective_draws)


def site_update_of(
    site: MeasuredSite, unknowns: Unknowns, *, rng: np.random.Generator
) -> EfficiencyUpdate:
    """Update the efficiency of what was measured, with all else as drawn.

    Parameters
    ----------
    site : MeasuredSite
    unknowns : Unknowns
        Of its context, with the PUE that it states (`with_known_pue`).
    rng : numpy.random.Generator

    Returns
    -------
    EfficiencyUpdate

    Raises
    ------
    MeterError
        No draw agrees with the measurement.
    """
    update = updated_efficiency(
        wh_by_efficiency(site.context, unknowns),
        _prior(site.context),
        site.measurement.wh_per_query,
        site.measurement.ln_sd,
        len(unknowns.pue),
        rng=rng,
    )
    if not update.weight.any():
        raise _contradicted(site, update.efficiency)
    return update


def _check_open(contexts: Sequence[Context]) -> None:
    """Refuse a question that pins the efficiency, which the measurement tells."""
    for context in contexts:
        if context.scenario.efficiency is not None:
            raise ScenarioError(
                f"efficiency {context.scenario.efficiency!r}: the site's measurement says what it "
                "is; give one of the two"
            )


def _drawn_together(
    site: MeasuredSite, contexts: Sequence[Context], n: int, rng: np.random.Generator
) -> list[Sample]:
    everyone = [site.context, *contexts]
    groups = [_in_common(site.context, context) for context in everyone]
    samples = paired_samples(everyone, groups, n, rng=rng, by_deployment=True)
    return [replace(s, unknowns=with_known_pue(site, s.unknowns)) for s in samples]


def with_known_pue(site: MeasuredSite, unknowns: Unknowns) -> Unknowns:
    """Put the PUE that the site states in the place of what was drawn."""
    pue = site.measurement.pue
    return unknowns if pue is None else replace(unknowns, pue=np.full_like(unknowns.pue, pue))


def _in_common(measured: Context, context: Context) -> tuple[Group, ...]:
    groups = shared_groups([measured, context])
    if measured.scenario.model == context.scenario.model:
        return groups
    return tuple(group for group in groups if group.key not in _WITHIN_MODEL)


def _prior(context: Context) -> PriorSpec:
    return efficiency_prior(context.scenario, context.catalogue)


def efficiency_at(site: MeasuredSite, context: Context, eta: Floats, other_z: Floats) -> Floats:
    """Efficiency of a question's service, given that of the measured one.

    Parameters
    ----------
    site : MeasuredSite
    context : Context
        Of the question.
    eta : ndarray of shape (draw,)
        Of the measured service.
    other_z : ndarray of shape (draw,)
        Standard normal: what other models do not have in common with the measured one.

    Returns
    -------
    ndarray of shape (draw,)
    """
    from scipy.special import ndtr, ndtri  # the daily path starts without scipy

    measured, own = _prior(site.context), _prior(context)
    same = site.context.scenario.model == context.scenario.model
    if same and measured == own:
        return eta
    z = ndtri(np.clip(cdf(measured, eta), _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY))
    if not same:
        prior = context.catalogue.priors["efficiency_correlation_between_models"]
        shared = prior.parameters["value"]
        z = shared * z + np.sqrt(1 - shared**2) * other_z
    return quantile(own, ndtr(z))


def _with_efficiency(sample: Sample, rows: NDArray[np.intp], efficiency: Floats) -> Sample:
    picked = chosen(sample, rows)
    return replace(picked, unknowns=replace(picked.unknowns, efficiency=efficiency))


def _contradicted(site: MeasuredSite, implied: Floats) -> MeterError:
    low, high = np.quantile(implied, (0.05, 0.95))
    return MeterError(
        f"{site.measurement.wh_per_query:.3g} Wh per query would take an efficiency of {low:.3g} "
        f"to {high:.3g} of the benchmark, which the prior of provider "
        f"{site.context.scenario.provider} excludes; check requests, energy, boundary and model"
    )
