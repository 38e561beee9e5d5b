"""Scores of predictive draws against what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "PROBABILITIES",
    "RowScores",
    "joined",
    "score_quantiles",
    "score_rows",
    "summarise",
    "summarise_by",
]

Floats = NDArray[np.float64]

#: Of the quantiles that a prediction is scored by.
PROBABILITIES = (0.05, 0.25, 0.50, 0.75, 0.95)
_MISS_PENALTY = 20.0  # 2 / (1 - 0.90): Gneiting & Raftery 2007, equation 43


@dataclass(frozen=True, slots=True)
class RowScores:
    """Per row; every array has shape ``(row,)``.

    Parameters
    ----------
    error : ndarray
        ln median prediction minus ln measured.
    inside_50, inside_90 : ndarray of bool
    width_90 : ndarray
        Of the central 90 % interval, ln scale.
    interval_score_90 : ndarray
        ``width + 20 (distance outside)``; lower is better.
    """

    error: Floats
    inside_50: NDArray[np.bool_]
    inside_90: NDArray[np.bool_]
    width_90: Floats
    interval_score_90: Floats


def score_rows(draws: Floats, measured: Floats) -> RowScores:
    """Score predictive draws of a logarithm.

    Parameters
    ----------
    draws : ndarray of shape (draw, row)
    measured : ndarray of shape (row,)
        NaN where nothing was measured; such rows score NaN.

    Returns
    -------
    RowScores
    """
    return score_quantiles(np.quantile(draws, PROBABILITIES, axis=0), measured)


def score_quantiles(quantiles: Floats, measured: Floats) -> RowScores:
    """Score predicted quantiles of a logarithm.

    Parameters
    ----------
    quantiles : ndarray of shape (5, row)
        At `PROBABILITIES`.
    measured : ndarray of shape (row,)
        NaN where nothing was measured; such rows score NaN.

    Returns
    -------
    RowScores
    """
    low, q25, median, q75, high = quantiles
    outside = np.maximum(low - measured, 0) + np.maximum(measured - high, 0)
    return RowScores(
        error=median - measured,
        inside_50=(q25 <= measured) & (measured <= q75),
        inside_90=(low <= measured) & (measured <= high),
        width_90=high - low,
        interval_score_90=high - low + _MISS_PENALTY * outside,
    )


def joined(parts: Sequence[RowScores]) -> RowScores:
    """Put the rows of several scores one after the other.

    Parameters
    ----------
    parts : sequence of RowScores
        At least one.

    Returns
    -------
    RowScores
    """
    return RowScores(
        *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(RowScores))
    )


def summarise(scores: RowScores, chosen: NDArray[np.bool_] | None = None) -> dict[str, float | int]:
    """Average scores over rows that have a measurement.

    Parameters
    ----------
    scores : RowScores
    chosen : ndarray of bool, shape (row,), optional

    Returns
    -------
    dict
        ``n``, ``ln_mae``, ``coverage_50``, ``coverage_90``, ``ln_width_90``,
        ``interval_score_90``; only ``n`` where no row qualifies.
    """
    use = np.isfinite(scores.error)
    if chosen is not None:
        use = use & chosen
    if not use.any():
        return {"n": 0}
    return {
        "n": int(use.sum()),
        "ln_mae": float(np.abs(scores.error[use]).mean()),
        "coverage_50": float(scores.inside_50[use].mean()),
        "coverage_90": float(scores.inside_90[use].mean()),
        "ln_width_90": float(scores.width_90[use].mean()),
        "interval_score_90": float(scores.interval_score_90[use].mean()),
    }


def summarise_by(
    scores: RowScores, labels: NDArray[np.str_]
) -> Mapping[str, dict[str, float | int]]:
    """Average scores per label.

    Parameters
    ----------
    scores : RowScores
    labels : ndarray of str, shape (row,)

    Returns
    -------
    mapping of str to dict
    """
    return {str(label): summarise(scores, labels == label) for label in np.unique(labels)}
