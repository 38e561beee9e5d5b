"""Fitting a model's cost law: rows in, checked posterior out."""

from __future__ import annotations

import platform
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.design import Design
from wh_uncertainty.model.fitting.cost_pack import pack_cost_law
from wh_uncertainty.model.fitting.cost_sample import CostSample, sample_cost_rows
from wh_uncertainty.model.fitting.diagnostics import (
    GATES,
    ConvergenceError,
    Diagnostics,
    check_gates,
    diagnose,
)
from wh_uncertainty.model.fitting.sampling import Progress, Settings
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.priors import Catalogue

__all__ = [
    "KEPT_DRAWS",
    "MINIMUM_ROWS",
    "ConvergenceError",
    "FitError",
    "cost_posterior",
    "default_settings",
    "fit_cost_law",
    "fit_record",
    "fittable_models",
    "sample_cost_law",
    "thinned",
]

Floats = NDArray[np.float64]

#: Draws stored per posterior: quantiles of the cost law to about 1 % at a quarter of the size.
KEPT_DRAWS = 400
#: A model with fewer rows would be all prior.
MINIMUM_ROWS = 50

# Scales of the hierarchy mix more slowly the more deployments there are to agree with, and the
# less each of them says.
_FEW_ROWS_PER_DEPLOYMENT = 5
_MANY_DEPLOYMENTS = 50
_DRAWS_OF_MANY = 3000
_DRAWS_PER_DEPLOYMENT = 16
# Rows of a single output length hardly tell prefill from cache reads; with a cache as cheap as
# this model's, that ridge is long.
_DRAWS_OF = {"minimax-m3": 8000}


class FitError(ValueError):
    """Rows that cannot be fitted; says which rule they miss."""


def fittable_models(observations: Observations) -> tuple[str, ...]:
    """Models with at least `MINIMUM_ROWS` rows that the fit may use.

    Parameters
    ----------
    observations : Observations

    Returns
    -------
    tuple of str
    """
    models, counts = np.unique(observations.model[observations.fit], return_counts=True)
    return tuple(models[counts >= MINIMUM_ROWS].tolist())


def default_settings(observations: Observations, model: str) -> Settings:
    """Choose settings with which a model of this size passes the gates.

    Parameters
    ----------
    observations : Observations
    model : str

    Returns
    -------
    Settings
    """
    of_model = observations.fit & (observations.model == model)
    deployments = len(np.unique(observations.configuration[of_model]))
    rows = int(of_model.sum())
    if deployments <= _MANY_DEPLOYMENTS and rows >= _FEW_ROWS_PER_DEPLOYMENT * deployments:
        return Settings()
    enough = max(_DRAWS_OF_MANY, _DRAWS_PER_DEPLOYMENT * deployments)
    return replace(Settings(), draws=_DRAWS_OF.get(model, enough))


def fit_cost_law(
    observations: Observations,
    model: str,
    catalogue: Catalogue,
    settings: Settings | None = None,
    progress: Progress | None = None,
    *,
    gated: bool = True,
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Sample the cost law of one model and check that the draws may be used.

    Parameters
    ----------
    observations : Observations
        Rows of any models; those of `model` that may enter the fit are used.
    model : str
    catalogue : Catalogue
    settings : Settings, optional
        Default: `default_settings`.
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
    sample = sample_cost_law(observations, model, catalogue, settings, progress)
    return cost_posterior(sample, observations, catalogue, gated=gated)


def sample_cost_law(
    observations: Observations,
    model: str,
    catalogue: Catalogue,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> CostSample:
    """Sample the cost law of one model (see `fit_cost_law`); whether it converged is not asked.

    Parameters
    ----------
    observations : Observations
    model : str
    catalogue : Catalogue
    settings : Settings, optional
    progress : callable, optional

    Returns
    -------
    CostSample

    Raises
    ------
    FitError
        Too few rows.
    """
    usable = _usable(observations, model)
    settings = settings or default_settings(observations, model)
    return sample_cost_rows(model, usable, catalogue, settings, progress)


def cost_posterior(
    sample: CostSample, observations: Observations, catalogue: Catalogue, *, gated: bool = True
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Check the draws of a cost law and choose what of them is stored.

    Parameters
    ----------
    sample : CostSample
    observations : Observations
        The whole table that was sampled from: its hash goes into the record.
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
    trace, rows, design = sample.trace, sample.rows, sample.design
    diagnostics = diagnose(trace, list(trace["posterior"].data_vars))
    if gated:
        check_gates(sample.model, diagnostics)
    arrays, labels = pack_cost_law(thinned(trace, _kept_variables(design)), rows, design)
    record = fit_record(observations, len(rows.ln_gpu_s), sample.settings, diagnostics, catalogue)
    return arrays, {**record, **labels}


def fit_record(
    observations: Observations,
    rows: int,
    settings: Settings,
    diagnostics: Diagnostics,
    catalogue: Catalogue,
) -> dict[str, Any]:
    """State how a posterior was made, for its record.

    Parameters
    ----------
    observations : Observations
    rows : int
        Rows fitted.
    settings : Settings
    diagnostics : Diagnostics
    catalogue : Catalogue

    Returns
    -------
    dict
        JSON-ready.
    """
    libraries = ("wh-uncertainty", "pymc", "pytensor", "nutpie", "numba", "arviz", "numpy")
    return {
        "observations": {
            "name": " and ".join(Path(source.name).name for source in observations.sources),
            "sha256": observations.sha256,
            "sources": [
                {"name": Path(source.name).name, "sha256": source.sha256}
                for source in observations.sources
            ],
            "rows_fitted": rows,
        },
        "priors": {
            "release": catalogue.release,
            "sha256": catalogue.sha256,
            "overridden": list(catalogue.overridden),
        },
        "settings": settings.to_dict(),
        "kept_draws": KEPT_DRAWS,
        "diagnostics": diagnostics.to_dict(),
        "gates": GATES,
        "versions": {
            "python": platform.python_version(),
            **{library: version(library) for library in libraries},
        },
    }


def thinned(trace: Any, variables: list[str]) -> dict[str, Floats]:
    """Pick `KEPT_DRAWS` evenly spaced draws over all chains.

    Parameters
    ----------
    trace : xarray.DataTree
    variables : list of str

    Returns
    -------
    dict of str to ndarray
        Draws along the first axis.
    """
    posterior = trace["posterior"].to_dataset()
    kept: dict[str, Floats] = {}
    for name in variables:
        values = posterior[name].to_numpy()
        flat = values.reshape((-1, *values.shape[2:]))
        at = np.linspace(0, len(flat) - 1, KEPT_DRAWS).round().astype(int)
        kept[name] = flat[at]
    return kept


def _usable(observations: Observations, model: str) -> Observations:
    usable = observations.rows(observations.fit & (observations.model == model))
    if len(usable) < MINIMUM_ROWS:
        known = ", ".join(fittable_models(observations)) or "none"
        raise FitError(
            f"{observations.name}: {len(usable)} usable rows of {model!r}; the fit needs "
            f"{MINIMUM_ROWS}. Models with enough: {known}"
        )
    return usable


def _kept_variables(design: Design) -> list[str]:
    groups = [f"{group}_{kind}" for group in design.levels for kind in ("sd", "effect")]
    slopes = ["slope"] if design.features.shape[1] else []
    names = ["base", "deployment", "deployment_sd", "stall_logit", "stall_logit_sd"]
    return [*groups, *slopes, *names, "run_sd", "run_effect", "cost_error_sd", "tpot_error_sd"]
