"""Sampling for the command line: a model's cost law or board power, under a progress bar."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wh_uncertainty.cli.progress import progress_bar

if TYPE_CHECKING:
    from wh_uncertainty.model.board_power.fit import PowerSample
    from wh_uncertainty.model.fitting.cost_sample import CostSample
    from wh_uncertainty.model.fitting.fit_check import FitCheck
    from wh_uncertainty.model.fitting.sampling import Settings
    from wh_uncertainty.model.observations import Observations
    from wh_uncertainty.priors import Catalogue

    Sample = CostSample | PowerSample

__all__ = ["check_of", "names_to_fit", "posterior_of", "sampled", "settings_for"]


def names_to_fit(
    rows: "Observations", catalogue: "Catalogue", model: str | None
) -> tuple[str, ...]:
    """Return what is fitted: one thing, or all models and the board power they share."""
    from wh_uncertainty.model.board_power.posterior import POWER_NAME
    from wh_uncertainty.model.fit import fittable_models
    from wh_uncertainty.model.names import model_named

    if model is None:
        return (*fittable_models(rows), POWER_NAME)
    return (POWER_NAME if model == POWER_NAME else model_named(catalogue, model),)


def settings_for(rows: "Observations", name: str, asked: Mapping[str, int | None]) -> "Settings":
    """Return the settings that suit a fit, but for those that were asked for."""
    from wh_uncertainty.model.board_power.fit import POWER_SETTINGS
    from wh_uncertainty.model.board_power.posterior import POWER_NAME
    from wh_uncertainty.model.fit import default_settings

    usual = POWER_SETTINGS if name == POWER_NAME else default_settings(rows, name)
    return replace(usual, **{key: n for key, n in asked.items() if n is not None})


def sampled(
    rows: "Observations", name: str, catalogue: "Catalogue", settings: "Settings"
) -> "Sample":
    """Sample, and show on standard error how many draws are done."""
    from wh_uncertainty.model.board_power.fit import sample_board_power
    from wh_uncertainty.model.board_power.posterior import POWER_NAME
    from wh_uncertainty.model.fit import sample_cost_law

    with progress_bar(name) as progress:
        if name == POWER_NAME:
            return sample_board_power(rows, catalogue, settings, progress)
        return sample_cost_law(rows, name, catalogue, settings, progress)


def posterior_of(
    sample: "Sample", rows: "Observations", catalogue: "Catalogue"
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return arrays and record of a sample that passes the gates."""
    from wh_uncertainty.model.board_power.fit import PowerSample, power_posterior
    from wh_uncertainty.model.fit import cost_posterior

    if isinstance(sample, PowerSample):
        return power_posterior(sample, rows, catalogue)
    return cost_posterior(sample, rows, catalogue)


def check_of(sample: "Sample", catalogue: "Catalogue") -> "FitCheck":
    """Return what there is to know about a sample."""
    from wh_uncertainty.model.board_power.fit import PowerSample
    from wh_uncertainty.model.fitting.fit_check import check_board_power, check_cost_law

    if isinstance(sample, PowerSample):
        return check_board_power(sample, catalogue)
    return check_cost_law(sample, catalogue)
