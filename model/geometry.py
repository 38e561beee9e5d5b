"""Coordinates in which the sampler sees each deployment: decorrelated from its hierarchy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.local_fit import fit_deployments
from wh_uncertainty.model.rows import CostRows

__all__ = ["Geometry", "coefficients_of", "sampling_geometry"]

Floats = NDArray[np.float64]

# Context read per prompt token at 8k/1k, O (I + O/2) / I: where prefill and cache reads compete.
_LN_CONTEXT_TOK = float(np.log(980.0))


@dataclass(frozen=True, slots=True)
class Geometry:
    """``sampled = offset + weight @ centre + cholesky @ (scale whitened)`` for every deployment.

    Where rows say much, `weight` is near 0 and a deployment stands on its own rows (a centred
    hierarchy); where they say nothing it is near 1 (a non-centred one); each direction of the five
    numbers finds its place between. Both extremes alone mix badly on these data. ``scale``
    follows the hierarchy's spread to the extent that the rows leave a number to it:
    ``1 + share (sd / guess - 1)``.

    Sampled are sums and ratios instead of the coefficients: rows of one context length fix
    ``alpha + gamma c`` but hardly its parts, and likewise the two shared decode terms at the load
    they were run at. In logarithms of coefficients such a pair is a banana, in these it is not.

    Parameters
    ----------
    offset : ndarray of shape (deployment, 5)
    weight, cholesky : ndarray of shape (deployment, 5, 5)
    share : ndarray of shape (deployment, 5)
        How much of each number the hierarchy decides, in [0, 1].
    guess : ndarray of shape (5,)
        Spread of deployments that the coordinates were built for.
    ln_load : ndarray of shape (deployment,)
        ln of the load at which the shared decode terms are added up.
    """

    offset: Floats
    weight: Floats
    cholesky: Floats
    share: Floats
    guess: Floats
    ln_load: Floats


def sampling_geometry(rows: CostRows, ln_roofline: Floats, prior_covariance: Floats) -> Geometry:
    """Derive the coordinates from a sketch of each deployment.

    With prior precision P and the sketch's covariance C, the mean of a Gaussian deployment given
    the centre of its hierarchy is ``C P centre`` plus a constant, and its spread is C; J carries
    both over to sums and ratios.

    Parameters
    ----------
    rows : CostRows
    ln_roofline : ndarray of shape (deployment, 4)
    prior_covariance : ndarray of shape (5, 5)
        Of a deployment around its centre: the hierarchy's guess or, better, a pilot's.

    Returns
    -------
    Geometry
    """
    precision = np.linalg.inv(prior_covariance)
    sketch = fit_deployments(rows, ln_roofline, precision)
    count = np.bincount(rows.deployment)
    ln_load = np.bincount(rows.deployment, weights=np.log(rows.load)) / count
    sampled, jacobian = _sums_and_ratios(sketch.mean, ln_load)
    shrinkage = sketch.covariance @ precision
    weight = jacobian @ shrinkage
    share = np.clip(np.diagonal(shrinkage, axis1=1, axis2=2), 0, 1)
    guess = np.sqrt(np.diag(prior_covariance))
    covariance = jacobian @ sketch.covariance @ jacobian.transpose(0, 2, 1)
    offset = sampled - np.einsum("dij,dj->di", weight, sketch.centre)
    return Geometry(offset, weight, np.linalg.cholesky(covariance), share, guess, ln_load)


def coefficients_of(sampled: Any, ln_load: Any, softplus: Callable[[Any], Any]) -> list[Any]:
    """Undo sums and ratios; the Jacobian's determinant is 1.

    With ``u = ln(alpha + gamma c)`` and ``v = ln(gamma c / alpha)``:
    ``ln alpha = u - softplus(v)``, ``ln gamma = u + v - softplus(v) - ln c``; likewise for
    ``beta_weight / sqrt(b)`` and ``beta_step / b``.

    Parameters
    ----------
    sampled
        Shape (deployment, 5): u and v of the context terms, of the decode terms, logit phi, in
        the order u_context, u_decode, v_decode, v_context, logit phi.
    ln_load
        Shape (deployment,).
    softplus : callable
        ``ln(1 + exp x)``.

    Returns
    -------
    list of five arrays or tensors
        ln alpha, ln beta_weight, ln beta_step, ln gamma, logit phi.
    """
    u_context, u_decode, v_decode, v_context = (sampled[:, k] for k in range(4))
    ln_alpha = u_context - softplus(v_context)
    ln_weight_part = u_decode - softplus(v_decode)
    return [
        ln_alpha,
        ln_weight_part + ln_load / 2,
        ln_weight_part + v_decode + ln_load,
        ln_alpha + v_context - _LN_CONTEXT_TOK,
        sampled[:, 4],
    ]


def _sums_and_ratios(own: Floats, ln_load: Floats) -> tuple[Floats, Floats]:
    """Coordinates of the sketch's means, and the derivatives of the change."""
    v_context = own[:, 3] + _LN_CONTEXT_TOK - own[:, 0]
    v_decode = own[:, 2] - own[:, 1] - ln_load / 2
    u_context = own[:, 0] + np.logaddexp(0, v_context)
    u_decode = own[:, 1] - ln_load / 2 + np.logaddexp(0, v_decode)
    sampled = np.column_stack([u_context, u_decode, v_decode, v_context, own[:, 4]])
    context, decode = 1 / (1 + np.exp(-v_context)), 1 / (1 + np.exp(-v_decode))
    jacobian = np.zeros((len(own), 5, 5))
    jacobian[:, 0, 0], jacobian[:, 0, 3] = 1 - context, context
    jacobian[:, 1, 1], jacobian[:, 1, 2] = 1 - decode, decode
    jacobian[:, 2, 1], jacobian[:, 2, 2] = -1, 1
    jacobian[:, 3, 0], jacobian[:, 3, 3] = -1, 1
    jacobian[:, 4, 4] = 1
    return sampled, jacobian
