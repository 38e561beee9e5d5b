"""A Gaussian sketch of the posterior of all models' deployments together.

Models learn from each other here: an accelerator or an engine that does well for nine models is
expected to for the tenth. The exact fit samples one model at a time; the sketch says what it has
no rows for (`model/kin/new_deployments.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.kin.evidence import Evidence, Scatter, evidence_at, expected_scatter
from wh_uncertainty.model.kin.gaussian import updated
from wh_uncertainty.model.kin.relatedness import prior_covariance, prior_mean
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.rows import CostRows, cost_rows, covered
from wh_uncertainty.priors import Catalogue

__all__ = ["Sketch", "sketch_models"]

Floats = NDArray[np.float64]

# Errors of rows start out eight times too large, so that no outlying row decides where the
# iteration goes; full steps until it has settled, then shorter ones, which do not go in circles.
_TOLERANCE_START, _TOLERANCE_DECAY = 8.0, 0.55
_FULL_STEPS, _SHORT_STEPS, _SHORTENING = 9, 5, 0.6
_LONGEST_STEP = 0.7


@dataclass(frozen=True, slots=True)
class Sketch:
    """Numbers of every deployment, what its own rows say around them, and what they covered.

    Parameters
    ----------
    deployments : tuple of str
    numbers : ndarray of shape (deployment, 5)
        Mode, about.
    evidence : Evidence
    load_range : ndarray of shape (deployment, 2)
        Least and greatest load of its rows [requests per GPU].
    median_day : ndarray of datetime64[D], shape (deployment,)
        Of its rows.
    """

    deployments: tuple[str, ...]
    numbers: Floats
    evidence: Evidence
    load_range: Floats
    median_day: NDArray[np.datetime64]

    def of_model(self, model: str, *, others: bool = False) -> Sketch:
        """Choose the deployments of a model, or those of all others.

        Parameters
        ----------
        model : str
        others : bool

        Returns
        -------
        Sketch
        """
        mine = [parse_deployment_id(n).model == model for n in self.deployments]
        return self.where(np.array(mine, dtype=bool) != others)

    def where(self, kept: NDArray[np.bool_]) -> Sketch:
        """Choose deployments.

        Parameters
        ----------
        kept : ndarray of bool, shape (deployment,)

        Returns
        -------
        Sketch
        """
        chosen = np.flatnonzero(kept)
        return Sketch(
            tuple(self.deployments[i] for i in chosen),
            self.numbers[chosen],
            Evidence(self.evidence.information[chosen], self.evidence.pull[chosen]),
            self.load_range[chosen],
            self.median_day[chosen],
        )


def sketch_models(observations: Observations, catalogue: Catalogue) -> Sketch:
    """Iterate between the rows' evidence around a point and the posterior mean that it implies.

    Parameters
    ----------
    observations : Observations
        Rows of any models; those that may enter the fit are used.
    catalogue : Catalogue

    Returns
    -------
    Sketch
    """
    usable = observations.rows(
        observations.fit & np.isin(observations.model, list(catalogue.models))
    )
    tables = [cost_rows(usable.rows(usable.model == model)) for model in np.unique(usable.model)]
    scatter = expected_scatter(catalogue)
    names = tuple(name for rows in tables for name in rows.deployments)
    deployments = [parse_deployment_id(name) for name in names]
    mean = prior_mean(deployments, catalogue)
    covariance = prior_covariance(deployments, deployments, catalogue)
    multiplied_out = covariance.array()
    numbers, tolerance = mean, _TOLERANCE_START
    for step in range(_FULL_STEPS + _SHORT_STEPS):
        evidence = _evidence(tables, numbers, scatter, max(tolerance, 1.0))
        wanted = mean + updated(mean, covariance, evidence).shift(multiplied_out).T
        length = 1.0 if step < _FULL_STEPS else _SHORTENING
        numbers = numbers + length * np.clip(wanted - numbers, -_LONGEST_STEP, _LONGEST_STEP)
        tolerance *= _TOLERANCE_DECAY
    seen = [covered(rows, d) for rows in tables for d in range(len(rows.deployments))]
    return Sketch(
        names,
        numbers,
        _evidence(tables, numbers, scatter, 1.0),
        np.array([loads for *loads, _ in seen]),
        np.array([day for *_, day in seen]),
    )


def _evidence(
    tables: list[CostRows], numbers: Floats, scatter: Scatter, tolerance: float
) -> Evidence:
    ends = np.cumsum([len(rows.deployments) for rows in tables])[:-1]
    tolerant = replace(scatter, row_sd=scatter.row_sd * tolerance)
    parts = [
        evidence_at(rows, own, tolerant)
        for rows, own in zip(tables, np.split(numbers, ends), strict=True)
    ]
    return Evidence(
        np.concatenate([part.information for part in parts]),
        np.concatenate([part.pull for part in parts]),
    )
