"""Gradient boosting with quantile loss, as it is and made conformal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.question import Question
from calibration.splits import Mask, Split, deployment_folds
from wh_uncertainty.model.scoring.scores import PROBABILITIES

__all__ = ["boosted_quantiles", "conformal", "conformal_quantiles"]

Floats = NDArray[np.float64]

_CALIBRATION_PARTS = 5  # one in five deployments sets the widths


def boosted_quantiles(question: Question, split: Split) -> Floats:
    """Fit one boosted regressor per quantile; return its predictions, sorted.

    Parameters
    ----------
    question : Question
    split : Split

    Returns
    -------
    ndarray of shape (5, test row)
    """
    return _boosted(question, split.train, split.test, PROBABILITIES)


def conformal_quantiles(question: Question, split: Split, *, seed: int) -> Floats:
    """Fit on four fifths of the deployments, and let the rest set the widths.

    Parameters
    ----------
    question : Question
    split : Split
    seed : int
        Of the choice of deployments.

    Returns
    -------
    ndarray of shape (5, test row)
    """
    known = np.flatnonzero(split.train)
    apart = deployment_folds(question.rows.rows(known), _CALIBRATION_PARTS, seed=seed)[0]
    learn, keep = np.zeros_like(split.train), np.zeros_like(split.train)
    learn[known[apart.train]], keep[known[apart.test]] = True, True
    predicted = _boosted(question, learn, keep | split.test, PROBABILITIES[::2])
    kept = keep[keep | split.test]
    return conformal(predicted[:, ~kept], predicted[:, kept], question.answer[keep])


def conformal(wanted: Floats, kept: Floats, measured: Floats) -> Floats:
    """Move the ends of intervals by as much as others needed to cover what was measured.

    Both ends of the 90 % interval move by the 90th percentile of how far measurements lie outside
    it, so it may also shrink; the 50 % interval is the median plus and minus the 50th percentile
    of the absolute error. Percentiles are corrected for the finite number of measurements.

    Parameters
    ----------
    wanted : ndarray of shape (3, row)
        Predicted 5th, 50th and 95th percentile.
    kept : ndarray of shape (3, kept row)
        The same of rows whose answer is looked at.
    measured : ndarray of shape (kept row,)

    Returns
    -------
    ndarray of shape (5, row)

    References
    ----------
    Romano, Patterson & Candes 2019, Conformalized quantile regression, equations 5 to 8.
    """
    low, median, high = kept
    outward = _corrected(np.maximum(low - measured, measured - high), 0.90)
    half = _corrected(np.abs(measured - median), 0.50)
    low, median, high = wanted
    return np.sort([low - outward, median - half, median, median + half, high + outward], axis=0)


def _corrected(scores: Floats, share: float) -> float:
    level = min(1.0, np.ceil((len(scores) + 1) * share) / len(scores))
    return float(np.quantile(scores, level, method="inverted_cdf"))


def _boosted(
    question: Question, learn: Mask, wanted: Mask, probabilities: Sequence[float]
) -> Floats:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # read at import; more threads wait, not work
    ensemble: Any = import_module("sklearn.ensemble")
    # scikit-learn refuses a column without a single value, such as pools where none are separate
    told = np.isfinite(question.columns[learn]).any(axis=0)
    columns = question.columns[:, told]
    predicted: list[Floats] = []
    for probability in probabilities:
        regressor = ensemble.HistGradientBoostingRegressor(
            loss="quantile",
            quantile=probability,
            max_iter=400,
            categorical_features=list(range(question.labels)),
            random_state=0,
        )
        regressor.fit(columns[learn], question.answer[learn])
        predicted.append(regressor.predict(columns[wanted]))
    return np.sort(np.array(predicted), axis=0)  # quantiles fitted one by one may cross
