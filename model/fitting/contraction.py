"""What the rows have taught: every hyperparameter before and after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["contraction", "contractions", "prior_draws"]

Floats = NDArray[np.float64]

_PRIOR_DRAWS = 10_000
_QUANTILES = {"p05": 0.05, "p50": 0.5, "p95": 0.95}


def prior_draws(graph: Any, names: Sequence[str], seed: int) -> dict[str, Floats]:
    """Draw hyperparameters from the prior that is in the graph.

    Parameters
    ----------
    graph : pymc.Model
    names : sequence of str
        Variables that depend on no other.
    seed : int

    Returns
    -------
    mapping of str to ndarray of shape (10000, ...)
    """
    pm: Any = import_module("pymc")
    drawn = pm.draw([graph[name] for name in names], _PRIOR_DRAWS, random_seed=seed)
    return dict(zip(names, drawn, strict=True))


def contractions(
    prior: Mapping[str, Floats], posterior: Mapping[str, Floats]
) -> list[dict[str, Any]]:
    """Set quantiles of prior and posterior beside each other.

    Parameters
    ----------
    prior, posterior : mapping of str to ndarray
        Draws of each hyperparameter, of any shape.

    Returns
    -------
    list of dict
        ``hyperparameter``, ``prior_p05`` to ``posterior_p95``, ``contraction``.
    """
    return [
        {
            "hyperparameter": name,
            **_quantiles("prior", before),
            **_quantiles("posterior", posterior[name]),
            "contraction": contraction(before, posterior[name]),
        }
        for name, before in prior.items()
    ]


def contraction(prior: Floats, posterior: Floats) -> float:
    """Share of the prior's variance that the rows took away.

    ``1 - var(posterior) / var(prior)``, of the logarithm where no draw is below 0, as a scale is a
    factor. 0: the rows are silent; 1: they say all; below 0: the posterior is wider.

    Parameters
    ----------
    prior, posterior : ndarray
        Draws.

    Returns
    -------
    float
    """
    if min(prior.min(), posterior.min()) > 0:
        prior, posterior = np.log(prior), np.log(posterior)
    return float(1 - posterior.var() / prior.var())


def _quantiles(of: str, draws: Floats) -> dict[str, float]:
    return {f"{of}_{key}": float(np.quantile(draws, at)) for key, at in _QUANTILES.items()}
