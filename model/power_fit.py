"""Fitting board power over all models: rows in, checked posterior out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.diagnostics import check_gates, diagnose
from wh_uncertainty.model.fit import MINIMUM_ROWS, FitError, fit_record, thinned
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.power_graph import board_power_graph, power_levels
from wh_uncertainty.model.power_posterior import POWER_GROUPS, POWER_NAME
from wh_uncertainty.model.power_rows import power_rows
from wh_uncertainty.model.sampling import Progress, Settings, compile_graph, draw
from wh_uncertainty.priors import Catalogue

__all__ = ["POWER_SETTINGS", "fit_board_power"]


#: Shorter warm-ups leave a few more divergences than the gate allows.
POWER_SETTINGS = Settings(tune=500, draws=2000)


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
    settings = settings or POWER_SETTINGS
    measured = observations.rows(observations.power_fit)
    if len(measured) < MINIMUM_ROWS:
        raise FitError(
            f"{observations.name}: {len(measured)} rows with sound board power; the fit needs "
            f"{MINIMUM_ROWS}. Add rows with board_w, or keep the embedded posterior"
        )
    rows = power_rows(measured, catalogue)
    trace = draw(compile_graph(board_power_graph(rows, catalogue)), settings, progress=progress)
    diagnostics = diagnose(trace, list(trace["posterior"].data_vars))
    if gated:
        check_gates(POWER_NAME, diagnostics)
    effects = [
        f"{name}_{kind}"
        for name in (*POWER_GROUPS, "load", "deployment")
        for kind in ("effect", "sd")
    ]
    kept = thinned(trace, ["typical", "slope", "row_error_sd", *effects])
    arrays: dict[str, NDArray[Any]] = {k: v.astype(np.float32) for k, v in kept.items()}
    record = fit_record(observations, len(measured), settings, diagnostics, catalogue)
    load = rows.load[:, 0]
    labels = {
        "deployments": list(rows.deployments),
        "levels": power_levels(rows),
        "ln_load_range": [float(load.min()), float(load.max())],
        "ln_length_ratio_range": [float(rows.load[:, 2].min()), float(rows.load[:, 2].max())],
    }
    return arrays, {**record, **labels}
