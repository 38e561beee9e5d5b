"""Rows beside what every draw of a fit expects of them: density and replicates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.observations import Observations

__all__ = ["Likelihood", "log_density", "replicates", "spread", "spread_draws"]

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

#: Draws per chain that rows are held against: 2,000 of four chains tell a tail of 5 % to 0.5 %.
_DRAWS_PER_CHAIN = 500


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """One kind of measurement, ``measured ~ StudentT(dof, mean, sd)``.

    Parameters
    ----------
    name : str
        ``cost``, ``tpot`` or ``board_power``.
    rows : Observations
        Those that report it.
    measured : ndarray of shape (row,)
        A logarithm.
    mean : ndarray of shape (chain, draw, row)
    sd : ndarray of shape (chain, draw, row) or one that broadcasts to it
    error_class : ndarray of str, shape (row,)
        Rows that err alike.
    dof : float
    """

    name: str
    rows: Observations
    measured: Floats
    mean: Floats
    sd: Floats
    error_class: Strings
    dof: float


def spread(posterior: Any) -> Any:
    """Pick draws evenly spaced over each chain; all, where there are few.

    Parameters
    ----------
    posterior : xarray.Dataset

    Returns
    -------
    xarray.Dataset
    """
    draws = int(posterior.sizes["draw"])
    at = np.linspace(0, draws - 1, min(_DRAWS_PER_CHAIN, draws)).round().astype(int)
    return posterior.isel(draw=at)


def spread_draws(posterior: Any, name: str) -> Floats:
    """Return the draws of one variable that `spread` picks.

    Parameters
    ----------
    posterior : xarray.Dataset
    name : str

    Returns
    -------
    ndarray of shape (chain, draw, ...)
    """
    picked: Floats = spread(posterior[[name]])[name].to_numpy()
    return picked


def log_density(likelihood: Likelihood) -> Floats:
    """Log density of every row under every draw, by the formula and not by the graph.

    The graph would evaluate its whole density once per draw.

    Parameters
    ----------
    likelihood : Likelihood

    Returns
    -------
    ndarray of shape (chain, draw, row)
    """
    one = likelihood
    gammaln = import_module("scipy.special").gammaln
    half = (one.dof + 1) / 2
    constant = float(gammaln(half) - gammaln(one.dof / 2)) - math.log(one.dof * math.pi) / 2
    z = (one.measured - one.mean) / one.sd
    density: Floats = constant - np.log(one.sd) - half * np.log1p(z * z / one.dof)
    return density


def replicates(likelihood: Likelihood, rng: np.random.Generator) -> Floats:
    """Draw what the same rows would report if they were measured again.

    Parameters
    ----------
    likelihood : Likelihood
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (chain, draw, row)
    """
    error = rng.standard_t(likelihood.dof, size=likelihood.mean.shape)
    replicated: Floats = likelihood.mean + likelihood.sd * error
    return replicated
