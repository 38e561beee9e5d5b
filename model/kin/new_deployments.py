"""Coefficients of deployments that the fit of their model has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients
from wh_uncertainty.model.cost_posterior import coefficients_of
from wh_uncertainty.model.deployment import Deployment, parse_deployment_id
from wh_uncertainty.model.kin.gaussian import Update, updated
from wh_uncertainty.model.kin.relatedness import prior_covariance, prior_mean
from wh_uncertainty.model.kin.sketch import Sketch
from wh_uncertainty.model.posterior import Posterior
from wh_uncertainty.priors import Catalogue

__all__ = [
    "Siblings",
    "given_siblings",
    "learnt_from",
    "new_coefficients",
    "new_numbers",
    "numbers_given_siblings",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Siblings:
    """Deployments of other models, and what their rows change elsewhere.

    Parameters
    ----------
    deployments : tuple of Deployment
    update : Update or None
        None where there are no deployments.
    """

    deployments: tuple[Deployment, ...]
    update: Update | None


def learnt_from(sketch: Sketch, catalogue: Catalogue, *, without: str = "") -> Siblings:
    """Weigh the rows of a sketch's deployments: most of the work of any prediction.

    Parameters
    ----------
    sketch : Sketch
    catalogue : Catalogue
    without : str
        A model whose own rows are not looked at, as its fit has them.

    Returns
    -------
    Siblings
    """
    sketch = sketch.of_model(without, others=True)
    others = tuple(parse_deployment_id(name) for name in sketch.deployments)
    if not others:
        return Siblings(others, None)
    among = prior_covariance(others, others, catalogue)
    return Siblings(others, updated(prior_mean(others, catalogue), among, sketch.evidence))


def new_coefficients(
    posterior: Posterior,
    names: Sequence[str],
    siblings: Siblings,
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
    siblings : Siblings
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
    numbers = new_numbers(posterior, new, siblings, catalogue, draw=draw, rng=rng)
    return coefficients_of(numbers, np.array([d.disaggregated for d in new]))


def new_numbers(
    posterior: Posterior,
    new: Sequence[Deployment],
    siblings: Siblings,
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
    siblings : Siblings
        Of other models than the posterior's.
    catalogue : Catalogue
    draw : ndarray of int, shape (n,)
        Which posterior draws to use.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n, deployment, 5)
    """
    fitted = [parse_deployment_id(entry["name"]) for entry in posterior.record["deployments"]]
    mean, covariance = given_siblings([*new, *fitted], siblings, catalogue)
    pull, root = _conditional(covariance, len(new))
    known = posterior.draws_of("deployment") - mean[len(new) :]
    shift = known.transpose(0, 2, 1).reshape(len(known), -1) @ pull.T
    white = rng.standard_normal((len(draw), len(root))) @ root.T
    apart = (shift[draw] + white).reshape(len(draw), -1, len(new)).transpose(0, 2, 1)
    return mean[: len(new)] + apart


def numbers_given_siblings(
    deployments: Sequence[Deployment],
    siblings: Siblings,
    catalogue: Catalogue,
    *,
    n: int,
    rng: np.random.Generator,
) -> Floats:
    """Draw five numbers jointly from what the rows of other deployments say (`given_siblings`).

    Parameters
    ----------
    deployments : sequence of Deployment
    siblings : Siblings
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
    deployments: Sequence[Deployment], siblings: Siblings, catalogue: Catalogue
) -> tuple[Floats, Floats]:
    """Prior of deployments' numbers once the rows of other models are known.

    Parameters
    ----------
    deployments : sequence of Deployment
        Of a model that is not among the siblings.
    siblings : Siblings
    catalogue : Catalogue

    Returns
    -------
    mean : ndarray of shape (deployment, 5)
    covariance : ndarray of shape (5, deployment, 5, deployment)
    """
    mean = prior_mean(deployments, catalogue)
    covariance = prior_covariance(deployments, deployments, catalogue).array()
    if siblings.update is None:
        return mean, covariance
    between = prior_covariance(deployments, siblings.deployments, catalogue).array()
    update = siblings.update
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
