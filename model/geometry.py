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
    """Coordinates ``w`` in which every deployment is about standard normal given its hierarchy.

    In a basis ``A`` that diagonalises both what the rows say and what the hierarchy says, with
    relative variance ``r^2`` of the hierarchy along each axis::

        v       = 1 / (precision + 1 / r^2)
        t       = v (evidence + (back centre) / r^2) + sqrt(v) w
        sampled = offset + forward t

    Where rows say much, `precision` is large and a deployment stands on its own rows (a centred
    hierarchy); where they say nothing it is 0 and ``t = back centre + r w`` (a non-centred one).
    Both extremes alone mix badly on these data.

    Sampled are sums and ratios instead of the coefficients: rows of one context length fix
    ``alpha + gamma c`` but hardly its parts, and likewise the two shared decode terms at the load
    they were run at. In logarithms of coefficients such a pair is a banana, in these it is not.

    Parameters
    ----------
    offset : ndarray of shape (deployment, 5)
    forward, back : ndarray of shape (deployment, 5, 5)
    precision, evidence : ndarray of shape (deployment, 5)
        What the rows say along each axis, in units of the guessed spread.
    composition : ndarray of shape (deployment, 5, 5)
        Share of each number (last axis) in each axis' variance.
    guess : ndarray of shape (5,)
        Spread of deployments that the basis was built for.
    ln_load : ndarray of shape (deployment,)
        ln of the load at which the shared decode terms are added up.
    """

    offset: Floats
    forward: Floats
    back: Floats
    precision: Floats
    evidence: Floats
    composition: Floats
    guess: Floats
    ln_load: Floats


def sampling_geometry(rows: CostRows, ln_roofline: Floats, prior_covariance: Floats) -> Geometry:
    """Derive the coordinates from a sketch of each deployment.

    With ``P = R R'`` the prior precision and C the sketch's covariance, the rows' own information
    is ``H = C^-1 - P``; the axes are the eigenvectors of ``R^-1 H R'^-1``. The sketch's Jacobian
    carries them over to sums and ratios.

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
    prior = np.linalg.inv(prior_covariance)
    root = np.linalg.cholesky(prior)
    unroot = np.linalg.inv(root)
    sketch = fit_deployments(rows, ln_roofline, prior)
    total = np.linalg.inv(sketch.covariance)
    values, axes = np.linalg.eigh(unroot @ (total - prior) @ unroot.T)
    pull = np.einsum("dij,dj->di", total, sketch.mean) - sketch.centre @ prior
    back = axes.transpose(0, 2, 1)
    count = np.bincount(rows.deployment)
    ln_load = np.bincount(rows.deployment, weights=np.log(rows.load)) / count
    sampled, jacobian = _sums_and_ratios(sketch.mean, ln_load)
    return Geometry(
        offset=sampled - np.einsum("dij,dj->di", jacobian, sketch.mean),
        forward=jacobian @ unroot.T @ axes,
        back=back @ root.T,
        precision=np.maximum(values, 0.0),
        evidence=np.einsum("dij,dj->di", back @ unroot, pull),
        composition=back**2,
        guess=np.sqrt(np.diag(prior_covariance)),
        ln_load=ln_load,
    )


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
