"""The studies: which splits of which question, who predicts, and their scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.boosting import boosted_quantiles, conformal_quantiles
from calibration.cost_sketch import score_cost_sketch
from calibration.nearest import nearest_quantiles
from calibration.power_law import power_quantiles
from calibration.question import Question, board_power_question, cost_question
from calibration.splits import Split, deployment_folds, label_splits, row_folds, windows
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.scoring.scores import (
    RowScores,
    joined,
    score_quantiles,
    summarise,
    summarise_by,
)
from wh_uncertainty.priors import Catalogue

__all__ = ["PREDICTORS", "STUDIES", "Study", "predictions", "study_scores"]

FOLDS = 5
COST_ORIGINS = ("2026-01-01", "2026-03-01", "2026-05-01", "2026-07-01")
POWER_ORIGINS = ("2026-08-01",)  # 1,194 of 1,246 rows with board power are of one day in July

PREDICTORS: tuple[str, ...] = (
    "this model",
    "gradient boosting",
    "conformal boosting",
    "nearest deployment",
)

_QUESTIONS = {"gpu_seconds": cost_question, "board_power": board_power_question}


@dataclass(frozen=True, slots=True)
class Study:
    """Rows held out in one way.

    Parameters
    ----------
    quantity : {"gpu_seconds", "board_power"}
    held_out : str
        ``deployments``, ``model``, ``hardware``, ``time`` or ``rows``.
    apart : str
        The column that a row has in common with no row learnt from.
    splits : callable
        Of the rows and a seed.
    """

    quantity: str
    held_out: str
    apart: str
    splits: Callable[[Observations, int], tuple[Split, ...]]

    @property
    def name(self) -> str:
        """Of its scores in the file."""
        return f"{self.quantity}.{self.held_out}"


def _studies(quantity: str, origins: tuple[str, ...]) -> list[Study]:
    return [
        Study(quantity, "deployments", "configuration", _folds),
        Study(quantity, "model", "model", lambda rows, _: label_splits(rows, "model")),
        Study(quantity, "hardware", "hardware", lambda rows, _: label_splits(rows, "hardware")),
        Study(quantity, "time", "configuration", lambda rows, _: windows(rows, origins)),
    ]


def _folds(rows: Observations, seed: int) -> tuple[Split, ...]:
    return deployment_folds(rows, FOLDS, seed=seed)


#: Of seen deployments only board power is asked: cost within a fit is what `validate` scores.
STUDIES = {
    study.name: study
    for study in (
        *_studies("gpu_seconds", COST_ORIGINS),
        *_studies("board_power", POWER_ORIGINS),
        Study("board_power", "rows", "observation_id", lambda r, s: row_folds(r, FOLDS, seed=s)),
    )
}


def question_of(study: Study, observations: Observations, catalogue: Catalogue) -> Question:
    """Return the rows of a study and what is asked of them."""
    return _QUESTIONS[study.quantity](observations, catalogue)


def predictions(
    study: Study, question: Question, split: Split, catalogue: Catalogue, *, seed: int
) -> dict[str, RowScores]:
    """Score every predictor on one split.

    Parameters
    ----------
    study : Study
    question : Question
    split : Split
    catalogue : Catalogue
    seed : int

    Returns
    -------
    dict of str to RowScores
        By name in `PREDICTORS`.
    """
    measured = question.answer[split.test]
    plain = (
        boosted_quantiles(question, split),
        conformal_quantiles(question, split, seed=seed),
        nearest_quantiles(question, split, study.apart),
    )
    ours = _ours(study, question, split, catalogue, np.random.default_rng(seed))
    scores = (ours, *(score_quantiles(quantiles, measured) for quantiles in plain))
    return dict(zip(PREDICTORS, scores, strict=True))


def _ours(
    study: Study, question: Question, split: Split, catalogue: Catalogue, rng: np.random.Generator
) -> RowScores:
    if study.quantity == "board_power":
        quantiles = power_quantiles(question, split, catalogue, rng=rng)
        return score_quantiles(quantiles, question.answer[split.test])
    anew = study.held_out in ("deployments", "time")
    return score_cost_sketch(question, split, catalogue, anew=anew, rng=rng)


def study_scores(
    splits: tuple[Split, ...], question: Question, scored: Mapping[str, Mapping[str, RowScores]]
) -> dict[str, Any]:
    """Pool the splits of a study.

    Parameters
    ----------
    splits : tuple of Split
    question : Question
    scored : mapping
        By name of the split, as `predictions` gives them.

    Returns
    -------
    dict
        By predictor: ``overall``, ``by_split``, ``by_model`` and ``by_hardware``.
    """
    order = np.concatenate([np.flatnonzero(split.test) for split in splits])
    rows = question.rows.rows(order)
    result: dict[str, Any] = {}
    for predictor in PREDICTORS:
        parts = {split.name: scored[split.name][predictor] for split in splits}
        pooled = joined(list(parts.values()))
        result[predictor] = {
            "overall": summarise(pooled),
            "by_split": {name: summarise(part) for name, part in parts.items()},
            "by_model": summarise_by(pooled, rows.model),
            "by_hardware": summarise_by(pooled, rows.hardware),
        }
    return result
