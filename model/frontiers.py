"""Frontiers of all accelerators, from what is expected of their deployments."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.candidates import Candidates
from wh_uncertainty.model.cost_law import Coefficients, TokenMoments
from wh_uncertainty.model.frontier import cheapest_deployments

__all__ = ["expected_law", "frontiers"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_SMALLEST = 1e-30  # an idle coefficient is 0


def expected_law(law: Coefficients) -> Coefficients:
    """Take exponentials of means of ln coefficients over the posterior.

    Means have no draw's luck in them: of predicted deployments too, whose draws scatter widely, the
    one is chosen that is expected to be cheapest, and its own draws say how far off that may be.

    Parameters
    ----------
    law : Coefficients
        Each of shape ``(posterior draw, candidate)``.

    Returns
    -------
    Coefficients
        Each of shape ``(candidate,)``.
    """
    return law.map(lambda c: np.exp(np.log(np.maximum(c, _SMALLEST)).mean(axis=0)))


def frontiers(
    expected: Coefficients, tokens: TokenMoments, candidates: Candidates, load_max: Floats
) -> Indices:
    """Find the cheapest candidates of each accelerator (`cheapest_deployments`).

    Parameters
    ----------
    expected : Coefficients
        `expected_law` of the candidates.
    tokens : TokenMoments
        Of the workload's mean query.
    candidates : Candidates
    load_max : ndarray of shape (candidate,)
        That each may take [requests per GPU].

    Returns
    -------
    ndarray of int, shape (hardware, grid)
        Candidates.
    """
    rows: list[Indices] = []
    for members in candidates.members:
        cheapest = cheapest_deployments(
            expected.map(partial(np.take, indices=members)),
            tokens,
            candidates.load_min[members],
            load_max[members],
        )
        rows.append(members[cheapest])
    return np.array(rows)
