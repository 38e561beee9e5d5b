"""Score simple predictors on the held-out deployments that the posterior is scored on.

Usage: ``python -m tests.benchmarks.baselines [--seed N]``. Gradient boosting with quantile loss,
and the nearest benchmarked deployment with the errors that it makes among the rows of the fit:
neither knows the cost law. And the sketch of all models, which does, without the sampler. All see
the same rows as the fit and predict ln GPU-seconds per query. The published split has seed 1.
"""

import argparse
import os
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.held_out import held_out_deployments
from wh_uncertainty.model.left_out import score_left_out
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.scores import RowScores, score_rows, summarise
from wh_uncertainty.model.sketch import sketch_models
from wh_uncertainty.priors import load_catalogue

Floats = NDArray[np.float64]

HELD_OUT_FRACTION, SPLIT_SEED = 0.15, 1

# The quantiles that score_rows asks of draws, and a grid of draws on which np.quantile finds them.
_PROBABILITIES = np.array([0.05, 0.25, 0.50, 0.75, 0.95])
_GRID = np.linspace(0, 1, 21)

_LABELS = ("model", "hardware", "precision", "framework", "spec_decoding", "aggregation")
_COUNTS = ("gpus", "prefill_gpus", "decode_gpus", "tp", "ep", "load", "mean_isl_tok")

# What a difference counts when the nearest deployment is looked for; numbers as |ln ratio|.
_LABEL_WEIGHTS = {"hardware": 4.0, "precision": 3.0, "spec_decoding": 2.0, "framework": 1.0}
_NUMBER_WEIGHTS = {"gpus": 1.0, "load": 1.0, "mean_isl_tok": 2.0, "mean_osl_tok": 2.0}
_DISAGGREGATION_WEIGHT = 2.0


def main() -> None:
    """Print one line of scores per predictor."""
    parser = argparse.ArgumentParser(description="Score simple predictors on a held-out split.")
    parser.add_argument("--seed", type=int, default=SPLIT_SEED)
    seed: int = parser.parse_args().seed
    observations = load_observations()
    held = held_out_deployments(observations, HELD_OUT_FRACTION, seed=seed)
    unseen = np.isin(observations.configuration, held)
    train = observations.rows(observations.fit & ~unseen)
    test = observations.rows(observations.fit & unseen)
    print(f"{len(test)} rows of {len(held)} deployments held out, {len(train)} rows to learn from")
    report("gradient boosting", scored(boosted_quantiles(train, test), test))
    report("nearest deployment", scored(nearest_quantiles(train, test), test))
    catalogue = load_catalogue()
    sketch = sketch_models(train, catalogue)
    rng = np.random.default_rng(0)
    report("sketch, no sampler", score_left_out(test, sketch, catalogue, rng=rng))


def scored(quantiles: Floats, test: Observations) -> RowScores:
    """Score quantiles, shape (5, row)."""
    rows = range(quantiles.shape[1])
    draws = np.stack([np.interp(_GRID, _PROBABILITIES, quantiles[:, row]) for row in rows], axis=1)
    return score_rows(draws, np.log(test.gpu_s_per_query))


def report(name: str, rows: RowScores) -> None:
    """Print the scores of a predictor."""
    scores = summarise(rows)
    print(
        f"{name:20} ln-MAE {scores['ln_mae']:.3f}   50 % covers {scores['coverage_50']:.1%}   "
        f"90 % covers {scores['coverage_90']:.1%}   ln width {scores['ln_width_90']:.2f}   "
        f"interval score {scores['interval_score_90']:.2f}"
    )


def boosted_quantiles(train: Observations, test: Observations) -> Floats:
    """Fit one boosted regressor per quantile; return its predictions, sorted, (5, row)."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # read at import; more threads wait, not work
    ensemble: Any = import_module("sklearn.ensemble")
    columns, labels = features(train, test)
    answer = np.log(train.gpu_s_per_query)
    predicted: list[Floats] = []
    for probability in _PROBABILITIES.tolist():
        regressor = ensemble.HistGradientBoostingRegressor(
            loss="quantile",
            quantile=probability,
            max_iter=400,
            categorical_features=labels,
            random_state=0,
        )
        regressor.fit(columns[: len(train)], answer)
        predicted.append(regressor.predict(columns[len(train) :]))
    return np.sort(np.array(predicted), axis=0)  # quantiles fitted one by one may cross


def features(train: Observations, test: Observations) -> tuple[Floats, list[int]]:
    """Return columns of both tables, (row, column), and the positions of the labels."""

    def both(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(train, name), getattr(test, name)])

    coded = [np.unique(both(name), return_inverse=True)[1].astype(float) for name in _LABELS]
    counts = [np.log(both(name)) for name in (*_COUNTS, "mean_osl_tok")]
    plain = [both(name).astype(np.float64) for name in ("disaggregated", "dp_attention")]
    return np.column_stack([*coded, *counts, *plain]), list(range(len(_LABELS)))


def nearest_quantiles(train: Observations, test: Observations) -> Floats:
    """Take the row of the nearest deployment; spread as among the fit's own deployments, (5, row).

    Each row of the fit is predicted from its nearest other deployment, which gives the errors.
    """
    answer = np.log(train.gpu_s_per_query)
    misses = answer - answer[nearest_row(train, train)]
    spread: Floats = np.quantile(misses, _PROBABILITIES)
    nearest: Floats = answer[nearest_row(test, train)]
    return nearest + spread[:, None]


def nearest_row(wanted: Observations, known: Observations) -> NDArray[np.intp]:
    """Return for each wanted row the closest known row of the model on another deployment."""
    nearest = np.empty(len(wanted), dtype=np.intp)
    for model in np.unique(wanted.model):
        rows, others = (np.flatnonzero(o.model == model) for o in (wanted, known))
        distance = distances(wanted.rows(rows), known.rows(others))
        nearest[rows] = others[distance.argmin(axis=1)]
    return nearest


def distances(wanted: Observations, known: Observations) -> Floats:
    """Return a dissimilarity, (wanted, known); infinite within a deployment."""
    total = np.where(wanted.configuration[:, None] == known.configuration, np.inf, 0.0)
    for name, weight in _LABEL_WEIGHTS.items():
        total += weight * (getattr(wanted, name)[:, None] != getattr(known, name))
    total += _DISAGGREGATION_WEIGHT * (wanted.disaggregated[:, None] != known.disaggregated)
    for name, weight in _NUMBER_WEIGHTS.items():
        ours, theirs = np.log(getattr(wanted, name)), np.log(getattr(known, name))
        total += weight * np.abs(ours[:, None] - theirs)
    return total


if __name__ == "__main__":
    main()
