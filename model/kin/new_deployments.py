"""Coefficients of deployments that the fit of their model has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients
from wh_uncertainty.model.cost_posterior import coefficients_of
from wh_uncertainty.model.deployment import Deployment, parse_deployment_id
from wh_uncertainty.model.kin.gaussian import updated
from wh_uncertainty.model.kin.relatedness import prior_covariance, prior_mean
from wh_uncertainty.model.kin.sketch import Sketch
from wh_uncertainty.model.posterior import Posterior
from wh_uncertainty.priors import Catalogue

__all__ = ["given_siblings", "new_coefficients", "new_numbers", "numbers_given_siblings"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def new_coefficients(
    posterior: Posterior,
    names: Sequence[str],
    sketch: Sketch,
    catalogue: Catalogue,
    *,
    draw: Indices,
    rng: np.random.Generator,
) -> Coefficients:
    """Draw coefficients of deployments that a posterior has no rows of (see `new_numbers`).

    Parameters
    ----------
    posterior : Posterior
    names : sequence of str
        Deployment names.
    sketch : Sketch
    catalogue : Catalogue
    draw : ndarray of int, shape (n,)
        Which posterior draws to use.
    rng : numpy.random.Generator

    Returns
    -------
    Coefficients
        Each of shape ``(n, deployment)``.
    """
    new = [parse_deployment_id(name) for name in names]
    numbers = new_numbers(posterior, new, sketch, catalogue, draw=draw, rng=rng)
    return coefficients_of(numbers, np.array([d.disaggregated for d in new]))


def new_numbers(
    posterior: Posterior,
    new: Sequence[Deployment],
    sketch: Sketch,
    catalogue: Catalogue,
    *,
    draw: Indices,
    rng: np.random.Generator,
) -> Floats:
    """Draw five numbers given what like deployments of this model and of others have shown.

    With m and S the prior given other models (`given_siblings`) over the fit's deployments f and
    the new ones n: ``x_n ~ N(m_n + P (x_f - m_f), S_nn - P S_fn)`` where ``P = S_nf S_ff^-1``.

    Parameters
    ----------
    posterior : Posterior
    new : sequence of Deployment
        Of the posterior's model.
    sketch : Sketch
        Of all models; what it says of the posterior's own is not looked at.
    catalogue : Catalogue
    draw : ndarray of int, shape (n,)
        Which posterior draws to use.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n, deployment, 5)
    """
    fitted = [parse_deployment_id(entry["name"]) for entry in posterior.record["deployments"]]
    siblings = sketch.of_model(posterior.name, others=True)
    mean, covariance = given_siblings([*new, *fitted], siblings, catalogue)
    pull, root = _conditional(covariance, len(new))
    known = posterior.draws_of("deployment") - mean[len(new) :]
    shift = known.transpose(0, 2, 1).reshape(len(known), -1) @ pull.T
    white = rng.standard_normal((len(draw), len(root))) @ root.T
    apart = (shift[draw] + white).reshape(len(draw), -1, len(new)).transpose(0, 2, 1)
    return mean[: len(new)] + apart


def numbers_given_siblings(
    deployments: Sequence[Deployment],
    siblings: Sketch,
    catalogue: Catalogue,
    *,
    n: int,
    rng: np.random.Generator,
) -> Floats:
    """Draw five numbers jointly from what the rows of other deployments say (`given_siblings`).

    Parameters
    ----------
    deployments : sequence of Deployment
    siblings : Sketch
    catalogue : Catalogue
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n, deployment, 5)
    """
    mean, covariance = given_siblings(deployments, siblings, catalogue)
    flat = covariance.reshape(mean.size, mean.size)
    white = rng.standard_normal((n, mean.size)) @ np.linalg.cholesky(flat).T
    return mean + white.reshape(n, -1, len(deployments)).transpose(0, 2, 1)


def given_siblings(
    deployments: Sequence[Deployment], siblings: Sketch, catalogue: Catalogue
) -> tuple[Floats, Floats]:
    """Prior of deployments' numbers once the rows of other models are known.

    Parameters
    ----------
    deployments : sequence of Deployment
        Of a model that is not among the siblings.
    siblings : Sketch
    catalogue : Catalogue

    Returns
    -------
    mean : ndarray of shape (deployment, 5)
    covariance : ndarray of shape (5, deployment, 5, deployment)
    """
    mean = prior_mean(deployments, catalogue)
    covariance = prior_covariance(deployments, deployments, catalogue).array()
    if not siblings.deployments:
        return mean, covariance
    others = [parse_deployment_id(name) for name in siblings.deployments]
    among = prior_covariance(others, others, catalogue)
    update = updated(prior_mean(others, catalogue), among, siblings.evidence)
    between = prior_covariance(deployments, others, catalogue).array()
    return mean + update.shift(between).T, covariance - update.explained(between)


def _conditional(covariance: Floats, count: int) -> tuple[Floats, Floats]:
    """Split off the first `count` deployments: pull of the others on them, root of what is left.

    Both are stacked by number, then by deployment: (5 new, 5 fitted) and (5 new, 5 new).
    """
    size, total = covariance.shape[:2]
    new, old = size * count, size * (total - count)
    between = covariance[:, :count, :, count:].reshape(new, old)
    of_old = covariance[:, count:, :, count:].reshape(old, old)
    pull: Floats = np.linalg.solve(of_old, between.T).T
    left = covariance[:, :count, :, :count].reshape(new, new) - pull @ between.T
    return pull, np.linalg.cholesky(left)
