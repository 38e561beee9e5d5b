"""Coordinates in which the sampler sees each deployment: decorrelated from its hierarchy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.kin.local_fit import fit_deployments
from wh_uncertainty.model.rows import CostRows

__all__ = ["FIXED_FIELDS", "Geometry", "coefficients_of", "sampling_geometry"]

Floats = NDArray[np.float64]

#: Fields of `Geometry` that do not depend on the spread of deployments that was guessed.
FIXED_FIELDS = ("ln_load", "pooled")

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
    ``alpha + gamma c`` but hardly its parts, times between tokens fix how much of it stalls nobody,
    and the two shared decode terms are known best at the load they were run at. In logarithms of
    coefficients such sums are bananas, in these coordinates they are not (`coefficients_of`).

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
    pooled : ndarray of bool, shape (deployment,)
        Whether prefill and decode share GPUs, so that prefill can stall decoding.
    """

    offset: Floats
    forward: Floats
    back: Floats
    precision: Floats
    evidence: Floats
    composition: Floats
    guess: Floats
    ln_load: Floats
    pooled: NDArray[np.bool_]


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
    pooled = ~rows.disaggregated
    sampled, jacobian = _sums_and_ratios(sketch.mean, ln_load, pooled)
    return Geometry(
        offset=sampled - np.einsum("dij,dj->di", jacobian, sketch.mean),
        forward=jacobian @ unroot.T @ axes,
        back=back @ root.T,
        precision=np.maximum(values, 0.0),
        evidence=np.einsum("dij,dj->di", back @ unroot, pull),
        composition=back**2,
        guess=np.sqrt(np.diag(prior_covariance)),
        ln_load=ln_load,
        pooled=pooled,
    )


def coefficients_of(
    sampled: Any, ln_load: Any, pooled: Any, softplus: Callable[[Any], Any]
) -> list[Any]:
    """Undo sums and ratios; the Jacobian's determinant is 1.

    A sum and a ratio ``u = ln(x + y)``, ``v = ln(y / x)`` come apart as ``ln x = u - softplus(v)``
    and ``ln y = ln x + v``. Decoding: x and y are ``beta_weight / sqrt(b)`` and ``beta_step / b``.
    Context, with separate pools: ``alpha`` and ``gamma c``. With shared GPUs that sum has three
    parts; rows tell ``(1 - phi) alpha`` from the rest, and last of all how the rest splits into
    ``phi alpha`` and ``gamma c``.

    Parameters
    ----------
    sampled
        Shape (deployment, 5): u of context, u and v of decoding, v of the pair with ``gamma c``,
        and v of the split before it; with separate pools the last is logit phi, which is idle.
    ln_load
        Shape (deployment,).
    pooled
        0 or 1, shape (deployment,).
    softplus : callable
        ``ln(1 + exp x)``.

    Returns
    -------
    list of five arrays or tensors
        ln alpha, ln beta_weight, ln beta_step, ln gamma, logit phi.
    """
    u_context, u_decode, v_decode, v_reads, v_rest = (sampled[:, k] for k in range(5))
    ln_free = u_context - softplus(v_rest)
    ln_rest = pooled * (ln_free + v_rest) + (1 - pooled) * u_context
    ln_first = ln_rest - softplus(v_reads)
    logit_phi = pooled * (ln_first - ln_free) + (1 - pooled) * v_rest
    ln_weight_part = u_decode - softplus(v_decode)
    return [
        pooled * (ln_free + softplus(logit_phi)) + (1 - pooled) * ln_first,
        ln_weight_part + ln_load / 2,
        ln_weight_part + v_decode + ln_load,
        ln_first + v_reads - _LN_CONTEXT_TOK,
        logit_phi,
    ]


def _sums_and_ratios(
    own: Floats, ln_load: Floats, pooled: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Coordinates of the sketch's means, and the derivatives of the change."""
    ln_alpha, logit_phi = own[:, 0], own[:, 4]
    phi = np.where(pooled, _logistic(logit_phi), 1.0)
    ln_first = ln_alpha + np.where(pooled, -np.logaddexp(0, -logit_phi), 0.0)
    ln_free = np.where(pooled, ln_alpha - np.logaddexp(0, logit_phi), -np.inf)
    v_reads = own[:, 3] + _LN_CONTEXT_TOK - ln_first
    ln_rest = ln_first + np.logaddexp(0, v_reads)
    u_context = np.logaddexp(ln_rest, ln_free)
    v_rest = np.where(pooled, ln_rest - ln_alpha + np.logaddexp(0, logit_phi), logit_phi)
    v_decode = own[:, 2] - own[:, 1] - ln_load / 2
    u_decode = own[:, 1] - ln_load / 2 + np.logaddexp(0, v_decode)
    sampled = np.column_stack([u_context, u_decode, v_decode, v_reads, v_rest])
    decode, reads = _logistic(v_decode), _logistic(v_reads)
    reads_of_all = np.exp(own[:, 3] + _LN_CONTEXT_TOK - u_context)
    jacobian = np.zeros((len(own), 5, 5))
    jacobian[:, 0, 0], jacobian[:, 0, 3] = 1 - reads_of_all, reads_of_all
    jacobian[:, 1, 1], jacobian[:, 1, 2] = 1 - decode, decode
    jacobian[:, 2, 1], jacobian[:, 2, 2] = -1, 1
    jacobian[:, 3, 0], jacobian[:, 3, 3], jacobian[:, 3, 4] = -1, 1, phi - 1
    jacobian[:, 4, 0], jacobian[:, 4, 3] = -reads * pooled, reads * pooled
    jacobian[:, 4, 4] = np.where(pooled, (1 - reads) * (1 - phi) + phi, 1.0)
    return sampled, jacobian


def _logistic(x: Floats) -> Floats:
    value: Floats = 1 / (1 + np.exp(-x))
    return value
