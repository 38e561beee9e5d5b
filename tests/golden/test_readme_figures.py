"""Figures in the README's sentences, against what they speak of."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from wh_uncertainty.model.candidates import MAX_LOAD_STRETCH
from wh_uncertainty.model.context import BENCHMARK_CONTEXT_TOK
from wh_uncertainty.model.fitting.diagnostics import GATES
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.scoring.calibration import stored_calibration
from wh_uncertainty.model.scoring.held_out import SPLIT_FRACTION, SPLIT_SEED
from wh_uncertainty.model.validate import stored_scores

CHECKOUT = Path(__file__).parents[2]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
BASELINES: dict[str, Any] = json.loads(
    (CHECKOUT / "docs" / "validation" / "baselines.json").read_text("utf-8")
)
WORDS = " ".join(README.split())


def test_rows_models_and_accelerators_of_the_fit() -> None:
    rows = load_observations()
    models, hardware = (np.unique(column[rows.fit]) for column in (rows.model, rows.hardware))
    assert (
        f"Of {len(rows):,} benchmark rows, the {int(rows.fit.sum()):,} that no stated rule "
        f"excludes enter the fit: {len(models)} models on {len(hardware)} kinds of GPU" in WORDS
    )


def test_gates_of_the_fit() -> None:
    assert f"R-hat at most {GATES['r_hat_max']:g}" in WORDS
    assert f"effective sample sizes of at least {GATES['ess_min']:g}" in WORDS
    assert f"at most {GATES['divergent_fraction']:.1%} divergences".replace("%", " %") in WORDS


def test_reach_of_the_benchmark() -> None:
    assert f"Beyond {BENCHMARK_CONTEXT_TOK:,} tokens of context" in WORDS
    assert f"may leave them, by at most a factor {MAX_LOAD_STRETCH:g}" in WORDS


def test_links_point_to_files() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    assert [t for t in targets if not (CHECKOUT / t).exists()] == []


def test_held_out_scores_are_the_stored_ones() -> None:
    overall = stored_scores()["overall"]
    table = README.partition("<!-- validation -->")[2].partition("<!-- /validation -->")[0]
    assert f"{overall['n']:,} held-out rows" in table
    assert re.search(rf"90 % interval covers \|.+?\| {overall['coverage_90']:.3f} \|", table)
    assert re.search(rf"interval score.+?\| {overall['interval_score_90']:.2f} \|", table)


def test_plain_predictors_are_scored_on_the_shipped_rows_and_the_same_split() -> None:
    split, ours = BASELINES["split"], stored_scores()
    assert split["observations_sha256"] == load_observations().sha256, (
        "python scripts/score_baselines.py"
    )
    assert (split["fraction"], split["seed"]) == (SPLIT_FRACTION, SPLIT_SEED)
    same = ("fraction", "seed", "deployments_left_out", "observations_sha256")
    assert [split[key] for key in same] == [ours["split"][key] for key in same]
    rows = {scores["n"] for scores in BASELINES["predictors"].values()}
    assert rows == {ours["overall"]["n"]}


def test_the_sketch_alone_has_the_scores_that_the_text_gives() -> None:
    scores = BASELINES["predictors"]["sketch, no sampler"]
    assert f"on this one {scores['ln_mae']:.3f} and {scores['interval_score_90']:.2f};" in WORDS
    folds = stored_calibration()["studies"]["gpu_seconds.deployments"]["this model"]["overall"]
    text = f"its error is {folds['ln_mae']:.3f} and its interval score"
    assert f"{text} {folds['interval_score_90']:.2f}." in WORDS


def test_what_may_be_machines_of_the_fit_is_told_apart() -> None:
    scores = stored_scores()
    surely = scores["surely_unseen"]
    assert f"rows held out, {scores['overall']['n'] - surely['n']} are of deployments" in WORDS
    text = f"{surely['ln_mae']:.3f} and its score {surely['interval_score_90']:.2f}."
    assert f"without them the error of the cost law is {text}" in WORDS
