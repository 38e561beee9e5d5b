"""Coefficients of deployments that the fit has not seen, from its posterior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients
from wh_uncertainty.model.cost_posterior import coefficients_of
from wh_uncertainty.model.deployment import Deployment, parse_deployment_id
from wh_uncertainty.model.design import GROUPS, feature_matrix, group_label
from wh_uncertainty.model.hierarchy import COEFFICIENTS, correlation_factor
from wh_uncertainty.model.kinship import kinship
from wh_uncertainty.model.posterior import Posterior
from wh_uncertainty.model.roofline import ln_roofline
from wh_uncertainty.priors import Catalogue

__all__ = ["new_coefficients"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def new_coefficients(
    posterior: Posterior,
    names: Sequence[str],
    catalogue: Catalogue,
    *,
    draw: Indices,
    rng: np.random.Generator,
) -> Coefficients:
    """Coefficients of deployments that the fit has not seen.

    Known levels of a grouping keep their effect and a new level draws one. What is particular to
    the deployment is drawn given what its kin of the fit have shown: with ``A = w K + (1 - w) I``
    over the fit and the new ones, a conditional normal of ``A``.

    Parameters
    ----------
    posterior : Posterior
    names : sequence of str
        Deployment names.
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
    fitted = [parse_deployment_id(entry["name"]) for entry in posterior.record["deployments"]]
    factor = correlation_factor(catalogue)
    explained = _explained(posterior, new, fitted, catalogue, factor, draw, rng)
    of_fitted = _explained(
        posterior, fitted, fitted, catalogue, factor, np.arange(posterior.draws), rng
    )
    own = posterior.draws_of("deployment")[..., :4] - of_fitted
    pull, leftover = _given_kin(new, fitted, catalogue)
    z = rng.standard_normal((len(draw), len(names), len(COEFFICIENTS)))
    sd = posterior.arrays["deployment_sd"][draw].astype(np.float64)
    ln_c = explained + (pull @ own)[draw] + sd[:, None, :] * (leftover @ z @ factor.T)
    stall_sd = posterior.arrays["stall_logit_sd"][draw]
    logit = posterior.arrays["stall_logit"][draw][:, None]
    logit = logit + rng.standard_normal((len(draw), len(names))) * stall_sd
    disaggregated = np.array([d.disaggregated for d in new])
    return coefficients_of(np.concatenate([ln_c, logit[..., None]], axis=-1), disaggregated)


def _given_kin(
    new: Sequence[Deployment], fitted: Sequence[Deployment], catalogue: Catalogue
) -> tuple[Floats, Floats]:
    """Conditional normal of the new deployments' effects: (new, fitted) and (new, new).

    The mean is the first times the fitted ones' effects, the second a factor of the covariance,
    both in units of `deployment_sd`.
    """
    share = catalogue.priors["kinship_share"].parameters["value"]

    def covariance(group: Sequence[Deployment]) -> Floats:
        return share * kinship(group, group) + (1 - share) * np.eye(len(group))

    between = share * kinship(new, fitted)
    pull: Floats = np.linalg.solve(covariance(fitted), between.T).T
    return pull, np.linalg.cholesky(covariance(new) - pull @ between.T)


def _explained(
    posterior: Posterior,
    wanted: Sequence[Deployment],
    fitted: Sequence[Deployment],
    catalogue: Catalogue,
    factor: Floats,
    draw: Indices,
    rng: np.random.Generator,
) -> Floats:
    """Sum up what labels and features say of each ln coefficient, shape (n, wanted, 4)."""
    arrays, record = posterior.arrays, posterior.record
    scale = np.array([ln_roofline(catalogue, d.model, d.hardware, d.precision) for d in wanted])
    ln_c = scale[None] + arrays["base"][draw][:, None, :].astype(np.float64)
    for group in GROUPS:
        known = _level_effects(posterior, group, fitted, draw)
        sd = _level_sd(posterior, group, catalogue, draw, rng)
        labels = [group_label(d, group) for d in wanted]
        for label in dict.fromkeys(labels):
            if label not in known:
                z = rng.standard_normal((len(draw), len(COEFFICIENTS)))
                known[label] = sd * (z @ factor.T)
        ln_c = ln_c + np.stack([known[label] for label in labels], axis=1)
    if "slope" in arrays:
        kept = np.array(record["features_kept"])
        centre, width = np.array(record["features_centre"]), np.array(record["features_scale"])
        features = (feature_matrix(wanted)[:, kept] - centre) / width
        ln_c = ln_c + np.einsum("df,nfk->ndk", features, arrays["slope"][draw])
    return ln_c


def _level_effects(
    posterior: Posterior, group: str, fitted: Sequence[Deployment], draw: Indices
) -> dict[str, Floats]:
    """Effect of every level that the fit has seen, each of shape (n, 4).

    A grouping that the design left out told nothing apart: its levels are part of the rest.
    """
    levels = posterior.record["levels"].get(group)
    if levels is None:
        none = np.zeros((len(draw), len(COEFFICIENTS)))
        return {group_label(d, group): none for d in fitted}
    effects = posterior.draws_of(f"{group}_effect")[draw]
    return {level: effects[:, i] for i, level in enumerate(levels)}


def _level_sd(
    posterior: Posterior,
    group: str,
    catalogue: Catalogue,
    draw: Indices,
    rng: np.random.Generator,
) -> Floats:
    """Spread of a grouping's levels, shape (n, 4); from its prior where the fit had no say."""
    name = f"{group}_sd"
    if name in posterior.arrays:
        return posterior.arrays[name][draw].astype(np.float64)
    prior = catalogue.priors[f"{group}_effect_sd"].parameters
    z = rng.standard_normal((len(draw), len(COEFFICIENTS)))
    sd: Floats = np.exp(prior["mu"] + prior["sigma"] * z)
    return sd
