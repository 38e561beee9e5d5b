"""Scores of predictive draws, by hand."""

import numpy as np
import pytest

from wh_uncertainty.model.scoring.scores import (
    PROBABILITIES,
    joined,
    score_quantiles,
    score_rows,
    summarise,
    summarise_by,
)

DRAWS = np.linspace(-1.0, 1.0, 201)  # quantile q is 2 q - 1 exactly


def test_a_row_inside_scores_the_width() -> None:
    scores = score_rows(DRAWS[:, None], np.array([0.3]))
    assert scores.error == pytest.approx([-0.3])
    assert scores.inside_50.tolist() == scores.inside_90.tolist() == [True]
    assert scores.width_90 == pytest.approx([1.8])
    assert scores.interval_score_90 == pytest.approx([1.8])


@pytest.mark.parametrize("measured", [1.1, -1.1])
def test_a_miss_costs_twenty_times_its_distance(measured: float) -> None:
    scores = score_rows(DRAWS[:, None], np.array([measured]))
    assert scores.inside_90.tolist() == [False]
    assert scores.interval_score_90 == pytest.approx([1.8 + 20 * 0.2])


def test_averages_leave_out_rows_without_a_measurement() -> None:
    measured = np.array([0.1, np.nan, 0.7, -1.1])
    scores = score_rows(np.tile(DRAWS[:, None], 4), measured)
    labels = np.array(["a", "a", "b", "b"])
    assert summarise(scores) == pytest.approx(
        {
            "n": 3,
            "ln_mae": (0.1 + 0.7 + 1.1) / 3,
            "coverage_50": 1 / 3,
            "coverage_90": 2 / 3,
            "ln_width_90": 1.8,
            "interval_score_90": 1.8 + 4 / 3,
        }
    )
    by = summarise_by(scores, labels)
    assert by["a"]["n"] == 1
    assert by["b"]["ln_mae"] == pytest.approx(0.9)


def test_no_row_no_score() -> None:
    scores = score_rows(DRAWS[:, None], np.array([np.nan]))
    assert summarise(scores) == {"n": 0}


def test_draws_and_their_quantiles_score_alike() -> None:
    measured = np.array([0.3, 1.1, -2.0])
    draws = np.tile(DRAWS[:, None], 3)
    quantiles = np.quantile(draws, PROBABILITIES, axis=0)
    assert summarise(score_quantiles(quantiles, measured)) == summarise(score_rows(draws, measured))


def test_parts_are_joined_in_their_order() -> None:
    parts = [score_rows(DRAWS[:, None], np.array([value])) for value in (0.3, -0.2)]
    assert joined(parts).error == pytest.approx([-0.3, 0.2])
    assert joined(parts).inside_90.tolist() == [True, True]
