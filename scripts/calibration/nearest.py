"""The nearest benchmarked deployment, with the errors that it makes among the rows known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calibration.question import Question
from calibration.splits import Split
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.scoring.scores import PROBABILITIES

__all__ = ["nearest_quantiles"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

# What a difference counts; numbers as |ln ratio|. Another model comes after all of one's own.
_LABEL_WEIGHTS = {"hardware": 4.0, "precision": 3.0, "spec_decoding": 2.0, "framework": 1.0}
_NUMBER_WEIGHTS = {"gpus": 1.0, "load": 1.0, "mean_isl_tok": 2.0, "mean_osl_tok": 2.0}
_DISAGGREGATION_WEIGHT = 2.0
_OTHER_MODEL = 1000.0
_ACTIVE_PARAMETERS_WEIGHT = 4.0
_BLOCK = 500  # wanted rows at a time: the distances to all known rows are held in memory


def nearest_quantiles(question: Question, split: Split, apart: str) -> Floats:
    """Take the row of the nearest deployment; spread as among the known rows.

    Each known row is predicted from its nearest other one, which gives the errors.

    Parameters
    ----------
    question : Question
    split : Split
    apart : {"configuration", "model", "hardware", "observation_id"}
        What nearest rows must not have in common with the row they predict, as in the split.

    Returns
    -------
    ndarray of shape (5, test row)
    """
    known, wanted = np.flatnonzero(split.train), np.flatnonzero(split.test)
    answer = question.answer
    misses = answer[known] - answer[_nearest(question, known, known, apart)]
    spread: Floats = np.quantile(misses, PROBABILITIES)
    nearest: Floats = answer[_nearest(question, wanted, known, apart)]
    return nearest + spread[:, None]


def _nearest(question: Question, wanted: Indices, known: Indices, apart: str) -> Indices:
    """Closest known row of each wanted one; ties and rows without an equal go to the first."""
    others = question.rows.rows(known)
    sizes = question.ln_active_params
    chosen = [
        _distances(
            question.rows.rows(block), others, apart, np.abs(sizes[block, None] - sizes[known])
        ).argmin(axis=1)
        for block in np.array_split(wanted, len(wanted) // _BLOCK + 1)
    ]
    return known[np.concatenate(chosen)]


def _distances(wanted: Observations, known: Observations, apart: str, size: Floats) -> Floats:
    total = np.where(getattr(wanted, apart)[:, None] == getattr(known, apart), np.inf, 0.0)
    other = wanted.model[:, None] != known.model
    total += other * (_OTHER_MODEL + _ACTIVE_PARAMETERS_WEIGHT * size)
    for name, weight in _LABEL_WEIGHTS.items():
        total += weight * (getattr(wanted, name)[:, None] != getattr(known, name))
    total += _DISAGGREGATION_WEIGHT * (wanted.disaggregated[:, None] != known.disaggregated)
    for name, weight in _NUMBER_WEIGHTS.items():
        ours, theirs = np.log(getattr(wanted, name)), np.log(getattr(known, name))
        total += weight * np.abs(ours[:, None] - theirs)
    return total
