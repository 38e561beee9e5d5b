"""The frontier on a toy whose answer is known."""

import numpy as np
import pytest

from wh_uncertainty.model.cost_law import Coefficients, tokens_of_one_query
from wh_uncertainty.model.frontier import Frontier, cheapest_deployments

QUERY = tokens_of_one_query(1000.0, 1000.0, 1000.0)
#: A big batcher (slow steps, cheap sharing) and a sprinter (fast steps, expensive sharing):
#: without length terms tpot = w sqrt(b) + s, and the cost is O (w / sqrt(b) + s / b).
BATCHER = (0.001, 0.020)
SPRINTER = (0.004, 0.002)


def toy(*laws: tuple[float, float]) -> Coefficients:
    weight, step = np.array(laws).T
    nothing = np.zeros(len(laws))
    return Coefficients(nothing, weight, step, nothing, nothing)


def cheapest(load_max: float, *laws: tuple[float, float]) -> Frontier:
    seen = np.ones(len(laws))
    return cheapest_deployments(toy(*laws), QUERY, 0.01 * seen, load_max * seen)


def test_the_sprinter_serves_where_the_batcher_cannot() -> None:
    frontier = cheapest(1e4, BATCHER, SPRINTER)
    # At 20 tok/s: b = 900 costs the batcher 0.056 GPU-s, b = 144 the sprinter 0.347.
    # At 100 tok/s the batcher's step alone takes twice the time there is.
    assert frontier.at(np.array([5.0, 20.0, 100.0])).tolist() == [0, 0, 1]


def test_where_they_cross() -> None:
    # Both reach a load b when tpot = w sqrt(b) + s; the cost is O tpot / b, so the larger b wins:
    # (t - 0.020) / 0.001 = (t - 0.002) / 0.004 at t = 0.026, or 38.46 tok/s.
    speeds = np.array([36.0, 41.0])
    assert cheapest(1e4, BATCHER, SPRINTER).at(speeds).tolist() == [0, 1]


def test_out_of_reach_the_closest_serves() -> None:
    assert cheapest(1e4, BATCHER, SPRINTER).at(np.array([1900.0])).tolist() == [1]


def test_a_narrow_load_range_takes_the_advantage_away() -> None:
    # With at most 0.1 requests per GPU the batcher cannot batch, and its step is 10 times as
    # long: 1000 (0.001 / 0.316 + 0.2) against 1000 (0.004 / 0.316 + 0.02).
    assert cheapest(0.1, BATCHER, SPRINTER).at(np.array([5.0])).tolist() == [1]


def test_interactivities_off_the_grid_take_its_end() -> None:
    frontier = cheapest(1e4, BATCHER, SPRINTER)
    assert frontier.at(np.array([1e-3, 1e5])).tolist() == [
        int(frontier.chosen[0]),
        int(frontier.chosen[-1]),
    ]


def test_length_terms_count() -> None:
    plain, nothing = toy(BATCHER, BATCHER), np.zeros(2)
    prefill = np.array([1e-3, 0.0])
    law = Coefficients(prefill, plain.beta_weight, plain.beta_step, nothing, nothing)
    frontier = cheapest_deployments(law, QUERY, np.full(2, 0.01), np.full(2, 1e4))
    assert frontier.at(np.array([20.0])) == pytest.approx([1])
