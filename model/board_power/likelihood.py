"""What every draw of board power expects of the rows it was fitted to."""

from __future__ import annotations

import numpy as np

from wh_uncertainty.model.board_power.fit import PowerSample
from wh_uncertainty.model.board_power.graph import power_levels
from wh_uncertainty.model.board_power.kinship import fitted_kin_columns
from wh_uncertainty.model.board_power.posterior import POWER_GROUPS, power_group_label
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.fitting.likelihood import Likelihood, spread_draws
from wh_uncertainty.priors import Catalogue

__all__ = ["power_likelihood"]


def power_likelihood(sample: PowerSample, catalogue: Catalogue) -> Likelihood:
    """Hold the rows of a fit against its draws; every deployment keeps its own effect.

    Parameters
    ----------
    sample : PowerSample
    catalogue : Catalogue

    Returns
    -------
    Likelihood
        ln(board W / TDP); all rows err alike.
    """
    posterior, rows = sample.trace["posterior"].to_dataset(), sample.rows
    deployments = [parse_deployment_id(name) for name in rows.deployments]
    member = {
        group: [labels.index(power_group_label(d, group)) for d in deployments]
        for group, labels in power_levels(rows).items()
    }
    slope = spread_draws(posterior, "slope")
    level = spread_draws(posterior, "typical")[..., None] + slope[..., :2] @ rows.static.T
    for group in POWER_GROUPS:
        level = level + spread_draws(posterior, f"{group}_effect")[..., member[group]]
    of_kin = spread_draws(posterior, "kin_weight") @ fitted_kin_columns(deployments).T
    level = level + spread_draws(posterior, "deployment_effect") + of_kin[..., 0, :]
    load_effect = spread_draws(posterior, "load_effect")[..., member["hardware"]]
    d = rows.deployment
    answers = slope[..., 2:, None] + of_kin[..., 1:, :]
    answers[..., 0, :] += load_effect
    mean = level[..., d] + (answers[..., d] * rows.load.T).sum(axis=-2)
    sd = spread_draws(posterior, "row_error_sd")[..., None]
    dof = catalogue.priors["row_error_dof"].parameters["value"]
    return Likelihood(
        "board_power", sample.usable, rows.ln_fraction, mean, sd, np.full(len(d), "all"), dof
    )
