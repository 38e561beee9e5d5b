"""Fitting a model's cost law: rows in, checked posterior out."""

from __future__ import annotations

import platform
from dataclasses import fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_pack import pack_cost_law
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.design import Design, design_of
from wh_uncertainty.model.diagnostics import (
    GATES,
    ConvergenceError,
    Diagnostics,
    check_gates,
    diagnose,
)
from wh_uncertainty.model.geometry import FIXED_FIELDS, Geometry, sampling_geometry
from wh_uncertainty.model.graph import cost_law_graph
from wh_uncertainty.model.hierarchy import COEFFICIENTS, correlation_factor, own_share
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.roofline import ln_roofline
from wh_uncertainty.model.rows import CostRows, cost_rows
from wh_uncertainty.model.sampling import Progress, Settings, compile_graph, draw
from wh_uncertainty.priors import Catalogue

__all__ = [
    "KEPT_DRAWS",
    "MINIMUM_ROWS",
    "ConvergenceError",
    "FitError",
    "default_settings",
    "fit_cost_law",
    "fit_record",
    "fittable_models",
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
_DRAWS_PER_DEPLOYMENT = 12
# Rows of a single output length hardly tell prefill from cache reads; with a cache as cheap as
# this model's, that ridge is long.
_DRAWS_OF = {"minimax-m3": 8000}
_PILOT_DEPLOYMENTS = 100
_PILOT = Settings(chains=2, tune=300, draws=100)


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

    For a model with many deployments a short pilot first learns how far they stand apart, and the
    coordinates of the real run are built from that; with few, the priors say it well enough. The
    pilot shares the compiled graph and none of its draws are kept.

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
    settings = settings or default_settings(observations, model)
    rows = cost_rows(_usable(observations, model))
    design = design_of(rows.deployments)
    scale = _rooflines(rows, catalogue)
    own = float(own_share(design.basis, catalogue).mean())
    geometry = sampling_geometry(rows, scale, _guessed_covariance(catalogue, own))
    compiled = compile_graph(cost_law_graph(rows, design, scale, geometry, catalogue))
    if len(rows.deployments) > _PILOT_DEPLOYMENTS:
        pilot = draw(compiled, replace(_PILOT, seed=settings.seed + 1))
        geometry = sampling_geometry(rows, scale, _pilot_covariance(pilot, catalogue, own))
    trace = draw(compiled, settings, _as_data(geometry), progress)
    diagnostics = diagnose(trace, list(trace["posterior"].data_vars))
    if gated:
        check_gates(model, diagnostics)
    arrays, labels = pack_cost_law(thinned(trace, _kept_variables(design)), rows, design)
    record = fit_record(observations, len(rows.ln_gpu_s), settings, diagnostics, catalogue)
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


def _rooflines(rows: CostRows, catalogue: Catalogue) -> Floats:
    parsed = [parse_deployment_id(name) for name in rows.deployments]
    return np.array([ln_roofline(catalogue, d.model, d.hardware, d.precision) for d in parsed])


def _kept_variables(design: Design) -> list[str]:
    groups = [f"{group}_{kind}" for group in design.levels for kind in ("sd", "effect")]
    slopes = ["slope"] if design.features.shape[1] else []
    names = ["base", "deployment", "deployment_sd", "stall_logit", "stall_logit_sd"]
    return [*groups, *slopes, *names, "run_sd", "run_effect", "cost_error_sd", "tpot_error_sd"]


def _guessed_covariance(catalogue: Catalogue, own: float) -> Floats:
    """Spread of deployments around their hierarchy and their kin that the priors expect."""
    sd = [catalogue.priors[f"deployment_sd_{name}"].quantiles["p50"] for name in COEFFICIENTS]
    stall = catalogue.priors["stall_logit_sd"].quantiles["p50"]
    return _covariance(np.array(sd) * np.sqrt(own), stall, catalogue)


def _pilot_covariance(pilot: Any, catalogue: Catalogue, own: float) -> Floats:
    posterior = pilot["posterior"].to_dataset()
    sd = posterior["deployment_sd"].to_numpy().mean(axis=(0, 1))
    stall = float(posterior["stall_logit_sd"].to_numpy().mean())
    return _covariance(sd * np.sqrt(own), stall, catalogue)


def _covariance(sd: Floats, stall_sd: float, catalogue: Catalogue) -> Floats:
    factor = sd[:, None] * correlation_factor(catalogue)
    covariance = np.zeros((len(sd) + 1, len(sd) + 1))
    covariance[:-1, :-1] = factor @ factor.T
    covariance[-1, -1] = stall_sd**2
    return covariance


def _as_data(geometry: Geometry) -> dict[str, Floats]:
    return {
        f"geometry_{field.name}": getattr(geometry, field.name)
        for field in fields(geometry)
        if field.name not in FIXED_FIELDS
    }
