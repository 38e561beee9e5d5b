"""A Gaussian belief over all deployments' numbers, given what some of their rows say.

Arrays are stacked by number, then by deployment: ``(5, deployment)`` and
``(5, deployment, 5, deployment)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.evidence import Evidence

__all__ = ["Update", "updated"]

Floats = NDArray[np.float64]

# Directions of which rows say less than this, in units of 1 / prior variance, say nothing.
_LEAST_INFORMATION = 0.02


@dataclass(frozen=True, slots=True)
class Update:
    """What evidence about some deployments changes elsewhere.

    Parameters
    ----------
    weights : ndarray of shape (5, deployment)
        ``shift = covariance_to @ weights``.
    """

    weights: Floats
    _axes: Floats
    _known: NDArray[np.bool_]
    _factor: Floats

    def shift(self, covariance_to: Floats) -> Floats:
        """Change of the mean, shape (5, other).

        Parameters
        ----------
        covariance_to : ndarray of shape (5, other, 5, deployment)
        """
        moved: Floats = np.einsum("inkm,km->in", covariance_to, self.weights)
        return moved

    def explained(self, covariance_to: Floats) -> Floats:
        """Loss of covariance, shape (5, other, 5, other).

        Parameters
        ----------
        covariance_to : ndarray of shape (5, other, 5, deployment)
        """
        size, count = covariance_to.shape[:2]
        turned = np.einsum("inkm,mkj->injm", covariance_to, self._axes)
        seen = turned.reshape(size * count, -1)[:, self._known]
        linalg: Any = import_module("scipy.linalg")
        half: Floats = linalg.solve_triangular(self._factor, seen.T, lower=True, check_finite=False)
        lost: Floats = half.T @ half
        return lost.reshape(size, count, size, count)


def updated(mean: Floats, covariance: Floats, evidence: Evidence) -> Update:
    """Weigh evidence against a prior.

    Each deployment's information is turned into its eigenvectors' basis, where its directions are
    independent measurements with variance 1 / eigenvalue; those with none are left out.

    Parameters
    ----------
    mean : ndarray of shape (deployment, 5)
    covariance : ndarray of shape (5, deployment, 5, deployment)
    evidence : Evidence

    Returns
    -------
    Update
    """
    size = mean.shape[1]
    value, axes = np.linalg.eigh(evidence.information)
    known = (value > _LEAST_INFORMATION).T.ravel()
    variance = 1 / np.where(value > _LEAST_INFORMATION, value, 1.0)
    surprise = evidence.pull - np.einsum("dij,dj->di", evidence.information, mean)
    measured = variance * np.einsum("dji,dj->di", axes, surprise)
    turned = np.einsum("dki,kdlm->idlm", axes, covariance)
    turned = np.einsum("idlm,mlj->idjm", turned, axes).reshape(known.size, known.size)
    total = turned[np.ix_(known, known)]
    total[np.diag_indices_from(total)] += variance.T.ravel()[known]
    linalg: Any = import_module("scipy.linalg")
    factor: Floats = linalg.cholesky(total, lower=True, overwrite_a=True, check_finite=False)
    weights = np.zeros(known.size)
    weights[known] = linalg.cho_solve((factor, True), measured.T.ravel()[known])
    back = np.einsum("dki,id->kd", axes, weights.reshape(size, -1))
    return Update(back, axes, known, factor)
