"""The cost law against hand arithmetic, in NumPy and in PyTensor."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import (
    Coefficients,
    TokenMoments,
    gpu_s_per_query,
    inter_token_time_s,
    load_at_inter_token_time,
    tokens_of_one_query,
)
from wh_uncertainty.model.hierarchy import correlation_factor, run_adjusted
from wh_uncertainty.priors import load_catalogue

LAW = Coefficients(alpha=1e-4, beta_weight=2e-3, beta_step=1e-3, gamma=1e-8, phi=0.5)
QUERY = tokens_of_one_query(800.0, 1000.0, 200.0)
LOAD = 4.0


def test_context_is_the_prompt_plus_half_of_the_output_at_every_output_token() -> None:
    assert TokenMoments(800.0, 200.0, 200 * 1100.0) == QUERY


@pytest.mark.parametrize("value", [LAW, QUERY])
def test_laws_and_moments_are_values(value: Coefficients | TokenMoments) -> None:
    """Shared between draws and threads: nothing can be assigned, and nothing added."""
    with pytest.raises(FrozenInstanceError):
        setattr(value, fields(value)[0].name, 1.0)
    assert not hasattr(value, "__dict__")


def test_gpu_seconds_by_hand() -> None:
    prefill, decode = gpu_s_per_query(LAW, QUERY, LOAD)
    assert prefill == pytest.approx(0.08)
    # 200 tokens at 0.002 / 2 + 0.001 / 4, and 220,000 token reads at 1e-8
    assert decode == pytest.approx(0.2 + 0.05 + 0.0022)


def test_inter_token_time_by_hand() -> None:
    # four requests share the GPU, each for 200 tokens: 4 / 200 (0.5 x 0.08 + 0.2522)
    assert inter_token_time_s(LAW, QUERY, LOAD) == pytest.approx(0.02 * 0.2922)


def test_separate_pools_do_not_stall() -> None:
    pooled = Coefficients(1e-4, 2e-3, 1e-3, 1e-8, 0.0)
    assert inter_token_time_s(pooled, QUERY, LOAD) == pytest.approx(0.02 * 0.2522)


def random_law(rng: np.random.Generator, n: int) -> Coefficients:
    def around(value: float) -> NDArray[np.float64]:
        return value * np.exp(rng.normal(0, 1, n))

    return Coefficients(around(1e-4), around(2e-3), around(1e-3), around(1e-8), rng.random(n))


def test_the_load_inverts_the_inter_token_time() -> None:
    rng = np.random.default_rng(1)
    law, load = random_law(rng, 1000), np.exp(rng.uniform(np.log(0.05), np.log(2000), 1000))
    tpot_s = np.asarray(inter_token_time_s(law, QUERY, load))
    assert load_at_inter_token_time(law, QUERY, tpot_s) == pytest.approx(load, rel=1e-9)


def test_the_load_of_a_law_without_length_terms() -> None:
    law = Coefficients(0.0, 2e-3, 1e-3, 0.0, 0.0)
    # 0.002 sqrt(b) + 0.001 = 0.011
    assert load_at_inter_token_time(law, QUERY, np.array([0.011])) == pytest.approx(25.0)


def test_no_load_is_slow_enough_for_a_speed_out_of_reach() -> None:
    assert load_at_inter_token_time(LAW, QUERY, np.array([1e-3, 5e-4])).tolist() == [0.0, 0.0]


def test_a_run_moves_the_terms_that_it_names() -> None:
    slow = run_adjusted(LAW, speed=np.log(2), decode=0.0, tilt=0.0, load=LOAD)
    assert (slow.alpha, slow.beta_weight, slow.gamma) == pytest.approx((2e-4, 4e-3, 2e-8))
    decode = run_adjusted(LAW, speed=0.0, decode=np.log(2), tilt=0.0, load=LOAD)
    assert (decode.alpha, decode.beta_step, decode.gamma) == pytest.approx((1e-4, 2e-3, 1e-8))
    tilted = run_adjusted(LAW, speed=0.0, decode=0.0, tilt=0.5, load=16.0)
    assert tilted.alpha == pytest.approx(2e-4)  # four times the middle load, to the power 1/2
    assert tilted.phi == LAW.phi


LawFunction = Callable[[Coefficients, TokenMoments, Any], Any]


def cost(law: Coefficients, tokens: TokenMoments, load: Any) -> Any:
    prefill, decode = gpu_s_per_query(law, tokens, load)
    return prefill + decode


@pytest.mark.parametrize("function", [cost, inter_token_time_s])
def test_numpy_and_pytensor_agree(function: LawFunction) -> None:
    pt: Any = import_module("pytensor.tensor")
    law, load = random_law(np.random.default_rng(2), 50), np.geomspace(0.1, 500, 50)

    speed, decode, tilt = (np.float64(value) for value in (0.1, -0.3, 0.05))
    expected = function(run_adjusted(law, speed, decode, tilt, load), QUERY, load)
    symbols = [pt.constant(value) for value in (speed, decode, tilt)]
    symbolic = run_adjusted(law.map(pt.constant), symbols[0], symbols[1], symbols[2], load, pt.exp)
    values = function(symbolic, QUERY, load).eval(mode="FAST_COMPILE")
    assert values == pytest.approx(expected, rel=1e-12)


def test_the_correlation_factor_squares_to_the_stated_correlation() -> None:
    catalogue = load_catalogue()
    rho = catalogue.priors["effect_correlation"].parameters["value"]
    factor = correlation_factor(catalogue)
    expected = np.full((4, 4), rho) + (1 - rho) * np.eye(4)
    assert factor @ factor.T == pytest.approx(expected)
