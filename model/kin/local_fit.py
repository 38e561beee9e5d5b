"""A robust least-squares fit per deployment: where the sampler starts and how it is scaled.

It decides the geometry of the sampling, never the result: the posterior's density does not
contain it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.rows import CostRows

__all__ = ["LocalFit", "fit_deployments", "law_residuals"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_ROW_ERROR = 0.04  # ln; what a row scatters around its deployment's own law
_RUN_ERROR = 0.07  # ln; what a series scatters as a whole
_TAIL = 4.0  # degrees of freedom of the weights that tame outlying rows
_CENTRE = np.array([2.0, 1.0, 1.0, 0.0, 1.0])  # ln over roofline (4), logit of the stall share
#: Widths around the running centre of the passes before the last, which only find that centre.
_WIDTHS = (
    np.array([1.0, 1.0, 1.0, 1.0, 1.0]),
    np.array([0.6, 0.6, 0.6, 0.6, 0.7]),
)


@dataclass(frozen=True, slots=True)
class LocalFit:
    """Gaussian sketch of each deployment's five numbers.

    Parameters
    ----------
    mean : ndarray of shape (deployment, 5)
        ln alpha, ln beta_weight, ln beta_step, ln gamma, logit phi.
    covariance : ndarray of shape (deployment, 5, 5)
    centre : ndarray of shape (deployment, 5)
        Of the Gaussian prior that the sketch used.
    """

    mean: Floats
    covariance: Floats
    centre: Floats


def fit_deployments(rows: CostRows, ln_roofline: Floats, precision: Floats) -> LocalFit:
    """Sketch every deployment on its own.

    Parameters
    ----------
    rows : CostRows
    ln_roofline : ndarray of shape (deployment, 4)
    precision : ndarray of shape (5, 5)
        Of the prior around the centre in the last pass.

    Returns
    -------
    LocalFit
    """
    count = len(rows.deployments)
    base = np.column_stack([ln_roofline, np.zeros(count)])
    of_deployment = [np.flatnonzero(rows.deployment == d) for d in range(count)]
    many = np.array([len(r) for r in of_deployment])
    rich = many >= np.median(many)
    centre = np.tile(_CENTRE, (count, 1)) + base
    for width in _WIDTHS:
        passes = [
            _gauss_newton(rows, r, c, np.diag(width**-2))
            for r, c in zip(of_deployment, centre, strict=True)
        ]
        mean = np.array([value for value, _ in passes])
        centre = base + np.median((mean - base)[rich], axis=0)
    last = [
        _gauss_newton(rows, r, c, precision) for r, c in zip(of_deployment, centre, strict=True)
    ]
    mean, covariance = (np.array(part) for part in zip(*last, strict=True))
    return LocalFit(mean, covariance, centre)


def _gauss_newton(
    rows: CostRows, chosen: Indices, centre: Floats, precision: Floats
) -> tuple[Floats, Floats]:
    """Reweight and solve least squares with a Gaussian prior; mean and covariance."""
    value = centre.copy()
    for _ in range(40):
        error, jacobian = law_residuals(rows, chosen, value)
        weight = (_TAIL + 1) / (_TAIL + (error / _ROW_ERROR) ** 2) / _ROW_ERROR**2
        hessian = jacobian.T @ (jacobian * weight[:, None]) + precision
        step = np.linalg.solve(
            hessian, jacobian.T @ (weight * error) - precision @ (value - centre)
        )
        step /= max(1.0, float(np.abs(step).max()))
        value += step
        if np.abs(step).max() < 1e-6:
            break
    _, jacobian = law_residuals(rows, chosen, value)
    noise = _noise_covariance(rows, chosen)
    return value, np.linalg.inv(jacobian.T @ np.linalg.solve(noise, jacobian) + precision)


def _noise_covariance(rows: CostRows, chosen: Indices) -> Floats:
    """Errors of the stacked residuals: each row its own, and what a series shares on its day."""
    seen = np.isfinite(rows.ln_tpot[chosen])
    series = np.concatenate([rows.run[chosen], rows.run[chosen][seen]])
    shared = series[:, None] == series[None, :]
    covariance: Floats = _ROW_ERROR**2 * np.eye(len(series)) + _RUN_ERROR**2 * shared
    return covariance


def law_residuals(rows: CostRows, chosen: Indices, value: Floats) -> tuple[Floats, Floats]:
    """Residuals of ln t and ln tpot, and the derivatives of the two laws.

    Parameters
    ----------
    rows : CostRows
    chosen : ndarray of int, shape (n,)
        Rows of one deployment.
    value : ndarray of shape (5,)
        Its ln alpha, ln beta_weight, ln beta_step, ln gamma and logit phi.

    Returns
    -------
    error : ndarray of shape (n + seen,)
        Measured less expected: ln t of all rows, then ln tpot of those that report it.
    jacobian : ndarray of shape (n + seen, 5)
        Of what is expected.
    """
    load, tokens = rows.load[chosen], rows.tokens
    output = tokens.output_tok[chosen]
    coefficient = np.exp(value[:4])
    term = coefficient * np.column_stack(
        [
            tokens.uncached_tok[chosen],
            output / np.sqrt(load),
            output / load,
            tokens.context_tok2[chosen],
        ]
    )
    phi = 0.0 if rows.disaggregated[rows.deployment[chosen[0]]] else 1 / (1 + np.exp(-value[4]))
    stalled = term * np.array([phi, 1, 1, 1])
    total, busy = term.sum(axis=1), stalled.sum(axis=1)
    seen = np.isfinite(rows.ln_tpot[chosen])
    cost_slope = np.column_stack([term / total[:, None], np.zeros(len(total))])
    stall_slope = stalled[:, 0] / busy * (1 - phi)
    tpot_slope = np.column_stack([stalled / busy[:, None], stall_slope])
    cost_error = rows.ln_gpu_s[chosen] - np.log(total)
    tpot_error = rows.ln_tpot[chosen] - np.log(busy * load / output)
    return np.concatenate([cost_error, tpot_error[seen]]), np.vstack([cost_slope, tpot_slope[seen]])
