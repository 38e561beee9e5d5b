"""Whether rows look like what the fit would have drawn: coverage and Bayesian p-values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.fitting.likelihood import Likelihood
from wh_uncertainty.model.scoring.scores import score_rows, summarise, summarise_by

__all__ = ["STATISTICS", "coverage", "load_bands", "predictive_p_values"]

Floats = NDArray[np.float64]

#: Of a row's residuals, along the last axis.
STATISTICS: Mapping[str, Callable[[Floats], Floats]] = {
    "median |residual|": lambda r: np.median(np.abs(r), axis=-1),
    "95th percentile |residual|": lambda r: np.quantile(np.abs(r), 0.95, axis=-1),
    "greatest |residual|": lambda r: np.abs(r).max(axis=-1),
    "median residual": lambda r: np.median(r, axis=-1),
}
_QUARTERS = (0.25, 0.5, 0.75)


def coverage(likelihood: Likelihood, replicated: Floats) -> list[dict[str, Any]]:
    """Count the rows inside their predictive intervals, by error class and by load.

    Parameters
    ----------
    likelihood : Likelihood
    replicated : ndarray of shape (chain, draw, row)

    Returns
    -------
    list of dict
        ``likelihood``, ``group`` (``all``, ``error class`` where there are several, ``load``),
        ``label``, and the scores of `summarise`. Of rows that were fitted: a calibrated model
        covers a little more than it says, as every row has pulled the fit towards itself.
    """
    draws = replicated.reshape(-1, replicated.shape[-1])
    scores = score_rows(draws, likelihood.measured)
    groups: dict[str, Mapping[str, Any]] = {"all": {"all": summarise(scores)}}
    if len(by_class := summarise_by(scores, likelihood.error_class)) > 1:
        groups["error class"] = by_class
    bands, names = load_bands(likelihood.rows.load)
    groups["load"] = {name: summarise(scores, bands == i) for i, name in enumerate(names)}
    return [
        {"likelihood": likelihood.name, "group": group, "label": label, **score}
        for group, scored in groups.items()
        for label, score in scored.items()
    ]


def load_bands(load: Floats) -> tuple[NDArray[np.intp], list[str]]:
    """Cut loads at their quartiles.

    Parameters
    ----------
    load : ndarray of shape (row,)
        Requests per GPU.

    Returns
    -------
    band : ndarray of int, shape (row,)
        Rows at a quartile are in the band below it.
    names : list of str
        Of each band, the least and the greatest load in it; fewer than four where loads are few.
    """
    edges = np.unique(np.quantile(load, _QUARTERS, method="nearest"))
    _, band = np.unique(np.searchsorted(edges, load, side="left"), return_inverse=True)
    inside = [load[band == i] for i in range(int(band.max()) + 1)]
    return band, [f"{some.min():.4g} to {some.max():.4g}" for some in inside]


def predictive_p_values(likelihood: Likelihood, replicated: Floats) -> list[dict[str, Any]]:
    """Compare statistics of the residuals with those of rows that the fit draws itself.

    ``p = Pr(T(replicated - mean) >= T(measured - mean))`` over the draws: near 0 or 1, the rows
    have a feature that the model does not make.

    Parameters
    ----------
    likelihood : Likelihood
    replicated : ndarray of shape (chain, draw, row)

    Returns
    -------
    list of dict
        ``likelihood``, ``statistic``, medians ``measured`` and ``replicated``, ``p_value``.

    References
    ----------
    Gelman, Meng & Stern 1996, Statistica Sinica 6
    """
    residuals = {"measured": likelihood.measured, "replicated": replicated}
    centred = {key: values - likelihood.mean for key, values in residuals.items()}
    found: list[dict[str, Any]] = []
    for name, statistic in STATISTICS.items():
        measured, drawn = (statistic(centred[key]) for key in ("measured", "replicated"))
        found.append(
            {
                "likelihood": likelihood.name,
                "statistic": name,
                "measured": float(np.median(measured)),
                "replicated": float(np.median(drawn)),
                "p_value": float((drawn >= measured).mean()),
            }
        )
    return found
