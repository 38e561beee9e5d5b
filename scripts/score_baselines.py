"""Score plain predictors on the held-out deployments that the posterior is scored on.

    python scripts/score_baselines.py [--seed N]

Gradient boosting with quantile loss, and the nearest benchmarked deployment, as in the calibration
studies: neither knows the cost law. And the sketch of all models, which does, without the sampler.
All see the rows of the fit and predict ln GPU-seconds per query. The published split has seed 1.
"""

import argparse

import numpy as np

from calibration.boosting import boosted_quantiles
from calibration.nearest import nearest_quantiles
from calibration.question import cost_question
from calibration.splits import Split
from wh_uncertainty.model.held_out import held_out_deployments
from wh_uncertainty.model.left_out import score_left_out
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.scores import RowScores, score_quantiles, summarise
from wh_uncertainty.model.sketch import sketch_models
from wh_uncertainty.priors import load_catalogue

HELD_OUT_FRACTION, SPLIT_SEED = 0.15, 1


def main() -> None:
    """Print one line of scores per predictor."""
    parser = argparse.ArgumentParser(description="Score plain predictors on a held-out split.")
    parser.add_argument("--seed", type=int, default=SPLIT_SEED)
    seed: int = parser.parse_args().seed
    observations, catalogue = load_observations(), load_catalogue()
    question = cost_question(observations, catalogue)
    held = held_out_deployments(observations, HELD_OUT_FRACTION, seed=seed)
    unseen = np.isin(question.rows.configuration, held)
    split = Split("held out", ~unseen, unseen)
    train, test = question.rows.rows(~unseen), question.rows.rows(unseen)
    print(f"{len(test)} rows of {len(held)} deployments held out, {len(train)} rows to learn from")
    for name, quantiles in (
        ("gradient boosting", boosted_quantiles(question, split)),
        ("nearest deployment", nearest_quantiles(question, split, "configuration")),
    ):
        report(name, score_quantiles(quantiles, question.answer[unseen]))
    sketch, rng = sketch_models(train, catalogue), np.random.default_rng(0)
    report("sketch, no sampler", score_left_out(test, sketch, catalogue, rng=rng))


def report(name: str, rows: RowScores) -> None:
    """Print the scores of a predictor."""
    scores = summarise(rows)
    print(
        f"{name:20} ln-MAE {scores['ln_mae']:.3f}   50 % covers {scores['coverage_50']:.1%}   "
        f"90 % covers {scores['coverage_90']:.1%}   ln width {scores['ln_width_90']:.2f}   "
        f"interval score {scores['interval_score_90']:.2f}"
    )


if __name__ == "__main__":
    main()
