"""What the fit and the simulation share of the hierarchy: names, correlation, run effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients
from wh_uncertainty.priors import Catalogue

__all__ = [
    "COEFFICIENTS",
    "NUMBERS",
    "RUN_EFFECTS",
    "correlation_factor",
    "own_share",
    "pivoted_ln_load",
    "run_adjusted",
]

Floats = NDArray[np.float64]

#: In the order of the posterior's arrays: alpha, beta_weight, beta_step, gamma.
COEFFICIENTS = ("prefill", "weight", "step", "kv")
#: What the posterior holds of a deployment: ln of the coefficients, and logit phi.
NUMBERS = (*COEFFICIENTS, "stall")
RUN_EFFECTS = ("speed", "decode", "load")


_PIVOT_LOAD = 4.0  # median requests per GPU over the embedded rows


def pivoted_ln_load(load: Any) -> Any:
    """Return ln of a load over the middle of the benchmark's, where a run's tilt does nothing."""
    return np.log(load / _PIVOT_LOAD)


def correlation_factor(catalogue: Catalogue) -> Floats:
    """Lower Cholesky factor of the correlation between one level's four effects.

    Parameters
    ----------
    catalogue : Catalogue

    Returns
    -------
    ndarray of shape (4, 4)
        Of the matrix with 1 on the diagonal and ``effect_correlation`` elsewhere.
    """
    rho = catalogue.priors["effect_correlation"].parameters["value"]
    size = len(COEFFICIENTS)
    return np.linalg.cholesky(np.full((size, size), rho) + (1 - rho) * np.eye(size))


def own_share(basis: Floats, catalogue: Catalogue) -> Floats:
    """Share of a deployment's variance around its labels that no other deployment has part in.

    Parameters
    ----------
    basis : ndarray of shape (deployment, column)
        Of the kinship; what its columns leave of a deployment is its own as well.
    catalogue : Catalogue

    Returns
    -------
    ndarray of shape (deployment,)
    """
    share = catalogue.priors["kinship_share"].parameters["value"]
    own: Floats = 1 - share * (basis**2).sum(axis=1)
    return own


def run_adjusted(
    law: Coefficients,
    speed: Any,
    decode: Any,
    tilt: Any,
    load: Any,
    exp: Callable[[Any], Any] = np.exp,
) -> Coefficients:
    """Coefficients on the day of a run.

    Everything costs ``exp(speed) (b / b0)^tilt`` times as much, and the decode terms that a batch
    shares ``exp(decode)`` times on top; b0 is the middle of the benchmark's loads, so that tilt
    and speed do not trade places.

    Parameters
    ----------
    law : Coefficients
    speed, decode, tilt
        The run's effects, in the order of `RUN_EFFECTS`.
    load
        b, requests per GPU: numbers, not tensors.
    exp : callable
        ``numpy.exp`` or its PyTensor counterpart.

    Returns
    -------
    Coefficients
    """
    factor = exp(speed + tilt * pivoted_ln_load(load))
    shared = factor * exp(decode)
    return replace(
        law,
        alpha=law.alpha * factor,
        beta_weight=law.beta_weight * shared,
        beta_step=law.beta_step * shared,
        gamma=law.gamma * factor,
    )
