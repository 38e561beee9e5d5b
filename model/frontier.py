"""Which deployment serves a query: interactivity to load to the cheapest, per accelerator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import (
    Coefficients,
    TokenMoments,
    gpu_s_per_query,
    inter_token_time_s,
    load_at_inter_token_time,
)

__all__ = ["cheapest_deployments", "grid_position"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_GRID_TOK_S = np.geomspace(1.0, 2000.0, 160)


def grid_position(interactivity_tok_s: Floats) -> Indices:
    """Nearest position in a frontier's grid; the grid's ends stand for all beyond.

    Parameters
    ----------
    interactivity_tok_s : ndarray
        [tok/s]

    Returns
    -------
    ndarray of int
    """
    ln_step = np.log(_GRID_TOK_S[1] / _GRID_TOK_S[0])
    position = np.log(interactivity_tok_s / _GRID_TOK_S[0]) / ln_step
    nearest: Indices = np.clip(np.rint(position), 0, len(_GRID_TOK_S) - 1).astype(np.intp)
    return nearest


def cheapest_deployments(
    mean_law: Coefficients, tokens: TokenMoments, load_min: Floats, load_max: Floats
) -> Indices:
    """Find the cheapest candidate at every interactivity of a grid.

    Chosen on posterior means: the minimum of each draw would pick whichever deployment that
    draw errs on the cheap side of, and bias energy low. A load is never taken beyond those seen
    on its deployment: extrapolated, the least measured candidate would win. Where no candidate
    reaches the interactivity, the one that comes closest is taken; the caller sees it.

    Parameters
    ----------
    mean_law : Coefficients
        Exponentials of posterior mean logarithms, each of shape ``(candidate,)``.
    tokens : TokenMoments
        Of the workload's mean query, scalars.
    load_min, load_max : ndarray of shape (candidate,)
        Loads seen [requests per GPU].

    Returns
    -------
    ndarray of int, shape (grid,)
        Position of the cheapest candidate; `grid_position` finds an interactivity's place.
    """
    law = mean_law.map(lambda c: c[:, None])
    wanted_s = 1 / _GRID_TOK_S[None, :]
    free = load_at_inter_token_time(law, tokens, wanted_s)
    load = np.clip(free, load_min[:, None], load_max[:, None])
    reached_s = inter_token_time_s(law, tokens, load)
    prefill, decode = gpu_s_per_query(law, tokens, load)
    reaches = reached_s <= wanted_s * (1 + 1e-9)
    cost = np.where(reaches, prefill + decode, np.inf)
    chosen = np.where(reaches.any(axis=0), cost.argmin(axis=0), reached_s.argmin(axis=0))
    return chosen.astype(np.intp)
