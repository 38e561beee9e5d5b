"""Variance-based sensitivity indices from paired evaluations, for any function of groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Estimates", "SobolIndices", "paired_points", "sobol_indices"]

Floats = NDArray[np.float64]

_TAIL = 0.025  # of a 95 % confidence interval, each side


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Estimates with their 95 % confidence intervals, each of shape ``(group,)``."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SobolIndices:
    """Shares of the variance of an outcome.

    Parameters
    ----------
    first : Estimates
        ``V[E[f | x_g]] / V[f]``: what would go, on average, if the group alone were known.
    total : Estimates
        ``E[V[f | x_not g]] / V[f]``: what would stay if all else were known. Never below `first`,
        and above it by the group's interactions.
    variance : float
        V[f].
    """

    first: Estimates
    total: Estimates
    variance: float


def paired_points(dimensions: int, log2_n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Make two independent designs of ``2^log2_n`` points from one scrambled Sobol' sequence.

    Parameters
    ----------
    dimensions : int
    log2_n : int
    rng : numpy.random.Generator
        Of the scrambling.

    Returns
    -------
    a, b : ndarray of shape (n, dimensions)
        In [0, 1).
    """
    from scipy.stats import qmc  # half a second that only this analysis pays

    points = qmc.Sobol(2 * dimensions, scramble=True, rng=rng).random_base2(log2_n)
    return points[:, :dimensions], points[:, dimensions:]


def sobol_indices(
    f_a: Floats, f_b: Floats, f_ab: Floats, *, resamples: int = 200, rng: np.random.Generator
) -> SobolIndices:
    """Estimate first-order and total indices, with bootstrap confidence intervals.

    With f centred and A_B^g the points of A whose group g comes from B::

        S_g = mean(f(B) (f(A_B^g) - f(A))) / V        (Saltelli 2010)
        T_g = mean((f(A) - f(A_B^g))^2) / 2 V         (Jansen 1999)

    The bootstrap takes points as independent. Those of a Sobol' sequence are better than that, so
    the intervals are on the wide side. A group without effect has exactly 0 in both.

    Parameters
    ----------
    f_a, f_b : ndarray of shape (n,)
    f_ab : ndarray of shape (group, n)
    resamples : int
        Of the bootstrap.
    rng : numpy.random.Generator
        Of the bootstrap.

    Returns
    -------
    SobolIndices
        All zero for an outcome that does not vary.

    References
    ----------
    Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018, table 2 (b) and (f).
    """
    centre = (f_a.mean() + f_b.mean()) / 2
    a, b, ab = f_a - centre, f_b - centre, f_ab - centre
    first, total = (b * (ab - a)).T, ((a - ab) ** 2).T / 2
    terms = np.column_stack([(a + b) / 2, (a**2 + b**2) / 2, first, total])
    means = _resampled_means(terms, resamples, rng)
    variance = means[:, 1] - means[:, 0] ** 2
    shares = means[:, 2:] / np.where(variance > 0, variance, np.inf)[:, None]
    return SobolIndices(
        first=_with_interval(shares[:, : len(f_ab)]),
        total=_with_interval(shares[:, len(f_ab) :]),
        variance=float(variance[0]),
    )


def _resampled_means(terms: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """Mean over points, and over each resample of them; shape ``(1 + resample, term)``."""
    n = len(terms)
    resampled = (
        np.bincount(rng.integers(n, size=n), minlength=n) @ terms / n for _ in range(resamples)
    )
    return np.array([terms.mean(axis=0), *resampled])


def _with_interval(estimates: Floats) -> Estimates:
    """Split off the estimate, in the first row, from its resamples."""
    low, high = np.quantile(estimates[1:], [_TAIL, 1 - _TAIL], axis=0)
    return Estimates(estimates[0], low, high)
