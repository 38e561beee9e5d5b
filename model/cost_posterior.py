"""A cost-law posterior as its users need it: coefficients of known and of new deployments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.design import Design, feature_matrix, group_label
from wh_uncertainty.model.hierarchy import COEFFICIENTS
from wh_uncertainty.model.posterior import Posterior, load_posterior
from wh_uncertainty.model.roofline import ln_roofline
from wh_uncertainty.model.rows import CostRows
from wh_uncertainty.priors import Catalogue

__all__ = ["known_coefficients", "load_cost_law", "new_coefficients", "pack_cost_law"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def load_cost_law(model: str, directory: Path | None = None) -> Posterior:
    """Read the cost-law posterior of a model (see `load_posterior`)."""
    return load_posterior(model, directory)


def pack_cost_law(
    draws: Mapping[str, Floats], rows: CostRows, design: Design
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Turn draws into what is stored.

    Parameters
    ----------
    draws : mapping of str to ndarray
        Of the graph's variables, draws along the first axis, already thinned.
    rows : CostRows
    design : Design

    Returns
    -------
    arrays, labels
        Deployments and group effects as mean and half-precision deviation: the deviations are
        below 4, so rounding errs by at most 0.001 and typically 0.0001 in a logarithm.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for group in design.levels:
        arrays |= _split(f"{group}_effect", draws[f"{group}_effect"])
        arrays[f"{group}_sd"] = draws[f"{group}_sd"].astype(np.float32)
    arrays |= _split("deployment", draws["deployment"])
    plain = ["base", "deployment_sd", "stall_logit", "stall_logit_sd", "run_sd"]
    plain += ["cost_error_sd", "tpot_error_sd"]
    if design.features.shape[1]:
        plain.append("slope")
    arrays |= {name: draws[name].astype(np.float32) for name in plain}
    run = draws["run_effect"]
    arrays["run_mean"] = run.mean(axis=0).astype(np.float32)
    arrays["run_deviation_sd"] = run.std(axis=0).astype(np.float32)
    labels = {
        "deployments": [_summary(rows, d) for d in range(len(rows.deployments))],
        "series": list(rows.series),
        "levels": {group: list(levels) for group, levels in design.levels.items()},
        "features_kept": design.kept.tolist(),
        "features_centre": design.centre.tolist(),
        "features_scale": design.scale.tolist(),
    }
    return arrays, labels


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


def _split(name: str, draws: Floats) -> dict[str, NDArray[Any]]:
    mean = draws.mean(axis=0).astype(np.float32)
    return {f"{name}_mean": mean, f"{name}_deviation": (draws - mean).astype(np.float16)}


def _summary(rows: CostRows, d: int) -> dict[str, Any]:
    """Facts about a deployment's rows that the frontier and the flags need."""
    of_d = rows.deployment == d
    load, days = rows.load[of_d], np.sort(rows.day[of_d])
    return {
        "name": rows.deployments[d],
        "rows": int(of_d.sum()),
        "disaggregated": bool(rows.disaggregated[d]),
        "load_min": float(load.min()),
        "load_max": float(load.max()),
        "median_day": str(days[len(days) // 2]),
    }
