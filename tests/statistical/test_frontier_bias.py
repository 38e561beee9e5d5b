"""Choosing the cheapest deployment per draw selects noise; choosing it on means does not.

Synthetic truth: deployments whose ln cost is normal around a common centre, each measured with
normal error, so that the posterior is the textbook one. In each replicate the frontier picks a
deployment, and the posterior draws of the pick are compared with its true cost.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients, tokens_of_one_query
from wh_uncertainty.model.frontier import cheapest_deployments, grid_position

Floats = NDArray[np.float64]

ALPHA = BETA = 1e-6
Z_ALPHA, Z_BETA = 4.8916, 4.7534
DELTA = 0.05  # bias of ln energy
REPLICATES, DEPLOYMENTS, DRAWS = 1000, 12, 200
SPREAD, NOISE = 0.2, 0.2
QUERY = tokens_of_one_query(0.0, 1000.0, 1000.0)
SPEED = np.array([35.0])


@dataclass(frozen=True)
class Replicates:
    """Bias of the median draw and whether the 90 % interval covers, per replicate."""

    bias: Floats
    covers: NDArray[np.bool_]


def law_of(ln_cost: Floats) -> Coefficients:
    """Deployments that differ by one factor; loads are held at 1, so costs are the factor."""
    nothing = np.zeros_like(ln_cost)
    return Coefficients(nothing, 1e-5 * np.exp(ln_cost), nothing, nothing, nothing)


def chosen(ln_cost: Floats) -> int:
    one = np.full(len(ln_cost), 1.0)
    # A wide gap between load and speed: every deployment reaches it, at the load that is seen.
    frontier = cheapest_deployments(law_of(ln_cost), QUERY, one, one)
    return int(frontier[grid_position(SPEED)][0])


def replicates(*, per_draw: bool) -> Replicates:
    rng = np.random.default_rng(20261121)
    bias, covers = np.empty(REPLICATES), np.empty(REPLICATES, dtype=np.bool_)
    for r in range(REPLICATES):
        truth = rng.normal(0, SPREAD, DEPLOYMENTS)
        seen = truth + rng.normal(0, NOISE, DEPLOYMENTS)
        shrinkage = SPREAD**2 / (SPREAD**2 + NOISE**2)
        sd = np.sqrt(shrinkage) * NOISE
        draws = shrinkage * seen + rng.normal(0, sd, (DRAWS, DEPLOYMENTS))
        pick = chosen(shrinkage * seen)
        predicted = draws.min(axis=1) if per_draw else draws[:, pick]
        low, middle, high = np.quantile(predicted, [0.05, 0.5, 0.95])
        bias[r], covers[r] = middle - truth[pick], low <= truth[pick] <= high
    return Replicates(bias, covers)


def standard_error(values: Floats) -> float:
    return float(values.std() / np.sqrt(len(values)))


def test_the_frontier_picks_the_cheapest_on_means() -> None:
    assert chosen(np.array([0.3, -0.1, 0.2])) == 1


def test_choosing_on_means_is_unbiased_and_covers() -> None:
    found = replicates(per_draw=False)
    assert (Z_ALPHA + Z_BETA) * standard_error(found.bias) <= DELTA, "more replicates are needed"
    assert abs(found.bias.mean()) <= Z_ALPHA * standard_error(found.bias)
    binomial = np.sqrt(0.9 * 0.1 / REPLICATES)
    assert found.covers.mean() == pytest.approx(0.9, abs=Z_ALPHA * binomial)


def test_choosing_per_draw_is_biased_low_and_does_not_cover() -> None:
    found = replicates(per_draw=True)
    assert found.bias.mean() < -DELTA - Z_ALPHA * standard_error(found.bias)
    assert found.covers.mean() < 0.9 - Z_ALPHA * np.sqrt(0.9 * 0.1 / REPLICATES)
