"""Scores of the shipped posterior on rows."""

from dataclasses import replace

import numpy as np
import pytest

from wh_uncertainty.model.kin.sketch_file import load_sketch
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.posterior import load_posterior
from wh_uncertainty.model.scoring.predict import predict_rows
from wh_uncertainty.model.validate import (
    ValidationError,
    stored_scores,
    validate,
)
from wh_uncertainty.priors import load_catalogue

KEYS = {"n", "ln_mae", "coverage_50", "coverage_90", "ln_width_90", "interval_score_90"}


@pytest.fixture(scope="module")
def rows() -> Observations:
    table = load_observations()
    return table.rows(table.model == "gpt-oss-120b")


@pytest.mark.xfail(strict=True, reason="0.051: days of broken builds weigh on deepseek-r1-0528")
def test_rows_of_the_fit_are_predicted_well() -> None:
    """Pooled over every model that is shipped; each tenth row is enough to tell."""
    table = load_observations()
    scores = validate(table.rows(np.arange(0, len(table), 10)))
    assert scores["overall"]["ln_mae"] <= 0.05
    assert scores["overall"]["coverage_90"] >= 0.86


def test_every_row_is_scored_or_counted(rows: Observations) -> None:
    scores = validate(rows)
    assert set(scores["overall"]) == KEYS
    assert scores["overall"]["n"] == int(rows.fit.sum())
    assert scores["not_scored"] == {
        "excluded_by_the_fit_rule": int((~rows.fit).sum()),
        "model_without_posterior": 0,
        "hardware_or_precision_unknown": 0,
    }
    assert set(scores["by_model"]) == {"gpt-oss-120b"}
    assert sum(part["n"] for part in scores["by_hardware"].values()) == scores["overall"]["n"]
    assert scores["interactivity"]["overall"]["n"] <= scores["overall"]["n"]


def test_scores_are_repeatable(rows: Observations) -> None:
    few = rows.rows(np.flatnonzero(rows.fit)[:40])
    assert validate(few) == validate(few)


def renamed(rows: Observations, old: str, new: str) -> Observations:
    return replace(rows, configuration=np.char.replace(rows.configuration, old, new))


def test_deployments_that_are_new_are_predicted_wider(rows: Observations) -> None:
    known = rows.rows(rows.fit & (rows.hardware == "b200"))
    law, catalogue = load_posterior("gpt-oss-120b"), load_catalogue()
    mine, theirs = (
        predict_rows(law, o, load_sketch(), catalogue, rng=np.random.default_rng(0))[0]
        for o in (known, renamed(known, "|dp0", "|dp?"))
    )
    assert mine.shape == theirs.shape == (2 * len(law.arrays["base"]), len(known))
    assert np.median(theirs.std(axis=0)) > 1.5 * np.median(mine.std(axis=0))


def test_rows_without_interactivity_or_power_still_score_their_cost(rows: Observations) -> None:
    few = rows.rows(np.flatnonzero(rows.fit)[:10])
    nothing = np.full(10, np.nan)
    bare = replace(few, tpot_s=nothing, board_w=nothing, power_fit=np.zeros(10, dtype=np.bool_))
    scores = validate(bare)
    assert scores["overall"]["n"] == 10
    assert scores["interactivity"]["overall"] == scores["board_power"]["overall"] == {"n": 0}


def test_nothing_to_score_says_why(rows: Observations) -> None:
    with pytest.raises(ValidationError, match=r"no row can be scored.*gpt-oss-120b"):
        validate(rows.rows(~rows.fit))


def test_machines_that_the_catalogue_does_not_know_are_counted_not_scored(
    rows: Observations,
) -> None:
    """A user's file may hold accelerators that no roofline is known of."""
    few = rows.rows(np.flatnonzero(rows.fit)[:10])
    future = replace(
        renamed(few, f"|{few.hardware[0]}|", "|r200|"), hardware=np.array(["r200"] * 10)
    )
    both = replace(
        rows.rows(np.flatnonzero(rows.fit)[:20]),
        configuration=np.concatenate([few.configuration, future.configuration]),
        hardware=np.concatenate([few.hardware, future.hardware]),
    )
    scores = validate(both)
    assert scores["overall"]["n"] == 10
    assert sum(scores["not_scored"].values()) == 10


def test_stored_scores_ship_with_the_package() -> None:
    scores = stored_scores()
    assert set(scores["overall"]) == KEYS
    assert {"by_model", "by_hardware", "interactivity", "board_power", "split"} <= set(scores)
    assert 0.86 <= scores["overall"]["coverage_90"] <= 0.94


@pytest.mark.parametrize(
    ("rows", "score", "required"),
    [
        pytest.param(rows, score, required, marks=pytest.mark.xfail(strict=True, reason=reached))
        for rows, score, required, reached in (
            ("unseen", "ln_mae", 0.15, "0.154; without possible doubles of the fit 0.147"),
            ("unseen", "interval_score_90", 1.0, "1.20: a few deployments are a factor of 3 off"),
            ("seen", "ln_mae", 0.05, "0.053; half of the rows of deepseek-r1-0528 within 0.028"),
        )
    ],
)
def test_figures_asked_for_and_not_reached(rows: str, score: str, required: float) -> None:
    """Each is as it is measured; a fit that reaches one turns its mark into a failure."""
    scores = stored_scores()
    part = scores if rows == "unseen" else scores["inside_the_fit"]
    assert part["overall"][score] <= required
