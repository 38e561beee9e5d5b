"""What a measured energy says of provider efficiency: an exact update, draw by draw.

Energy falls with efficiency, so each draw of all other unknowns has one efficiency at which it
gives a wanted energy. With ``x = ln E`` and a meter that reads ``ln y ~ N(x, s^2)``,

    p(x | u, y) ~ p_eta(eta(x, u)) |d ln eta / d x| N(ln y; x, s^2).

So ``x ~ N(ln y, s^2)`` is drawn, eta is solved for, and the draw is weighted by the first two
factors; nothing is approximated but by the number of draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.metering.series import MeterError
from wh_uncertainty.priors import PriorSpec, cdf

__all__ = [
    "EfficiencyUpdate",
    "effective_number",
    "solved_efficiency",
    "systematic_rows",
    "updated_efficiency",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
EnergyAt = Callable[[Floats], Floats]

_ROUNDS = 100
_TOLERANCE = 1e-9  # of ln energy; meters know it to 1e-2
_STEP = 1e-4  # of ln eta, for slopes: errors of 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class EfficiencyUpdate:
    """Draws of the posterior with weights.

    Parameters
    ----------
    efficiency : ndarray of shape (draw,)
        At which the draw gives an energy that the meter allows.
    weight : ndarray of shape (draw,)
        Relative; all are 0 where the prior excludes every efficiency.
    """

    efficiency: Floats
    weight: Floats

    @property
    def effective_draws(self) -> float:
        """How many draws of equal weight tell as much (`effective_number`)."""
        return effective_number(self.weight)


def updated_efficiency(
    wh_at: EnergyAt,
    prior: PriorSpec,
    measured_wh: float,
    ln_sd: float,
    n: int,
    *,
    rng: np.random.Generator,
) -> EfficiencyUpdate:
    """Update efficiency and, through weights, everything drawn with it.

    Parameters
    ----------
    wh_at : callable
        Energy of each of `n` draws at an efficiency of each [Wh].
    prior : PriorSpec
        Of efficiency, with a density.
    measured_wh : float
    ln_sd : float
        Standard deviation of ln of the reading.
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    EfficiencyUpdate

    References
    ----------
    Importance sampling with the likelihood as proposal; Robert and Casella (2004), ch. 3.3.
    """
    true_ln_wh = np.log(measured_wh) + ln_sd * rng.standard_normal(n)
    eta = solved_efficiency(wh_at, true_ln_wh)
    up, down = eta * np.exp(_STEP), eta * np.exp(-_STEP)
    density = np.maximum(cdf(prior, up) - cdf(prior, down), 0) / (2 * _STEP)
    slope = (np.log(wh_at(up)) - np.log(wh_at(down))) / (2 * _STEP)
    return EfficiencyUpdate(eta, density / np.abs(slope))


def solved_efficiency(wh_at: EnergyAt, ln_wh: Floats) -> Floats:
    """Find the efficiency at which each draw takes a wanted energy.

    ``ln eta <- ln eta + ln E(eta) - ln E``: as ``-1 <= d ln E / d ln eta <= -(1 - epsilon)``, each
    round leaves at most the share epsilon of the error.

    Parameters
    ----------
    wh_at : callable
    ln_wh : ndarray of shape (draw,)

    Returns
    -------
    ndarray of shape (draw,)

    Raises
    ------
    MeterError
        No solution, because energy does not fall with efficiency.
    """
    ln_eta = np.zeros_like(ln_wh)
    for _ in range(_ROUNDS):
        error = np.log(wh_at(np.exp(ln_eta))) - ln_wh
        ln_eta = ln_eta + error
        if np.abs(error).max() < _TOLERANCE:
            return np.exp(ln_eta)
    raise MeterError(
        "no efficiency gives the measured energy in every draw; is the prior power_elasticity, "
        "which must stay well below 1, one of your own?"
    )


def effective_number(weight: Floats) -> float:
    """Return ``(sum w)^2 / sum w^2`` of weights: how many equal ones tell as much."""
    total = float(weight.sum())
    return 0.0 if total == 0 else total**2 / float(np.square(weight).sum())


def systematic_rows(weight: Floats, n: int, *, rng: np.random.Generator) -> Indices:
    """Choose `n` draws in proportion to their weights, with the least noise.

    Parameters
    ----------
    weight : ndarray of shape (draw,)
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (n,)
        In no order.

    References
    ----------
    Kitagawa (1996), J. Comput. Graph. Stat. 5: systematic resampling.
    """
    edges: Floats = np.cumsum(weight)
    at: Floats = (rng.random() + np.arange(n)) / n * edges[-1]
    # Without the last edge, rounding puts no point beyond the end.
    return rng.permutation(np.searchsorted(edges[:-1], at, side="right"))
