"""A Gaussian belief over all deployments' numbers, given what some of their rows say.

Arrays are stacked by number, then by deployment: ``(5, deployment)`` and
``(5, deployment, 5, deployment)``; the latter has 31 million entries for all deployments of the
benchmark, so that nobody multiplies it out who can do without.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.kin.evidence import Evidence

__all__ = ["Covariance", "Update", "updated"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

# Directions of which rows say less than this, in units of 1 / prior variance, say nothing.
_LEAST_INFORMATION = 0.02


@dataclass(frozen=True, slots=True)
class Covariance:
    """Covariance between the numbers of deployments: a sum of products, not multiplied out.

    Parameters
    ----------
    terms : tuple of (ndarray, ndarray)
        A kernel between deployments, shape (deployment, other), and the covariance between
        numbers that it weighs, shape (5, 5).
    """

    terms: tuple[tuple[Floats, Floats], ...]

    def array(self) -> Floats:
        """Multiply out; shape (5, deployment, 5, other)."""
        ours, theirs = self.terms[0][0].shape
        size = len(self.terms[0][1])
        covariance = np.zeros((size, ours, size, theirs))
        for kernel, numbers in self.terms:
            for one, other in zip(*np.nonzero(numbers), strict=True):
                covariance[one, :, other, :] += numbers[one, other] * kernel
        return covariance

    def along(self, deployment: Indices, direction: Floats) -> Floats:
        """Covariance between weighted sums of one deployment's numbers each.

        Parameters
        ----------
        deployment : ndarray of int, shape (sum,)
        direction : ndarray of shape (sum, 5)

        Returns
        -------
        ndarray of shape (sum, sum)
        """
        total = np.zeros((len(deployment), len(deployment)))
        between, within = np.empty_like(total), np.empty_like(total)
        for kernel, numbers in self.terms:
            # Memory that is used again: a new page takes longer than what is written to it. Any
            # mode but "clip" would copy.
            np.take(kernel[deployment], deployment, axis=1, out=between, mode="clip")
            np.matmul(direction @ numbers, direction.T, out=within)
            between *= within
            total += between
        return total


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


def updated(mean: Floats, covariance: Covariance, evidence: Evidence) -> Update:
    """Weigh evidence against a prior.

    Each deployment's information is turned into its eigenvectors' basis, where its directions are
    independent measurements with variance 1 / eigenvalue; those with none are left out.

    Parameters
    ----------
    mean : ndarray of shape (deployment, 5)
    covariance : Covariance
        Of the deployments among themselves.
    evidence : Evidence

    Returns
    -------
    Update
    """
    value, axes = np.linalg.eigh(evidence.information)
    known = (value > _LEAST_INFORMATION).T
    variance = 1 / np.where(value > _LEAST_INFORMATION, value, 1.0)
    surprise = evidence.pull - np.einsum("dij,dj->di", evidence.information, mean)
    measured = variance * np.einsum("dji,dj->di", axes, surprise)
    axis, deployment = np.nonzero(known)
    total = covariance.along(deployment, axes[deployment, :, axis])
    total[np.diag_indices_from(total)] += variance[deployment, axis]
    linalg: Any = import_module("scipy.linalg")
    factor: Floats = linalg.cholesky(total, lower=True, overwrite_a=True, check_finite=False)
    weights = np.zeros(known.shape)
    weights[known] = linalg.cho_solve((factor, True), measured.T[known], check_finite=False)
    back = np.einsum("dki,id->kd", axes, weights)
    return Update(back, axes, known.ravel(), factor)
