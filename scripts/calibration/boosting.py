"""Gradient boosting with quantile loss, as it is and made conformal."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.question import Question
from calibration.splits import Mask, Split, deployment_folds
from wh_uncertainty.model.scores import PROBABILITIES

__all__ = ["boosted_quantiles", "conformal_quantiles", "widened"]

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
    return _boosted(question, split.train, split.test)


def conformal_quantiles(question: Question, split: Split, *, seed: int) -> Floats:
    """Fit on four fifths of the deployments, and widen until intervals cover the rest.

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
    predicted = _boosted(question, learn, keep | split.test)
    kept = keep[keep | split.test]
    return widened(predicted[:, ~kept], predicted[:, kept], question.answer[keep])


def widened(wanted: Floats, kept: Floats, measured: Floats) -> Floats:
    """Widen intervals by as much as others needed to cover what was measured.

    Conformalised quantile regression: both ends move by the 90th (50th) percentile of how far
    measurements lie outside, corrected for their finite number. Intervals may also shrink.

    Parameters
    ----------
    wanted : ndarray of shape (5, row)
        Predicted quantiles.
    kept : ndarray of shape (5, kept row)
        The same of rows whose answer is looked at.
    measured : ndarray of shape (kept row,)

    Returns
    -------
    ndarray of shape (5, row)

    References
    ----------
    Romano, Patterson & Candes 2019, Conformalized quantile regression, equations 5 to 8.
    """
    result = wanted.copy()
    for low, high in ((0, 4), (1, 3)):
        outside = np.maximum(kept[low] - measured, measured - kept[high])
        share = PROBABILITIES[high] - PROBABILITIES[low]
        level = min(1.0, np.ceil((len(measured) + 1) * share) / len(measured))
        by = np.quantile(outside, level, method="inverted_cdf")
        result[low] -= by
        result[high] += by
    return np.sort(result, axis=0)


def _boosted(question: Question, learn: Mask, wanted: Mask) -> Floats:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # read at import; more threads wait, not work
    ensemble: Any = import_module("sklearn.ensemble")
    # scikit-learn refuses a column without a single value, such as pools where none are separate
    told = np.isfinite(question.columns[learn]).any(axis=0)
    columns = question.columns[:, told]
    predicted: list[Floats] = []
    for probability in PROBABILITIES:
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
