"""A cost-law posterior as its users need it: coefficients of the deployments in the fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients
from wh_uncertainty.model.posterior import Posterior, load_posterior

__all__ = ["coefficients_of", "known_coefficients", "load_cost_law"]

Floats = NDArray[np.float64]


def load_cost_law(model: str, directory: Path | None = None) -> Posterior:
    """Read the cost-law posterior of a model (see `load_posterior`)."""
    return load_posterior(model, directory)


def known_coefficients(posterior: Posterior, chosen: Sequence[int]) -> Coefficients:
    """Coefficients of deployments in the fit, averaged over their runs.

    Parameters
    ----------
    posterior : Posterior
    chosen : sequence of int
        Positions among the record's ``deployments``.

    Returns
    -------
    Coefficients
        Each of shape ``(draw, chosen)``.
    """
    mean = posterior.arrays["deployment_mean"][list(chosen)].astype(np.float64)
    own = mean + posterior.arrays["deployment_deviation"][:, list(chosen)]
    disaggregated = [bool(posterior.record["deployments"][d]["disaggregated"]) for d in chosen]
    return coefficients_of(own, np.array(disaggregated))


def coefficients_of(own: Floats, disaggregated: NDArray[np.bool_]) -> Coefficients:
    """Return the coefficients that sampled ones stand for.

    Parameters
    ----------
    own : ndarray of shape (..., deployment, 5)
        Logarithms of alpha, beta_weight, beta_step and gamma; logit of phi.
    disaggregated : ndarray of bool, shape (deployment,)
        Separate pools: prefill does not stall decoding there.

    Returns
    -------
    Coefficients
        Each of shape ``(..., deployment)``.
    """
    c = np.exp(own[..., :4])
    phi = np.where(disaggregated, 0.0, 1 / (1 + np.exp(-own[..., 4])))
    return Coefficients(c[..., 0], c[..., 1], c[..., 2], c[..., 3], phi)
