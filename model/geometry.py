"""Coordinates in which the sampler sees each deployment: decorrelated from its hierarchy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.local_fit import fit_deployments
from wh_uncertainty.model.rows import CostRows

__all__ = ["Geometry", "sampling_geometry"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Geometry:
    """``own = offset + weight @ centre + cholesky @ whitened`` for every deployment.

    Where rows say much, `weight` is near 0 and a deployment stands on its own rows (a centred
    hierarchy); where they say nothing it is near 1 (a non-centred one); each direction of the five
    numbers finds its place between. Both extremes alone mix badly on these data.

    Parameters
    ----------
    offset : ndarray of shape (deployment, 5)
    weight, cholesky : ndarray of shape (deployment, 5, 5)
    """

    offset: Floats
    weight: Floats
    cholesky: Floats


def sampling_geometry(rows: CostRows, ln_roofline: Floats, prior_covariance: Floats) -> Geometry:
    """Derive the coordinates from a sketch of each deployment.

    With prior precision P and the sketch's covariance C, the mean of a Gaussian deployment given
    the centre of its hierarchy is ``C P centre`` plus a constant, and its spread is C.

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
    precision = np.linalg.inv(prior_covariance)
    sketch = fit_deployments(rows, ln_roofline, precision)
    weight = sketch.covariance @ precision
    offset = sketch.mean - np.einsum("dij,dj->di", weight, sketch.centre)
    return Geometry(offset, weight, np.linalg.cholesky(sketch.covariance))
