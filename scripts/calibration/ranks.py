"""Ranks of truths among posterior draws, and tests of them with both error rates stated.

Simulation-based calibration [talts_2018]: draw a truth from the prior, rows from the truth, and
draws from the posterior given the rows; the truth's rank among the draws is then uniform.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Check", "covered_bounds", "detectable_distance", "rank_of"]

Floats = NDArray[np.float64]


def rank_of(truth: float, draws: Floats, rng: np.random.Generator) -> float:
    """Place a truth among draws, between 0 and 1.

    Parameters
    ----------
    truth : float
    draws : ndarray of shape (draw,)
    rng : numpy.random.Generator
        Spreads the rank within its step, so that it is uniform and not only nearly so.

    Returns
    -------
    float
    """
    below = int((draws < truth).sum())
    return float((below + rng.random()) / (len(draws) + 1))


def detectable_distance(n: int, alpha: float, beta: float, tolerance: float = 0.0) -> float:
    """Distance between distribution functions that a test of n ranks sees with chance 1 - beta.

    ``sqrt(ln(2 / alpha) / 2 n) + sqrt(ln(2 / beta) / 2 n)`` beyond what is tolerated, by the
    inequality of Dvoretzky, Kiefer, Wolfowitz and Massart.

    Parameters
    ----------
    n : int
    alpha, beta : float
        Chance that right ranks are rejected, and that wrong ones pass.
    tolerance : float
        Distance at which ranks still count as right.

    Returns
    -------
    float
    """
    return tolerance + _half_width(n, alpha) + _half_width(n, beta)


@dataclass(frozen=True, slots=True)
class Check:
    """Whether ranks are uniform, up to what is tolerated.

    Parameters
    ----------
    ranks : ndarray of shape (n,)
        Independent.
    alpha : float
        Chance that right ranks are rejected, shared between the two tests.
    distance_tolerated, coverage_tolerated : float
        Distance of distribution functions, and error of the 90 % coverage, that count as right.
    """

    ranks: Floats
    alpha: float
    distance_tolerated: float = 0.0
    coverage_tolerated: float = 0.0

    @property
    def distance(self) -> float:
        """Greatest distance between the ranks' distribution function and the uniform one."""
        ordered = np.sort(self.ranks)
        steps = np.arange(len(ordered) + 1) / len(ordered)
        return float(max((steps[1:] - ordered).max(), (ordered - steps[:-1]).max()))

    @property
    def covered(self) -> int:
        """How many truths lie in their 90 % interval."""
        return int(((self.ranks >= 0.05) & (self.ranks <= 0.95)).sum())

    @property
    def faults(self) -> tuple[str, ...]:
        """Say what is wrong; nothing, where the ranks may be uniform."""
        n = len(self.ranks)
        found: list[str] = []
        if self.distance > self.distance_tolerated + _half_width(n, self.alpha / 2):
            found.append(f"ranks are {self.distance:.3f} from uniform")
        least, most = covered_bounds(n, self.alpha / 2, self.coverage_tolerated)
        if not least <= self.covered <= most:
            found.append(f"{self.covered} of {n} covered, not {least} to {most}")
        return tuple(found)


def covered_bounds(n: int, alpha: float, tolerance: float) -> tuple[int, int]:
    """Bound how many of n are covered with chance 1 - alpha, at 90 % give or take a tolerance.

    Parameters
    ----------
    n : int
    alpha : float
    tolerance : float

    Returns
    -------
    least, most : int
    """
    stats: Any = import_module("scipy.stats")
    least = int(stats.binom.ppf(alpha / 2, n, 0.9 - tolerance))
    most = int(stats.binom.isf(alpha / 2, n, min(1.0, 0.9 + tolerance)))
    return least, most


def _half_width(n: int, chance: float) -> float:
    return float(np.sqrt(np.log(2 / chance) / (2 * n)))
