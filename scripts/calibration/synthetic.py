"""Benchmark rows of known truth: real deployments, loads and lengths; figures from the cost law."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients, gpu_s_per_query, inter_token_time_s
from wh_uncertainty.model.cost_posterior import coefficients_of
from wh_uncertainty.model.deployment import Deployment, parse_deployment_id
from wh_uncertainty.model.hierarchy import run_adjusted
from wh_uncertainty.model.kin.evidence import Scatter
from wh_uncertainty.model.kin.relatedness import prior_covariance, prior_mean
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.rows import CostRows, cost_rows
from wh_uncertainty.priors import Catalogue

__all__ = ["Prior", "measured_again", "prior_numbers", "with_figures"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What is believed of deployments' five numbers, as mean and a root of the covariance.

    Parameters
    ----------
    mean : ndarray of shape (deployment, 5)
    root : ndarray of shape (5 deployment, 5 deployment)
        Lower triangular, stacked by number, then by deployment.
    """

    mean: Floats
    root: Floats

    @classmethod
    def of(cls, names: tuple[str, ...], catalogue: Catalogue) -> Prior:
        """Take the prior of `model/kin/relatedness.py`.

        Parameters
        ----------
        names : tuple of str
            Of deployments.
        catalogue : Catalogue

        Returns
        -------
        Prior
        """
        deployments: list[Deployment] = [parse_deployment_id(name) for name in names]
        covariance = prior_covariance(deployments, deployments, catalogue).array()
        size = 5 * len(deployments)
        return cls(
            prior_mean(deployments, catalogue), np.linalg.cholesky(covariance.reshape(size, size))
        )


def prior_numbers(prior: Prior, rng: np.random.Generator) -> Floats:
    """Draw a truth.

    Parameters
    ----------
    prior : Prior
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (deployment, 5)
    """
    white = prior.root @ rng.standard_normal(len(prior.root))
    return prior.mean + white.reshape(5, -1).T


def measured_again(
    template: Observations, numbers: Floats, scatter: Scatter, *, rng: np.random.Generator
) -> Observations:
    """Give rows the figures that a truth implies, with effects of runs and errors of rows.

    Parameters
    ----------
    template : Observations
        Rows of one model.
    numbers : ndarray of shape (deployment, 5)
        In the order of ``cost_rows(template).deployments``.
    scatter : Scatter
    rng : numpy.random.Generator

    Returns
    -------
    Observations
    """
    rows = cost_rows(template)
    effects = scatter.run_sd * rng.standard_normal((len(rows.series), len(scatter.run_sd)))
    law = coefficients_of(numbers, rows.disaggregated).map(lambda c: c[rows.deployment])
    speed, decode, tilt = effects[rows.run].T
    law = run_adjusted(law, speed, decode, tilt, rows.load)
    sd = scatter.row_sd[rows.error_class]
    error = sd * rng.standard_t(scatter.dof, size=(2, len(rows.load)))
    return with_figures(template, rows, law, error)


def with_figures(
    template: Observations, rows: CostRows, law: Coefficients, error: Floats
) -> Observations:
    """Replace cost and inter-token time of rows; what was not reported stays so.

    Parameters
    ----------
    template : Observations
    rows : CostRows
        Of the template.
    law : Coefficients
        Each of shape ``(row,)``.
    error : ndarray of shape (2, row)
        Of ln cost and of ln inter-token time.

    Returns
    -------
    Observations
    """
    cost = sum(gpu_s_per_query(law, rows.tokens, rows.load)) * np.exp(error[0])
    tpot = inter_token_time_s(law, rows.tokens, rows.load) * np.exp(error[1])
    reported = np.where(np.isfinite(template.tpot_s), tpot, np.nan)
    return replace(template, gpu_s_per_query=cost, tpot_s=reported)
