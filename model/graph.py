"""The cost law's hierarchy as a PyMC model; building only, no sampling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import (
    Coefficients,
    gpu_s_per_query,
    inter_token_time_s,
)
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.design import Design
from wh_uncertainty.model.fitting.geometry import FIXED_FIELDS, Geometry, coefficients_of
from wh_uncertainty.model.hierarchy import (
    COEFFICIENTS,
    RUN_EFFECTS,
    correlation_factor,
    own_share,
    run_adjusted,
)
from wh_uncertainty.model.rows import ERROR_CLASSES, CostRows
from wh_uncertainty.priors import Catalogue

__all__ = ["cost_law_graph"]

Floats = NDArray[np.float64]


def cost_law_graph(
    rows: CostRows, design: Design, ln_roofline: Floats, geometry: Geometry, catalogue: Catalogue
) -> Any:
    """Build the posterior of one model's cost law.

    With k over the four coefficients, d over deployments, g over the groupings and r over series::

        ln c_dk  = ln roofline_dk + mu_k + sum_g (e_g[level(d)]k - mean_d e_g)
                   + x_d . slope_k + u_dk
        e_g      ~ N(0, sd_gk sd_gl R_kl)        R_kl = rho for k != l
        u        ~ N(0, sd_k sd_l R_kl (w K + (1 - w) I)_de)         K the kinship, w its share
        logit phi_d ~ N(stall_logit, stall_logit_sd);   phi_d = 0 where the pools are separate
        ln t     ~ StudentT(dof, ln gpu_s_per_query(c_d adjusted by run r), error of its class)
        ln tpot  ~ StudentT(dof, ln inter_token_time_s(the same), error of its class)

    Effects are centred over the deployments, so that ``mu`` is the typical deployment and does not
    trade places with them. What kinship leaves of ``u`` is each deployment's own.

    Parameters
    ----------
    rows : CostRows
    design : Design
        Of ``rows.deployments``.
    ln_roofline : ndarray of shape (deployment, 4)
    geometry : Geometry
        Coordinates in which each deployment's five numbers are sampled.
    catalogue : Catalogue

    Returns
    -------
    pymc.Model
        Geometry and what was measured are in ``pm.Data``, so others need no new compilation.
    """
    pm: Any = import_module("pymc")
    pt: Any = import_module("pytensor.tensor")
    with pm.Model() as graph:
        sd = _lognormal(
            "deployment_sd", [f"deployment_sd_{name}" for name in COEFFICIENTS], catalogue
        )
        typical = _typical(rows.deployments[0], catalogue)
        expected = _expected_coefficients(typical, design, ln_roofline, sd, catalogue)
        stall_logit = _normal("stall_logit", catalogue)
        centre = pt.concatenate(
            [expected, stall_logit * pt.ones((len(rows.deployments), 1))], axis=1
        )
        run = _runs(rows, catalogue)
        share = own_share(design.basis, catalogue)
        own = _deployments(centre, sd * np.sqrt(share)[:, None], geometry, catalogue)
        _likelihood(rows, own, run, catalogue)
    return graph


def _lognormal(name: str, priors: Sequence[str], catalogue: Catalogue) -> Any:
    """Make a vector of lognormal scales, one prior each."""
    pm: Any = import_module("pymc")
    parameters = [catalogue.priors[prior].parameters for prior in priors]
    mu, sigma = ([p[key] for p in parameters] for key in ("mu", "sigma"))
    return pm.LogNormal(name, np.array(mu), np.array(sigma), shape=len(priors))


def _normal(name: str, catalogue: Catalogue) -> Any:
    pm: Any = import_module("pymc")
    p = catalogue.priors[name].parameters
    return pm.Normal(name, p["mean"], p["sd"])


def _typical(deployment: str, catalogue: Catalogue) -> Any:
    """Four ln ratios to the roofline, of the model's typical deployment."""
    pm: Any = import_module("pymc")
    card = catalogue.models[parse_deployment_id(deployment).model]
    names = [f"{name}_over_roofline" for name in COEFFICIENTS[:-1]] + [card.cache_prior]
    p = [catalogue.priors[name].parameters for name in names]
    mu, sigma = np.array([q["mu"] for q in p]), np.array([q["sigma"] for q in p])
    return pm.Normal("ln_over_roofline", mu, sigma, shape=len(COEFFICIENTS))


def _expected_coefficients(
    typical: Any, design: Design, ln_roofline: Floats, deployment_sd: Any, catalogue: Catalogue
) -> Any:
    """Sum of everything but the deployment's own effect; shape (deployment, 4)."""
    pm: Any = import_module("pymc")
    pt: Any = import_module("pytensor.tensor")
    factor = correlation_factor(catalogue)
    expected = ln_roofline + typical
    of_kin = pt.dot(design.basis, _kin_weights(design, deployment_sd, factor, catalogue))
    centre = of_kin.mean(axis=0)
    expected = expected + of_kin - centre
    for group, levels in design.levels.items():
        sd = _lognormal(f"{group}_sd", [f"{group}_effect_sd"] * len(COEFFICIENTS), catalogue)
        z = pm.Normal(f"{group}_z", shape=(len(levels), len(COEFFICIENTS)))
        effect = pm.Deterministic(f"{group}_effect", sd * pt.dot(z, factor.T))
        of_deployment = effect[design.members[group]]
        centre = centre + of_deployment.mean(axis=0)
        expected = expected + of_deployment - of_deployment.mean(axis=0)
    pm.Deterministic("base", typical - centre)
    if design.features.shape[1]:
        sd = catalogue.priors["feature_slope_sd"].parameters["value"]
        shape = (design.features.shape[1], len(COEFFICIENTS))
        expected = expected + pt.dot(design.features, pm.Normal("slope", 0, sd, shape=shape))
    return expected


