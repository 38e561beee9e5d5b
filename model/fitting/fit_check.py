"""What there is to know about a fit before its posterior is used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.board_power.fit import PowerSample
from wh_uncertainty.model.board_power.likelihood import power_likelihood
from wh_uncertainty.model.board_power.posterior import POWER_NAME
from wh_uncertainty.model.fit import fit_record
from wh_uncertainty.model.fitting.contraction import contractions, prior_draws
from wh_uncertainty.model.fitting.cost_likelihood import cost_likelihoods
from wh_uncertainty.model.fitting.cost_sample import CostSample
from wh_uncertainty.model.fitting.diagnostics import (
    energy_fractions,
    extremes,
    missed_gates,
    mixing,
)
from wh_uncertainty.model.fitting.hyperparameters import (
    cost_hyperparameters,
    power_hyperparameters,
    scalars,
)
from wh_uncertainty.model.fitting.likelihood import Likelihood, replicates, spread
from wh_uncertainty.model.fitting.loo import HIGH_K, leave_one_out
from wh_uncertainty.model.fitting.predictive_check import coverage, predictive_p_values
from wh_uncertainty.priors import Catalogue

__all__ = ["FitCheck", "check_board_power", "check_cost_law"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FitCheck:
    """Figures of a fit, and the draws behind them for pictures.

    Parameters
    ----------
    report : dict
        JSON-ready: ``model`` and all of `fit_record`; ``converged``, ``gates_missed``,
        ``divergences``, ``energy`` and ``variables``; ``loo``; ``coverage`` and ``p_values``;
        ``hyperparameters``. None stands for what is not a number.
    scalars : mapping of str to ndarray of shape (chain, draw)
        Hyperparameters, in the order of the report.
    likelihoods : tuple of Likelihood
    replicated : mapping of str to ndarray of shape (chain, draw, row)
        By the name of the likelihood.
    """

    report: dict[str, Any]
    scalars: Mapping[str, Floats]
    likelihoods: tuple[Likelihood, ...]
    replicated: Mapping[str, Floats]


def check_cost_law(sample: CostSample, catalogue: Catalogue) -> FitCheck:
    """Check the draws of one model's cost law.

    Parameters
    ----------
    sample : CostSample
    catalogue : Catalogue

    Returns
    -------
    FitCheck
    """
    elements = cost_hyperparameters(sample.design)
    likelihoods = cost_likelihoods(sample, catalogue)
    return _check(sample.model, sample, likelihoods, elements, catalogue)


def check_board_power(sample: PowerSample, catalogue: Catalogue) -> FitCheck:
    """Check the draws of board power (see `check_cost_law`)."""
    likelihoods = (power_likelihood(sample, catalogue),)
    return _check(POWER_NAME, sample, likelihoods, power_hyperparameters(), catalogue)


def _check(
    name: str,
    sample: CostSample | PowerSample,
    likelihoods: tuple[Likelihood, ...],
    elements: Mapping[str, Sequence[str]],
    catalogue: Catalogue,
) -> FitCheck:
    rng = np.random.default_rng(sample.settings.seed)
    replicated = {one.name: replicates(one, rng) for one in likelihoods}
    posterior = sample.trace["posterior"].to_dataset()[list(elements)]
    after = scalars({key: posterior[key].to_numpy() for key in elements}, elements, axes=2)
    prior = prior_draws(sample.graph, list(elements), sample.settings.seed)
    report = {
        "model": name,
        **_sampling(sample, catalogue),
        "k_limit": HIGH_K,
        "loo": [leave_one_out(one, spread(posterior)) for one in likelihoods],
        "coverage": [row for one in likelihoods for row in coverage(one, replicated[one.name])],
        "p_values": [
            row for one in likelihoods for row in predictive_p_values(one, replicated[one.name])
        ],
        "hyperparameters": contractions(scalars(prior, elements), after),
    }
    return FitCheck(_finite(report), after, likelihoods, replicated)


def _sampling(sample: CostSample | PowerSample, catalogue: Catalogue) -> dict[str, Any]:
    """State what was sampled, as the record of a posterior does, and how well."""
    trace = sample.trace
    mixed = mixing(trace, list(trace["posterior"].data_vars))
    diagnostics = extremes(trace, mixed)
    rows = len(sample.usable)
    missed = missed_gates(diagnostics)
    return {
        **fit_record(sample.usable, rows, sample.settings, diagnostics, catalogue),
        "converged": not missed,
        "gates_missed": missed,
        "divergences": int(trace["sample_stats"]["diverging"].sum()),
        "energy": energy_fractions(trace),
        "variables": [asdict(one) for one in sorted(mixed, key=lambda m: m.ess_bulk_min)],
    }


def _finite(report: dict[str, Any]) -> dict[str, Any]:
    """Replace what JSON has no word for."""
    finite: dict[str, Any] = json.loads(json.dumps(report), parse_constant=lambda _: None)
    return finite
