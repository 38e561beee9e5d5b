"""Fitting board power over all models: rows in, checked posterior out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.board_power.graph import board_power_graph, power_levels
from wh_uncertainty.model.board_power.kinship import leading_deployments
from wh_uncertainty.model.board_power.posterior import POWER_GROUPS, POWER_NAME
from wh_uncertainty.model.board_power.rows import PowerRows, power_rows
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.fit import MINIMUM_ROWS, FitError, fit_record, thinned
from wh_uncertainty.model.fitting.diagnostics import check_gates, diagnose
from wh_uncertainty.model.fitting.sampling import Progress, Settings, compile_graph, draw
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.posterior import mean_and_deviation
from wh_uncertainty.priors import Catalogue

__all__ = [
    "POWER_SETTINGS",
    "PowerSample",
    "fit_board_power",
    "power_posterior",
    "sample_board_power",
]


#: The least effective sample is then twice what the gate asks.
POWER_SETTINGS = Settings(tune=500, draws=1000)


def fit_board_power(
    observations: Observations,
    catalogue: Catalogue,
    settings: Settings | None = None,
    progress: Progress | None = None,
    *,
    gated: bool = True,
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Sample board power and check that the draws may be used.

    Parameters
    ----------
    observations : Observations
        Rows of all models; those with a sound power figure are used.
    catalogue : Catalogue
    settings : Settings, optional
        Default: `POWER_SETTINGS`.
    progress : callable, optional
    gated : bool
        False lets draws through that miss a gate: only for scoring a split, where the diagnostics
        are published beside the scores.

    Returns
    -------
    arrays, record
        For `write_posterior`.

    Raises
    ------
    FitError
        Too few rows.
    ConvergenceError
        A gate was missed.
    """
    sample = sample_board_power(observations, catalogue, settings, progress)
    return power_posterior(sample, observations, catalogue, gated=gated)


@dataclass(frozen=True, slots=True, eq=False)
class PowerSample:
    """Draws of board power, all of them, and what they were drawn from.

    Parameters
    ----------
    usable : Observations
        The rows fitted, in the order of ``rows``.
    rows : PowerRows
    graph : pymc.Model
    settings : Settings
    trace : xarray.DataTree
    """

    usable: Observations
    rows: PowerRows
    graph: Any
    settings: Settings
    trace: Any


def sample_board_power(
    observations: Observations,
    catalogue: Catalogue,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> PowerSample:
    """Sample board power (see `fit_board_power`); whether it converged is not asked.

    Parameters
    ----------
    observations : Observations
    catalogue : Catalogue
    settings : Settings, optional
    progress : callable, optional

    Returns
    -------
    PowerSample

    Raises
    ------
    FitError
        Too few rows.
    """
    settings = settings or POWER_SETTINGS
    measured = observations.rows(observations.power_fit)
    if len(measured) < MINIMUM_ROWS:
        raise FitError(
            f"{observations.name}: {len(measured)} rows with sound board power; the fit needs "
            f"{MINIMUM_ROWS}. Add rows with board_w, or keep the embedded posterior"
        )
    rows = power_rows(measured, catalogue)
    graph = board_power_graph(rows, catalogue)
    trace = draw(compile_graph(graph), settings, progress=progress)
    return PowerSample(measured, rows, graph, settings, trace)


def power_posterior(
    sample: PowerSample, observations: Observations, catalogue: Catalogue, *, gated: bool = True
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Check the draws of board power and choose what of them is stored (see `cost_posterior`).

    Parameters
    ----------
    sample : PowerSample
    observations : Observations
        The whole table that was sampled from.
    catalogue : Catalogue
    gated : bool

    Returns
    -------
    arrays, record
        For `write_posterior`.

    Raises
    ------
    ConvergenceError
        A gate was missed.
    """
    trace, rows = sample.trace, sample.rows
    diagnostics = diagnose(trace, list(trace["posterior"].data_vars))
    if gated:
        check_gates(POWER_NAME, diagnostics)
    effects = [
        f"{name}_{kind}"
        for name in (*POWER_GROUPS, "load", "deployment")
        for kind in ("effect", "sd")
    ]
    kept = thinned(trace, ["typical", "slope", "kin_weight", "kin_sd", "row_error_sd", *effects])
    arrays: dict[str, NDArray[Any]] = mean_and_deviation("kin_weight", kept.pop("kin_weight"))
    arrays |= {k: v.astype(np.float32) for k, v in kept.items()}
    record = fit_record(
        observations, len(rows.ln_fraction), sample.settings, diagnostics, catalogue
    )
    deployments = [parse_deployment_id(name) for name in rows.deployments]
    labels = {
        "deployments": list(rows.deployments),
        "leading": [rows.deployments[i] for i in leading_deployments(deployments)],
        "levels": power_levels(rows),
        "load_range": _range(sample.usable.load),
        "length_ratio_range": _range(sample.usable.mean_isl_tok / sample.usable.mean_osl_tok),
    }
    return arrays, {**record, **labels}


def _range(values: NDArray[np.float64]) -> list[float]:
    return [float(values.min()), float(values.max())]
