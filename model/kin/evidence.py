"""What a deployment's rows say of its five numbers, to second order around a point.

A sketch of the exact fit, quick enough to hold all models at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.hierarchy import RUN_EFFECTS, pivoted_ln_load
from wh_uncertainty.model.kin.local_fit import law_residuals
from wh_uncertainty.model.rows import ERROR_CLASSES, CostRows
from wh_uncertainty.priors import Catalogue

__all__ = ["Evidence", "Scatter", "evidence_at", "expected_scatter"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Scatter:
    """How rows scatter around their deployment's law, as the priors expect it.

    Parameters
    ----------
    row_sd : ndarray of shape (error class,)
    dof : float
        Degrees of freedom of the rows' Student-t errors.
    run_sd : ndarray of shape (3,)
        Of a run's effects.
    """

    row_sd: Floats
    dof: float
    run_sd: Floats


@dataclass(frozen=True, slots=True)
class Evidence:
    """A Gaussian likelihood ``exp(h' x - x' H x / 2)`` of the numbers x of every deployment.

    Parameters
    ----------
    information : ndarray of shape (deployment, 5, 5)
        H; singular where rows tell sums of numbers but not their parts.
    pull : ndarray of shape (deployment, 5)
        h.
    """

    information: Floats
    pull: Floats


def expected_scatter(catalogue: Catalogue) -> Scatter:
    """Take the medians of the priors.

    Parameters
    ----------
    catalogue : Catalogue

    Returns
    -------
    Scatter
    """

    def median(name: str) -> float:
        return float(np.exp(catalogue.priors[name].parameters["mu"]))

    one, two = median("row_error_sd"), median("row_error_sd_disaggregated")
    return Scatter(
        row_sd=np.array([two if "disaggregated" in label else one for label in ERROR_CLASSES]),
        dof=catalogue.priors["row_error_dof"].parameters["value"],
        run_sd=np.array([median(f"run_sd_{name}") for name in RUN_EFFECTS]),
    )


def evidence_at(rows: CostRows, numbers: Floats, scatter: Scatter) -> Evidence:
    """Expand the likelihood of every deployment's rows, its runs' effects integrated out.

    With residuals e, slopes J in the numbers and C in the run's effects, of standard deviations S
    and shared within a series, and Student-t weights in N: ``H = J' (N + C S^2 C')^-1 J``.

    Parameters
    ----------
    rows : CostRows
    numbers : ndarray of shape (deployment, 5)
        The point.
    scatter : Scatter

    Returns
    -------
    Evidence
    """
    count, size = numbers.shape
    information, pull = np.zeros((count, size, size)), np.zeros((count, size))
    for d in range(count):
        chosen = np.flatnonzero(rows.deployment == d)
        error, slope = law_residuals(rows, chosen, numbers[d])
        weighed = np.linalg.solve(_noise(rows, chosen, error, slope, scatter), slope)
        information[d] = slope.T @ weighed
        pull[d] = weighed.T @ error + information[d] @ numbers[d]
    return Evidence((information + information.transpose(0, 2, 1)) / 2, pull)


def _noise(
    rows: CostRows, chosen: Indices, error: Floats, slope: Floats, scatter: Scatter
) -> Floats:
    """Covariance of one deployment's residuals: each row's own, and what a run shares."""
    both = np.concatenate([chosen, chosen[np.isfinite(rows.ln_tpot[chosen])]])
    sd = scatter.row_sd[rows.error_class[both]]
    tame = (scatter.dof + (error / sd) ** 2) / (scatter.dof + 1)
    decode = slope[:, 1] + slope[:, 2]
    effects = np.column_stack([np.ones(len(both)), decode, pivoted_ln_load(rows.load[both])])
    moved = effects * scatter.run_sd
    shared = rows.run[both][:, None] == rows.run[both]
    covariance: Floats = np.diag(sd**2 * tame) + (moved @ moved.T) * shared
    return covariance
