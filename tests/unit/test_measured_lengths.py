"""How far lengths lie from those of a deployment's rows, and what that does to its law."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients
from wh_uncertainty.model.token_lengths.measured_lengths import measured_lengths
from wh_uncertainty.model.token_lengths.unmeasured_lengths import with_error_of_lengths
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()
SEEN = measured_lengths([{"1024/1024": 4.0, "8192/1024": 2.0}, {"1024/1024": 4.0}, {}])
LAW = Coefficients(1.0, 1.0, 1.0, 1.0, 0.5)


@pytest.mark.parametrize(
    ("isl", "osl", "of_prompt", "of_output"),
    [
        (1024, 1024, [0, 0, 0], [0, 0, 0]),
        (8192, 1024, [0, 1, 0], [0, 0, 0]),
        (1024, 8192, [0, 0, 0], [1, 1, 0]),
        (4096, 2048, [0, 2 / 3, 0], [1 / 3, 1 / 3, 0]),
        (10, 10, [0, 0, 0], [0, 0, 0]),  # below the benchmark's shortest
        (100_000, 100_000, [0, 1, 0], [1, 1, 0]),  # what lies beyond its longest has its own error
    ],
)
def test_distance(isl: float, osl: float, of_prompt: list[float], of_output: list[float]) -> None:
    assert SEEN.steps_outside(isl, osl) == pytest.approx(np.array([of_prompt, of_output]))


def test_a_deployment_of_long_prompts_says_less_of_short_ones() -> None:
    only_long = measured_lengths([{"8192/1024": 2.0}])
    assert only_long.steps_outside(1024, 1024) == pytest.approx(np.array([[1.0], [0.0]]))


def test_no_deployment_at_all() -> None:
    assert measured_lengths([]).steps_outside(1, 1).shape == (2, 0)
    assert measured_lengths([{}]).load_proven(1.0).tolist() == [0.0]


def test_each_term_errs_with_its_own_length() -> None:
    z = np.array([-1.0, 0.0, 2.0])
    prompt, output = (
        CATALOGUE.priors[f"unlike_{n}_sd"].parameters["value"] for n in ("prompt", "output")
    )
    law = with_error_of_lengths(LAW, [np.array([0.5]), np.array([1.0])], z, CATALOGUE)
    assert law.alpha == pytest.approx(np.exp(prompt * z / 2))
    for decoding in (law.beta_weight, law.beta_step, law.gamma):
        assert decoding == pytest.approx(np.exp(output * z))
    near = with_error_of_lengths(LAW, [np.zeros(1), np.zeros(1)], z, CATALOGUE)
    assert near == LAW


@given(st.floats(1024, 8192), st.floats(1024, 8192), st.floats(-9, 9))
def test_no_term_falls_where_its_length_grows(short: float, long: float, z: float) -> None:
    """Whatever the draw: from a deployment of short prompts as from one of long ones."""
    short, long = sorted((short, long))
    for name in ("1024/1024", "8192/8192"):
        cost = list[NDArray[np.float64]]()
        for tokens in (short, long):
            steps = measured_lengths([{name: 1.0}]).steps_outside(tokens, tokens)
            law = with_error_of_lengths(LAW, list(steps), np.array([z]), CATALOGUE)
            cost.append(np.array([law.alpha, law.beta_step]) * tokens)
        assert np.all(cost[1] >= cost[0] * (1 - 1e-9))
