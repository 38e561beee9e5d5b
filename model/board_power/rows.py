"""Rows with measured board power, as arrays, and what the posterior expects of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.board_power.posterior import (
    board_coefficients,
    fraction_of_tdp,
    power_features,
    static_features,
)
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.posterior import Posterior
from wh_uncertainty.priors import Catalogue

__all__ = ["PowerRows", "power_rows", "predict_board_power"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class PowerRows:
    """Rows with measured board power; arrays of shape ``(row,)`` unless said otherwise.

    Parameters
    ----------
    deployments : tuple of str
    deployment : ndarray of int
    static : ndarray of shape (deployment, 2)
        log2 of GPUs over a node; separate pools (0/1).
    load : ndarray of shape (row, 3)
        `power_features`.
    ln_fraction : ndarray
        ln(board W / TDP).
    """

    deployments: tuple[str, ...]
    deployment: Indices
    static: Floats
    load: Floats
    ln_fraction: Floats


def power_rows(observations: Observations, catalogue: Catalogue) -> PowerRows:
    """Index rows with measured power.

    Parameters
    ----------
    observations : Observations
        Rows whose ``board_w`` is known.
    catalogue : Catalogue

    Returns
    -------
    PowerRows
    """
    o = observations
    names, index = np.unique(o.configuration, return_inverse=True)
    tdp = np.array([catalogue.hardware[h].tdp_w for h in o.hardware.tolist()])
    features = power_features(o.load, o.mean_isl_tok, o.mean_osl_tok)
    static = static_features([parse_deployment_id(name) for name in names.tolist()])
    return PowerRows(
        tuple(names.tolist()), index, static, np.column_stack(features), np.log(o.board_w / tdp)
    )


def predict_board_power(
    posterior: Posterior,
    observations: Observations,
    catalogue: Catalogue,
    *,
    repeats: int = 2,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Draw what rows with measured power would report, beside what they did.

    Parameters
    ----------
    posterior : Posterior
    observations : Observations
        Rows whose ``board_w`` is known.
    catalogue : Catalogue
    repeats : int
        Predictive draws per posterior draw.
    rng : numpy.random.Generator

    Returns
    -------
    draws : ndarray of shape (draw, row)
        ln(board W / TDP).
    measured : ndarray of shape (row,)
    """
    rows = power_rows(observations, catalogue)
    a = posterior.arrays
    draw = np.tile(np.arange(posterior.draws), repeats)
    coefficients = board_coefficients(posterior, rows.deployments, draw=draw)
    mean = np.log(fraction_of_tdp(coefficients[:, :, rows.deployment], tuple(rows.load.T)))
    dof = catalogue.priors["row_error_dof"].parameters["value"]
    error = a["row_error_sd"][draw][:, None] * rng.standard_t(dof, size=mean.shape)
    return mean + error, rows.ln_fraction
