"""Simulation-based calibration of the sketch: a small benchmark, its truth known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.ranks import rank_of
from calibration.synthetic import Prior, measured_again, prior_numbers
from wh_uncertainty.model.cost_law import Coefficients, gpu_s_per_query, tokens_of_one_query
from wh_uncertainty.model.cost_posterior import coefficients_of
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.kin.evidence import expected_scatter
from wh_uncertainty.model.kin.gaussian import updated
from wh_uncertainty.model.kin.relatedness import prior_covariance, prior_mean
from wh_uncertainty.model.kin.sketch import Sketch, sketch_models
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.rows import cost_rows
from wh_uncertainty.model.scoring.left_out import score_left_out
from wh_uncertainty.priors import Catalogue

__all__ = ["LOADS", "QUERIES", "Outcome", "World", "ln_cost"]

Floats = NDArray[np.float64]

_DRAWS = 400
#: Prompt and output of a query, and requests per GPU, that truths are compared at.
QUERIES = ((1000.0, 1000.0), (8000.0, 1000.0), (1000.0, 8000.0))
LOADS = (2.0, 8.0, 32.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One synthetic benchmark.

    Parameters
    ----------
    rank : float
        Of a measured deployment's true cost among the draws of it.
    new_row_covered : bool
        Whether the 90 % interval of a row of a deployment kept out holds what it measured.
    """

    rank: float
    new_row_covered: bool


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Rows of a few deployments whose figures are drawn; the last deployment is kept out.

    Parameters
    ----------
    template : Observations
        Of one model.
    catalogue : Catalogue
    as_taken : callable
        What the analyst takes the rows for; identity, unless a test puts a fault in.
    """

    template: Observations
    catalogue: Catalogue
    as_taken: Callable[[Observations], Observations] = lambda rows: rows

    def outcomes(self, count: int, *, seed: int) -> list[Outcome]:
        """Draw truths, make rows, and hold what is then believed against the truths.

        Parameters
        ----------
        count : int
        seed : int

        Returns
        -------
        list of Outcome
            Independent of each other.
        """
        names = cost_rows(self.template).deployments
        prior = Prior.of(names, self.catalogue)
        streams = np.random.default_rng(seed).spawn(count)
        return [self._outcome(prior, names, rng) for rng in streams]

    def _outcome(self, prior: Prior, names: tuple[str, ...], rng: np.random.Generator) -> Outcome:
        numbers = prior_numbers(prior, rng)
        scatter = expected_scatter(self.catalogue)
        rows = self.as_taken(measured_again(self.template, numbers, scatter, rng=rng))
        kept_out = rows.configuration == names[-1]
        sketch = sketch_models(rows.rows(~kept_out), self.catalogue)
        new = score_left_out(rows.rows(kept_out), sketch, self.catalogue, rng=rng)
        chosen = int(rng.integers(len(sketch.deployments)))
        query, load = QUERIES[rng.integers(3)], LOADS[rng.integers(3)]
        drawn = believed(sketch, self.catalogue, rng)[:, chosen]
        return Outcome(
            rank_of(float(ln_cost(numbers[chosen], query, load)), ln_cost(drawn, query, load), rng),
            bool(new.inside_90[rng.integers(len(new.inside_90))]),
        )


def believed(sketch: Sketch, catalogue: Catalogue, rng: np.random.Generator) -> Floats:
    """Draw the numbers of a sketch's own deployments.

    Parameters
    ----------
    sketch : Sketch
    catalogue : Catalogue
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (draw, deployment, 5)
    """
    deployments = [parse_deployment_id(name) for name in sketch.deployments]
    mean = prior_mean(deployments, catalogue)
    covariance = prior_covariance(deployments, deployments, catalogue)
    update = updated(mean, covariance, sketch.evidence)
    among = covariance.array()
    left = (among - update.explained(among)).reshape(mean.size, mean.size)
    white = rng.standard_normal((_DRAWS, mean.size)) @ np.linalg.cholesky(left).T
    apart = white.reshape(_DRAWS, 5, -1).transpose(0, 2, 1)
    return mean + update.shift(among).T + apart


def ln_cost(numbers: Floats, query: tuple[float, float], load: float) -> Floats:
    """Return ln GPU-seconds of a query on a pooled deployment.

    Parameters
    ----------
    numbers : ndarray of shape (..., 5)
    query : tuple of float
        Prompt and output tokens.
    load : float
        Requests per GPU.

    Returns
    -------
    ndarray of shape (...)
    """
    isl, osl = query
    law: Coefficients = coefficients_of(numbers, np.zeros(numbers.shape[:-1], dtype=bool))
    cost: Floats = np.log(sum(gpu_s_per_query(law, tokens_of_one_query(isl, isl, osl), load)))
    return cost
