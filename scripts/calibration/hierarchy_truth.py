"""A truth drawn from the prior of the cost law's graph: the same formula, written in NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.design import Design
from wh_uncertainty.model.hierarchy import COEFFICIENTS, RUN_EFFECTS, correlation_factor, own_share
from wh_uncertainty.model.kin.evidence import Scatter
from wh_uncertainty.model.rows import ERROR_CLASSES
from wh_uncertainty.priors import Catalogue

__all__ = ["Truth", "drawn_truth"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What a posterior is asked to find.

    Parameters
    ----------
    numbers : ndarray of shape (deployment, 5)
    scatter : Scatter
        Of rows and runs.
    typical : ndarray of shape (4,)
        ln of the typical deployment's coefficients over their roofline.
    spread : ndarray of shape (4,)
        ``deployment_sd``.
    """

    numbers: Floats
    scatter: Scatter
    typical: Floats
    spread: Floats


class _Prior:
    """Draws from the priors of the fit, by name."""

    def __init__(self, catalogue: Catalogue, rng: np.random.Generator) -> None:
        self._priors, self._rng = catalogue.priors, rng
        self._factor = correlation_factor(catalogue)

    def value(self, name: str) -> float:
        return self._priors[name].parameters["value"]

    def lognormal(self, names: list[str]) -> Floats:
        parameters = [self._priors[name].parameters for name in names]
        mu, sigma = np.array([[p["mu"], p["sigma"]] for p in parameters]).T
        drawn: Floats = np.exp(mu + sigma * self.white(len(names)))
        return drawn

    def normal(self, name: str) -> float:
        p = self._priors[name].parameters
        return float(self._rng.normal(p["mean"], p["sd"]))

    def white(self, *shape: int) -> Floats:
        return self._rng.standard_normal(shape)

    def related(self, count: int) -> Floats:
        """Effects of unit size on the four coefficients, correlated; shape (count, 4)."""
        effects: Floats = self.white(count, len(COEFFICIENTS)) @ self._factor.T
        return effects


def drawn_truth(
    design: Design, scale: Floats, model: str, catalogue: Catalogue, rng: np.random.Generator
) -> Truth:
    """Draw everything that `cost_law_graph` has a prior of.

    Where this second writing and the graph differ, ranks are not uniform.

    Parameters
    ----------
    design : Design
    scale : ndarray of shape (deployment, 4)
        `rooflines`.
    model : str
    catalogue : Catalogue
    rng : numpy.random.Generator

    Returns
    -------
    Truth
    """
    prior, count = _Prior(catalogue, rng), len(design.deployments)
    spread = prior.lognormal([f"deployment_sd_{name}" for name in COEFFICIENTS])
    over = [f"{name}_over_roofline" for name in COEFFICIENTS[:-1]]
    typical = np.log(prior.lognormal([*over, catalogue.models[model].cache_prior]))
    centre = scale + typical + _effects(design, spread, prior)
    own = spread * np.sqrt(own_share(design.basis, catalogue))[:, None]
    numbers = centre + own * prior.related(count)
    stall = prior.normal("stall_logit")
    logit = stall + prior.lognormal(["stall_logit_sd"])[0] * prior.white(count)
    return Truth(np.column_stack([numbers, logit]), _scatter(prior), typical, spread)


def _effects(design: Design, spread: Floats, prior: _Prior) -> Floats:
    """Kin, labels and features; the first two centred over the deployments."""
    kin = design.basis @ (spread * prior.related(design.basis.shape[1]))
    kin = kin * np.sqrt(prior.value("kinship_share"))
    total: Floats = kin - kin.mean(axis=0)
    for group, levels in design.levels.items():
        sd = prior.lognormal([f"{group}_effect_sd"] * len(COEFFICIENTS))
        effect = (sd * prior.related(len(levels)))[design.members[group]]
        total = total + effect - effect.mean(axis=0)
    slope = prior.white(design.features.shape[1], len(COEFFICIENTS))
    return total + prior.value("feature_slope_sd") * (design.features @ slope)


def _scatter(prior: _Prior) -> Scatter:
    one, two = "row_error_sd", "row_error_sd_disaggregated"
    errors = [two if "disaggregated" in label else one for label in ERROR_CLASSES]
    runs = [f"run_sd_{name}" for name in RUN_EFFECTS]
    return Scatter(prior.lognormal(errors), prior.value("row_error_dof"), prior.lognormal(runs))
