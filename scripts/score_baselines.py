"""Score plain predictors on the held-out deployments that the posterior is scored on.

    python scripts/score_baselines.py [--seed N]

Gradient boosting with quantile loss, and the nearest benchmarked deployment, as in the calibration
studies: neither knows the cost law. And the sketch of all models, which does, without the sampler.
All see the rows of the fit and predict ln GPU-seconds per query. Scores of the published split are
stored in ``docs/validation/baselines.json``, which the README is made from; of others they are only
printed.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from calibration.boosting import boosted_quantiles
from calibration.nearest import nearest_quantiles
from calibration.question import cost_question
from calibration.splits import Split
from wh_uncertainty.model.kin.sketch import sketch_models
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.scoring.held_out import SPLIT_FRACTION, SPLIT_SEED, held_out_deployments
from wh_uncertainty.model.scoring.left_out import score_left_out
from wh_uncertainty.model.scoring.scores import score_quantiles, summarise
from wh_uncertainty.priors import load_catalogue

RESULT = Path(__file__).parents[1] / "docs" / "validation" / "baselines.json"


def main() -> None:
    """Print one line of scores per predictor, and store those of the published split."""
    parser = argparse.ArgumentParser(description="Score plain predictors on a held-out split.")
    parser.add_argument("--seed", type=int, default=SPLIT_SEED)
    seed: int = parser.parse_args().seed
    result = scored(seed)
    for name, scores in result["predictors"].items():
        print(line(name, scores))
    if seed == SPLIT_SEED:
        RESULT.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n", "utf-8")


def scored(seed: int) -> dict[str, Any]:
    """Score every predictor on one split, and state what it was scored on."""
    observations, catalogue = load_observations(), load_catalogue()
    question = cost_question(observations, catalogue)
    held = held_out_deployments(observations, SPLIT_FRACTION, seed=seed)
    unseen = np.isin(question.rows.configuration, held)
    split, answers = Split("held out", ~unseen, unseen), question.answer[unseen]
    boosted = boosted_quantiles(question, split)
    nearest = nearest_quantiles(question, split, "configuration")
    sketch = sketch_models(question.rows.rows(~unseen), catalogue)
    drawn = score_left_out(
        question.rows.rows(unseen), sketch, catalogue, rng=np.random.default_rng(0)
    )
    return {
        "predictors": {
            "gradient boosting": summarise(score_quantiles(boosted, answers)),
            "nearest deployment": summarise(score_quantiles(nearest, answers)),
            "sketch, no sampler": summarise(drawn),
        },
        "split": {
            "fraction": SPLIT_FRACTION,
            "seed": seed,
            "deployments_left_out": len(held),
            "observations_sha256": observations.sha256,
            "priors_sha256": catalogue.sha256,
        },
    }


def line(name: str, scores: Mapping[str, float]) -> str:
    """Return the scores of a predictor in words."""
    return (
        f"{name:20} {scores['n']} rows   ln-MAE {scores['ln_mae']:.3f}   "
        f"50 % covers {scores['coverage_50']:.1%}   90 % covers {scores['coverage_90']:.1%}   "
        f"ln width {scores['ln_width_90']:.2f}   interval score {scores['interval_score_90']:.2f}"
    )


if __name__ == "__main__":
    main()
