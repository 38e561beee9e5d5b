"""Sampling the cost law of one model: rows in, all draws out."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.design import Design, design_of
from wh_uncertainty.model.fitting.geometry import FIXED_FIELDS, Geometry, sampling_geometry
from wh_uncertainty.model.fitting.sampling import Progress, Settings, compile_graph, draw
from wh_uncertainty.model.graph import cost_law_graph
from wh_uncertainty.model.hierarchy import COEFFICIENTS, correlation_factor, own_share
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.roofline import ln_roofline
from wh_uncertainty.model.rows import CostRows, cost_rows
from wh_uncertainty.priors import Catalogue

__all__ = [
    "CostSample",
    "geometry_data",
    "guessed_geometry",
    "rooflines",
    "sample_cost_rows",
]

Floats = NDArray[np.float64]

_PILOT_DEPLOYMENTS = 100
_PILOT = Settings(chains=2, tune=300, draws=100)


@dataclass(frozen=True, slots=True, eq=False)
class CostSample:
    """Draws of one model's cost law, all of them, and what they were drawn from.

    Parameters
    ----------
    model : str
    usable : Observations
        The rows fitted, in the order of ``rows``.
    rows : CostRows
    design : Design
    graph : pymc.Model
    settings : Settings
    trace : xarray.DataTree
    """

    model: str
    usable: Observations
    rows: CostRows
    design: Design
    graph: Any
    settings: Settings
    trace: Any


def sample_cost_rows(
    model: str,
    usable: Observations,
    catalogue: Catalogue,
    settings: Settings,
    progress: Progress | None = None,
) -> CostSample:
    """Sample the cost law; whether the draws have converged is not asked.

    For a model with many deployments a short pilot first learns how far they stand apart, and the
    coordinates of the real run are built from that; with few, the priors say it well enough. The
    pilot shares the compiled graph and none of its draws are kept.

    Parameters
    ----------
    model : str
    usable : Observations
        Rows of that model that may enter the fit.
    catalogue : Catalogue
    settings : Settings
    progress : callable, optional

    Returns
    -------
    CostSample
    """
    rows = cost_rows(usable)
    design = design_of(rows.deployments)
    scale = rooflines(rows, catalogue)
    geometry = guessed_geometry(rows, design, scale, catalogue)
    graph = cost_law_graph(rows, design, scale, geometry, catalogue)
    compiled = compile_graph(graph)
    if len(rows.deployments) > _PILOT_DEPLOYMENTS:
        own = float(own_share(design.basis, catalogue).mean())
        pilot = draw(compiled, replace(_PILOT, seed=settings.seed + 1))
        geometry = sampling_geometry(rows, scale, _pilot_covariance(pilot, catalogue, own))
    trace = draw(compiled, settings, geometry_data(geometry), progress)
    return CostSample(model, usable, rows, design, graph, settings, trace)


def rooflines(rows: CostRows, catalogue: Catalogue) -> Floats:
    """Return `ln_roofline` of every deployment, shape (deployment, 4)."""
    parsed = [parse_deployment_id(name) for name in rows.deployments]
    return np.array([ln_roofline(catalogue, d.model, d.hardware, d.precision) for d in parsed])


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


def guessed_geometry(
    rows: CostRows, design: Design, scale: Floats, catalogue: Catalogue
) -> Geometry:
    """Choose coordinates to sample in by what the priors expect.

    Parameters
    ----------
    rows : CostRows
    design : Design
        Of ``rows.deployments``.
    scale : ndarray of shape (deployment, 4)
        `rooflines`.
    catalogue : Catalogue

    Returns
    -------
    Geometry
    """
    own = float(own_share(design.basis, catalogue).mean())
    return sampling_geometry(rows, scale, _guessed_covariance(catalogue, own))


def geometry_data(geometry: Geometry) -> dict[str, Floats]:
    """Return a geometry as new values of the graph's ``pm.Data``.

    Parameters
    ----------
    geometry : Geometry

    Returns
    -------
    dict of str to ndarray
    """
    return {
        f"geometry_{field.name}": getattr(geometry, field.name)
        for field in fields(geometry)
        if field.name not in FIXED_FIELDS
    }