def _kin_weights(design: Design, deployment_sd: Any, factor: Floats, catalogue: Catalogue) -> Any:
    """Weights of the kinship's columns; shape (column, 4)."""
    pm: Any = import_module("pymc")
    pt: Any = import_module("pytensor.tensor")
    share = catalogue.priors["kinship_share"].parameters["value"]
    z = pm.Normal("kinship_z", shape=(design.basis.shape[1], len(COEFFICIENTS)))
    return deployment_sd * np.sqrt(share) * pt.dot(z, factor.T)


def _runs(rows: CostRows, catalogue: Catalogue) -> Any:
    """Effects of the software of the day on each series; shape (series, 3)."""
    pm: Any = import_module("pymc")
    sd = _lognormal("run_sd", [f"run_sd_{name}" for name in RUN_EFFECTS], catalogue)
    z = pm.Normal("run_z", shape=(len(rows.series), len(RUN_EFFECTS)))
    return pm.Deterministic("run_effect", sd * z)


def _deployments(centre: Any, sd: Any, geometry: Geometry, catalogue: Catalogue) -> Any:
    """Sample every deployment's five numbers in the coordinates of the geometry.

    Only the scale's Jacobian is not constant. The stall share of a disaggregated deployment is
    idle: no row sees it, and the coordinates make it a plain draw from its prior.
    """
    pm: Any = import_module("pymc")
    pt: Any = import_module("pytensor.tensor")
    stall_sd = _lognormal("stall_logit_sd", ["stall_logit_sd"], catalogue)[0]
    g = {
        field.name: pm.Data(f"geometry_{field.name}", getattr(geometry, field.name))
        for field in fields(geometry)
        if field.name not in FIXED_FIELDS
    }
    count = geometry.offset.shape[0]
    whitened = pm.Flat("whitened", shape=(count, 5), initval=np.zeros((count, 5)))
    relative = (pt.concatenate([sd, stall_sd * pt.ones((count, 1))], axis=1) / g["guess"]) ** 2
    prior = 1 / (g["composition"] * relative[:, None, :]).sum(axis=-1)
    total = g["precision"] + prior
    pm.Potential("scale", -pt.log(total).sum() / 2)
    pull = g["evidence"] + prior * (g["back"] * centre[:, None, :]).sum(axis=-1)
    along = pull / total + whitened / pt.sqrt(total)
    sampled = g["offset"] + (g["forward"] * along[:, None, :]).sum(axis=-1)
    pooled = geometry.pooled.astype(float)
    parts = coefficients_of(sampled, geometry.ln_load, pooled, pt.softplus)
    own = pm.Deterministic("deployment", pt.stack(parts, axis=1))
    inverse = np.linalg.inv(correlation_factor(catalogue))
    scaled = pt.dot((own[:, :4] - centre[:, :4]) / sd, inverse.T)
    pm.Potential("own_effect", -(scaled**2).sum() / 2 - pt.log(sd).sum())
    stall = (own[:, 4] - centre[:, 4]) / stall_sd
    pm.Potential("own_stall", -(stall**2).sum() / 2 - count * pt.log(stall_sd))
    return own


def _likelihood(rows: CostRows, own: Any, run: Any, catalogue: Catalogue) -> None:
    pm: Any = import_module("pymc")
    pt: Any = import_module("pytensor.tensor")
    d = rows.deployment
    # Exponentials of deployments, not of rows: there are ten times as many rows.
    linear = pt.exp(own[:, :4])
    phi = pm.math.invlogit(own[:, 4]) * (1 - rows.disaggregated.astype(float))
    alpha, weight, step, kv = (linear[d, k] for k in range(4))
    law = Coefficients(alpha, weight, step, kv, phi[d])
    run = run[rows.run]
    law = run_adjusted(law, run[:, 0], run[:, 1], run[:, 2], rows.load, pt.exp)
    prefill, decode = gpu_s_per_query(law, rows.tokens, rows.load)
    _errors("cost", pt.log(prefill + decode), rows.ln_gpu_s, rows, catalogue)
    tpot = inter_token_time_s(law, rows.tokens, rows.load)
    _errors("tpot", pt.log(tpot), rows.ln_tpot, rows, catalogue)


def _errors(name: str, mean: Any, observed: Floats, rows: CostRows, catalogue: Catalogue) -> None:
    pm: Any = import_module("pymc")
    one, two = "row_error_sd", "row_error_sd_disaggregated"
    priors = [two if "disaggregated" in label else one for label in ERROR_CLASSES]
    sd = _lognormal(f"{name}_error_sd", priors, catalogue)
    dof = catalogue.priors["row_error_dof"].parameters["value"]
    seen = np.flatnonzero(np.isfinite(observed))
    pm.StudentT(
        f"ln_{name}",
        nu=dof,
        mu=mean[seen],
        sigma=sd[rows.error_class[seen]],
        observed=pm.Data(f"ln_{name}_measured", observed[seen]),
    )
