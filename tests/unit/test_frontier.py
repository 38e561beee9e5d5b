"""The frontier on a toy whose answer is known."""

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients, tokens_of_one_query
from wh_uncertainty.model.frontier import cheapest_deployments, grid_position

QUERY = tokens_of_one_query(1000.0, 1000.0, 1000.0)
#: A big batcher (slow steps, cheap sharing) and a sprinter (fast steps, expensive sharing):
#: without length terms tpot = w sqrt(b) + s, and the cost is O (w / sqrt(b) + s / b).
BATCHER = (0.001, 0.020)
SPRINTER = (0.004, 0.002)


def toy(*laws: tuple[float, float]) -> Coefficients:
    weight, step = np.array(laws).T
    nothing = np.zeros(len(laws))
    return Coefficients(nothing, weight, step, nothing, nothing)


def cheapest(load_max: float, *laws: tuple[float, float]) -> NDArray[np.intp]:
    seen = np.ones(len(laws))
    return cheapest_deployments(toy(*laws), QUERY, 0.01 * seen, load_max * seen)


def at(frontier: NDArray[np.intp], *interactivity_tok_s: float) -> list[int]:
    chosen: list[int] = frontier[grid_position(np.array(interactivity_tok_s))].tolist()
    return chosen


def test_the_sprinter_serves_where_the_batcher_cannot() -> None:
    frontier = cheapest(1e4, BATCHER, SPRINTER)
    # At 20 tok/s: b = 900 costs the batcher 0.056 GPU-s, b = 144 the sprinter 0.347.
    # At 100 tok/s the batcher's step alone takes twice the time there is.
    assert at(frontier, 5.0, 20.0, 100.0) == [0, 0, 1]


def test_where_they_cross() -> None:
    # Both reach a load b when tpot = w sqrt(b) + s; the cost is O tpot / b, so the larger b wins:
    # (t - 0.020) / 0.001 = (t - 0.002) / 0.004 at t = 0.026, or 38.46 tok/s.
    assert at(cheapest(1e4, BATCHER, SPRINTER), 36.0, 41.0) == [0, 1]


def test_out_of_reach_the_closest_serves() -> None:
    assert at(cheapest(1e4, BATCHER, SPRINTER), 1900.0) == [1]


def test_a_narrow_load_range_takes_the_advantage_away() -> None:
    # With at most 0.1 requests per GPU the batcher cannot batch, and its step is 10 times as
    # long: 1000 (0.001 / 0.316 + 0.2) against 1000 (0.004 / 0.316 + 0.02).
    assert at(cheapest(0.1, BATCHER, SPRINTER), 5.0) == [1]


def test_interactivities_off_the_grid_take_its_end() -> None:
    frontier = cheapest(1e4, BATCHER, SPRINTER)
    assert at(frontier, 1e-3, 1e5) == [frontier[0], frontier[-1]]


def test_length_terms_count() -> None:
    plain, nothing = toy(BATCHER, BATCHER), np.zeros(2)
    prefill = np.array([1e-3, 0.0])
    law = Coefficients(prefill, plain.beta_weight, plain.beta_step, nothing, nothing)
    frontier = cheapest_deployments(law, QUERY, np.full(2, 0.01), np.full(2, 1e4))
    assert at(frontier, 20.0) == [1]


def test_the_grid_has_160_paces_from_1_to_2000_tok_s() -> None:
    steps = np.arange(160)
    pace = 2000 ** (steps / 159)
    assert len(cheapest(1e4, BATCHER)) == 160
    assert grid_position(pace).tolist() == steps.tolist()


def test_a_pace_between_two_takes_the_nearer_one_in_logarithms() -> None:
    steps = np.arange(159)
    assert grid_position(2000 ** ((steps + 0.49) / 159)).tolist() == steps.tolist()
    assert grid_position(2000 ** ((steps + 0.51) / 159)).tolist() == (steps + 1).tolist()


def test_one_that_is_a_fifth_too_slow_does_not_serve_however_cheap() -> None:
    # At 40 tok/s and its least load of 100 the batcher takes 0.030 s, not 0.025, and would cost
    # 0.3 GPU-s; the sprinter carries (0.023 / 0.004)^2 = 33 requests for 0.756.
    law, least = toy(BATCHER, SPRINTER), np.array([100.0, 0.01])
    assert at(cheapest_deployments(law, QUERY, least, np.full(2, 1e4)), 40.0) == [1]


def test_the_cheapest_serves_though_another_is_faster_and_a_third_cannot() -> None:
    # At 20 tok/s: a step of 0.1 s is out of reach, and at most 0.1 requests make the sprinter fast.
    law = toy((0.001, 0.100), SPRINTER, BATCHER)
    most = np.array([1e4, 0.1, 1e4])
    assert at(cheapest_deployments(law, QUERY, np.full(3, 0.01), most), 20.0) == [2]
