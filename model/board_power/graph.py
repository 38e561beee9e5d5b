"""Board power's hierarchy as a PyMC model; building only, no sampling."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from wh_uncertainty.model.board_power.kinship import fitted_kin_columns
from wh_uncertainty.model.board_power.posterior import (
    POWER_GROUPS,
    POWER_NUMBERS,
    power_group_label,
)
from wh_uncertainty.model.board_power.rows import PowerRows
from wh_uncertainty.model.deployment import Deployment, parse_deployment_id
from wh_uncertainty.priors import Catalogue, pymc_distribution

__all__ = ["board_power_graph", "power_levels"]


def power_levels(rows: PowerRows) -> dict[str, list[str]]:
    """Levels of every grouping among the rows, in order of first appearance.

    Parameters
    ----------
    rows : PowerRows

    Returns
    -------
    dict of str to list of str
    """
    deployments = [parse_deployment_id(name) for name in rows.deployments]
    return {
        group: list(dict.fromkeys(power_group_label(d, group) for d in deployments))
        for group in POWER_GROUPS
    }


def board_power_graph(rows: PowerRows, catalogue: Catalogue) -> Any:
    """Build the posterior of board power over all models.

    ``ln(P / TDP) = typical + sum_g e_g + x . slope + u_d + k_d,level
    + (slope_b + e_b[hardware] + k_d,load) x_b + (bend + k_d,bend) x_b^2
    + (length + k_d,length) ln(I/O) + StudentT error`` with ``x_b = ln(b / 4)``

    The ``k`` are alike for deployments that are (`power_kinship`): how a board's power rises with
    load differs between layouts and formats as much as its level does. One fit for all models: a
    single model has too few measured rows to tell its engine from its hardware, and boards obey
    the same physics under each.

    Parameters
    ----------
    rows : PowerRows
    catalogue : Catalogue

    Returns
    -------
    pymc.Model
    """
    pm: Any = import_module("pymc")
    pt: Any = import_module("pytensor.tensor")
    levels = power_levels(rows)
    deployments = [parse_deployment_id(name) for name in rows.deployments]
    p = catalogue.priors
    fraction = p["board_typical_fraction"].parameters
    with pm.Model() as graph:
        typical = pm.Normal("typical_centred", fraction["mu"], fraction["sigma"])
        slope = pm.Normal("slope", 0, p["board_slope_sd"].parameters["value"], shape=5)
        of_deployment, shift = pt.zeros(len(deployments)), 0.0
        member: dict[str, Any] = {}
        for group in POWER_GROUPS:
            labels = [power_group_label(d, group) for d in deployments]
            member[group] = np.array([levels[group].index(label) for label in labels])
            effect = _effects(group, len(levels[group]), catalogue)[member[group]]
            of_deployment, shift = of_deployment + effect - effect.mean(), shift + effect.mean()
        load_effect = _effects("load", len(levels["hardware"]), catalogue)[member["hardware"]]
        own = _effects("deployment", len(deployments), catalogue)
        kin = _kin_effects(deployments, catalogue)
        level, of_load, bend, length = (kin[k] for k in range(len(POWER_NUMBERS)))
        pm.Deterministic("typical", typical - shift)
        d, (x, square, lengths) = rows.deployment, rows.load.T
        static = pt.dot(rows.static, slope[:2])
        mean = (typical + of_deployment + static + own + level)[d]
        mean = mean + (slope[2] + (load_effect + of_load)[d]) * x
        mean = mean + (slope[3] + bend[d]) * square + (slope[4] + length[d]) * lengths
        error = pymc_distribution(p["board_row_error_sd"], "row_error_sd")
        dof = p["row_error_dof"].parameters["value"]
        pm.StudentT("ln_fraction", nu=dof, mu=mean, sigma=error, observed=rows.ln_fraction)
    return graph


def _effects(name: str, count: int, catalogue: Catalogue) -> Any:
    pm: Any = import_module("pymc")
    prior = "group" if name in POWER_GROUPS else name
    sd = pymc_distribution(catalogue.priors[f"board_{prior}_sd"], f"{name}_sd")
    return pm.Deterministic(f"{name}_effect", sd * pm.Normal(f"{name}_z", shape=count))


def _kin_effects(deployments: list[Deployment], catalogue: Catalogue) -> Any:
    """Add up what kin have in common, shape (number, deployment)."""
    pm: Any = import_module("pymc")
    pt: Any = import_module("pytensor.tensor")
    columns = fitted_kin_columns(deployments)
    priors = [catalogue.priors[f"board_kin_{number}_sd"] for number in POWER_NUMBERS]
    each = [pymc_distribution(p, f"kin_{n}_sd") for n, p in zip(POWER_NUMBERS, priors, strict=True)]
    sd = pm.Deterministic("kin_sd", pt.stack(each))
    z = pm.Normal("kin_z", shape=(len(POWER_NUMBERS), columns.shape[1]))
    weight = pm.Deterministic("kin_weight", sd[:, None] * z)
    return pt.dot(weight, columns.T)
