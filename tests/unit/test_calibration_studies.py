"""Splits and plain predictors of the calibration studies, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from calibration.boosting import conformal
from calibration.nearest import nearest_quantiles
from calibration.power_law import power_quantiles
from calibration.question import board_power_question, cost_question
from calibration.splits import Split, days, deployment_folds, label_splits, row_folds, windows
from calibration.studies import PREDICTORS, study_scores
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.scoring.held_out import held_out_deployments
from wh_uncertainty.model.scoring.scores import PROBABILITIES, RowScores, score_quantiles, summarise
from wh_uncertainty.model.validate import stored_scores
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()


@pytest.fixture(scope="module")
def rows() -> Observations:
    table = load_observations()
    return table.rows(table.fit)


def apart(splits: tuple[Split, ...], rows: Observations, column: str) -> bool:
    labels = getattr(rows, column)
    return not any(np.isin(labels[s.test], labels[s.train]).any() for s in splits)


def test_folds_score_every_row_once_and_share_no_deployment(rows: Observations) -> None:
    folds = deployment_folds(rows, 5, seed=1)
    assert (np.sum([f.test for f in folds], axis=0) == 1).all()
    assert (np.sum([f.train for f in folds], axis=0) == 4).all()
    assert apart(folds, rows, "configuration")
    count = len(np.unique(rows.configuration))
    shares = [len(np.unique(rows.configuration[f.test])) / count for f in folds]
    assert shares == pytest.approx([0.2] * 5, abs=0.03)


def test_what_may_be_the_same_machines_is_in_one_fold(rows: Observations) -> None:
    stem = "m|b200|fp4|vllm|none|agg|g8|tp8"
    names = [f"{stem}|ep{ep}|dp{dp}" for ep in (1, 2, 4, 8) for dp in (0, 1)] + [f"{stem}|ep?|dp0"]
    few = replace(
        rows.rows(np.arange(len(names))),
        configuration=np.array(names),
        model=np.full(len(names), "m"),
    )
    together = np.array([name.endswith("dp0") for name in names])
    for seed in range(10):
        folds = deployment_folds(few, 3, seed=seed)
        assert sum(bool(fold.test[together].all()) for fold in folds) == 1


def test_every_label_is_left_out_once(rows: Observations) -> None:
    for column in ("model", "hardware"):
        splits = label_splits(rows, column)
        assert [s.name for s in splits] == np.unique(getattr(rows, column)).tolist()
        assert apart(splits, rows, column)


def test_windows_look_only_back_and_score_new_deployments(rows: Observations) -> None:
    splits = windows(rows, ("2026-01-01", "2026-05-01"))
    assert apart(splits, rows, "configuration")
    for split, origin in zip(splits, ("2026-01-01", "2026-05-01"), strict=True):
        assert days(rows)[split.train].max() < np.datetime64(origin)
        assert days(rows)[split.test].min() >= np.datetime64(origin)
    assert not (splits[0].test & splits[1].test).any()


def test_single_rows_are_of_deployments_that_are_known(rows: Observations) -> None:
    for split in row_folds(rows, 4, seed=0):
        assert np.isin(rows.configuration[split.test], rows.configuration[split.train]).all()


def test_conformal_intervals_move_by_what_others_missed_by() -> None:
    kept = np.repeat([[-1.0], [0.0], [1.0]], 99, axis=1)
    measured = np.linspace(-1.98, 1.94, 99)  # outside by at most 0.98
    moved = conformal(np.array([[-3.0], [0.0], [3.0]]), kept, measured)
    inside = [abs(v) for v in measured]
    # 90 of 99 and 50 of 99: the corrected percentiles
    assert moved[4, 0] - 3.0 == pytest.approx(sorted(inside)[89] - 1.0)
    assert moved[0, 0] + 3.0 == pytest.approx(1.0 - sorted(inside)[89])
    assert moved[3, 0] == pytest.approx(sorted(inside)[49]) == -moved[1, 0]


def test_the_nearest_row_of_another_deployment_predicts(rows: Observations) -> None:
    """Three deployments, of which the first two are alike; errors among them set the spread."""
    names = [
        "glm-5|h200|fp8|sglang|none|agg|g8|tp8|ep1|dp0",
        "glm-5|h200|fp8|sglang|none|agg|g8|tp8|ep1|dp1",
        "glm-5|b200|fp8|sglang|none|agg|g8|tp8|ep1|dp0",
    ]
    few = replace(
        rows.rows(np.zeros(3, dtype=np.intp)),
        configuration=np.array(names),
        hardware=np.array(["h200", "h200", "b200"]),
        gpu_s_per_query=np.exp([0.0, 1.0, 5.0]),
    )
    split = Split("first", np.array([False, True, True]), np.array([True, False, False]))
    found = nearest_quantiles(cost_question(few, CATALOGUE), split, "configuration")
    # known rows miss each other by 4 on either side
    assert found[:, 0] == pytest.approx(1.0 + np.quantile([-4.0, 4.0], PROBABILITIES))


def test_the_stand_in_of_board_power_scores_as_the_sampler() -> None:
    """On the split that the sampler was scored on.

    The two differ in their scales: medians of the priors here, a posterior there.
    """
    table = load_observations()
    question = board_power_question(table, CATALOGUE)
    held = np.isin(question.rows.configuration, held_out_deployments(table, 0.15, seed=1))
    split = Split("published", ~held, held)
    quantiles = power_quantiles(question, split, CATALOGUE, rng=np.random.default_rng(0))
    found = summarise(score_quantiles(quantiles, question.answer[held]))
    sampler = stored_scores()["board_power"]["overall"]
    assert found["n"] == sampler["n"]
    assert found["ln_mae"] == pytest.approx(sampler["ln_mae"], abs=0.01)
    assert found["coverage_90"] == pytest.approx(sampler["coverage_90"], abs=0.03)
    assert found["interval_score_90"] == pytest.approx(sampler["interval_score_90"], rel=0.1)


def test_scores_of_a_study_are_pooled_over_its_splits(rows: Observations) -> None:
    chosen = rows.rows(rows.model == "glm-5.1")
    question = cost_question(chosen, CATALOGUE)
    splits, answer = deployment_folds(chosen, 3, seed=0), question.answer
    exact: dict[str, dict[str, RowScores]] = {
        split.name: dict.fromkeys(
            PREDICTORS,
            score_quantiles(np.tile(answer[split.test], (5, 1)), answer[split.test]),
        )
        for split in splits
    }
    scores = study_scores(splits, question, exact)["this model"]
    assert scores["overall"]["n"] == len(chosen) == sum(p["n"] for p in scores["by_split"].values())
    assert scores["overall"]["ln_mae"] == 0
    assert {k: v["n"] for k, v in scores["by_hardware"].items()} == {
        name: int((chosen.hardware == name).sum()) for name in np.unique(chosen.hardware).tolist()
    }
