"""A cost-law posterior as its users need it: coefficients of known and of new deployments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.design import feature_matrix, group_label
from wh_uncertainty.model.hierarchy import COEFFICIENTS
from wh_uncertainty.model.posterior import Posterior, load_posterior
from wh_uncertainty.model.roofline import ln_roofline
from wh_uncertainty.priors import Catalogue

__all__ = ["known_coefficients", "load_cost_law", "new_coefficients"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def load_cost_law(model: str, directory: Path | None = None) -> Posterior:
    """Read the cost-law posterior of a model (see `load_posterior`)."""
    return load_posterior(model, directory)


def known_coefficients(posterior: Posterior, chosen: Sequence[int]) -> Coefficients:
    """Coefficients of deployments in the fit, averaged over their runs.

    Parameters
    ----------
    posterior : Posterior
    chosen : sequence of int
        Positions among the record's ``deployments``.

    Returns
    -------
    Coefficients
        Each of shape ``(draw, chosen)``.
    """
    mean = posterior.arrays["deployment_mean"][list(chosen)].astype(np.float64)
    own = mean + posterior.arrays["deployment_deviation"][:, list(chosen)]
    disaggregated = [bool(posterior.record["deployments"][d]["disaggregated"]) for d in chosen]
    return _coefficients(own, np.array(disaggregated))


def new_coefficients(
    posterior: Posterior,
    names: Sequence[str],
    catalogue: Catalogue,
    correlation: Floats,
    *,
    draw: Indices,
    rng: np.random.Generator,
) -> Coefficients:
    """Coefficients of deployments that the fit has not seen.

    Known levels of a grouping keep their effect; a new level, and the deployment itself, draw one.

    Parameters
    ----------
    posterior : Posterior
    names : sequence of str
        Deployment names.
    catalogue : Catalogue
    correlation : ndarray of shape (4, 4)
        Lower factor, `correlation_factor`.
    draw : ndarray of int, shape (n,)
        Which posterior draws to use.
    rng : numpy.random.Generator

    Returns
    -------
    Coefficients
        Each of shape ``(n, deployment)``.
    """
    arrays, record = posterior.arrays, posterior.record
    deployments = [parse_deployment_id(name) for name in names]
    scale = np.array(
        [ln_roofline(catalogue, d.model, d.hardware, d.precision) for d in deployments]
    )
    ln_c = scale[None] + arrays["base"][draw][:, None, :].astype(np.float64)
    for group, levels in record["levels"].items():
        labels = [group_label(d, group) for d in deployments]
        ln_c = ln_c + _group_effects(posterior, group, levels, labels, correlation, draw, rng)
    if "slope" in arrays:
        kept = np.array(record["features_kept"])
        centre, width = np.array(record["features_centre"]), np.array(record["features_scale"])
        features = (feature_matrix(deployments)[:, kept] - centre) / width
        ln_c = ln_c + np.einsum("df,nfk->ndk", features, arrays["slope"][draw])
    own = rng.standard_normal((len(draw), len(names), len(COEFFICIENTS))) @ correlation.T
    ln_c = ln_c + arrays["deployment_sd"][draw][:, None, :] * own
    stall = rng.standard_normal((len(draw), len(names))) * arrays["stall_logit_sd"][draw]
    logit = arrays["stall_logit"][draw][:, None] + stall
    disaggregated = np.array([d.disaggregated for d in deployments])
    return _coefficients(np.concatenate([ln_c, logit[..., None]], axis=-1), disaggregated)


def _group_effects(
    posterior: Posterior,
    group: str,
    levels: Sequence[str],
    labels: Sequence[str],
    correlation: Floats,
    draw: Indices,
    rng: np.random.Generator,
) -> Floats:
    """Effects of one grouping, shape (n, deployment, 4)."""
    fitted = posterior.draws_of(f"{group}_effect")[draw]
    sd = posterior.arrays[f"{group}_sd"][draw]
    effects: dict[str, Floats] = {}
    for label in labels:
        if label in effects:
            continue
        if label in levels:
            effects[label] = fitted[:, levels.index(label)]
        else:
            z = rng.standard_normal((len(draw), len(COEFFICIENTS)))
            effects[label] = sd * (z @ correlation.T)
    return np.stack([effects[label] for label in labels], axis=1)


def _coefficients(own: Floats, disaggregated: NDArray[np.bool_]) -> Coefficients:
    c = np.exp(own[..., :4])
    phi = np.where(disaggregated, 0.0, 1 / (1 + np.exp(-own[..., 4])))
    return Coefficients(c[..., 0], c[..., 1], c[..., 2], c[..., 3], phi)
