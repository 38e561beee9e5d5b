"""Who serves the mean query of each draw, and at what load."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.context import Context, lengths_ratio
from wh_uncertainty.model.cost_law import (
    Coefficients,
    TokenMoments,
    inter_token_time_s,
    load_at_inter_token_time,
)
from wh_uncertainty.model.frontier import grid_position
from wh_uncertainty.model.hierarchy import run_adjusted
from wh_uncertainty.model.token_lengths.unmeasured_lengths import (
    growth_beyond,
    with_error_of_lengths,
)
from wh_uncertainty.model.unknowns import Unknowns

__all__ = ["Serving", "serve", "serving_candidate"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Serving:
    """Who serves each draw, and how; every array has shape ``(draw,)``.

    Parameters
    ----------
    candidate : ndarray of int
    load : ndarray
        Requests per GPU.
    law : Coefficients
        Of that deployment, posterior draw and run.
    capped, unreachable : ndarray of bool
        The interactivity would have allowed more load than was seen, or than memory holds; it was
        out of reach.
    beyond_lengths : ndarray of bool
        Contexts are longer than any that was benchmarked.
    interactivity_tok_s : ndarray
        What one user actually sees.
    """

    candidate: Indices
    load: Floats
    law: Coefficients
    capped: Mask
    unreachable: Mask
    beyond_lengths: Mask
    interactivity_tok_s: Floats


def serve(context: Context, u: Unknowns, tokens: TokenMoments) -> Serving:
    """Let the cheapest deployment within reach serve, at the load that its speed allows.

    Parameters
    ----------
    context : Context
    u : Unknowns
    tokens : TokenMoments
        Of the workload's mean query.

    Returns
    -------
    Serving
    """
    candidates = context.candidates
    candidate = serving_candidate(context, u)
    at = u.posterior_draw * len(candidates.deployments) + candidate
    speed, decode, tilt = np.take(context.run_sd, u.posterior_draw, axis=1) * u.run
    zero = np.zeros(1)
    law = run_adjusted(context.law.map(lambda c: np.take(c, at)), speed, decode, zero, np.ones(1))
    ratio = lengths_ratio(context, u.effort)
    if u.extrapolation_z is not None:
        law = _at_other_lengths(context, law, ratio, candidate, u.extrapolation_z)
    if context.scenario.concurrency is not None:
        gpus = np.array([d.gpus or 1 for d in candidates.deployments])
        load = context.scenario.concurrency / gpus[candidate]
        capped = unreachable = np.zeros(len(load), dtype=bool)
    else:
        wanted_s = 1 / u.interactivity_tok_s
        free = load_at_inter_token_time(law, tokens, wanted_s)
        low, high = _loads_within(context, u, candidate)
        load = np.clip(free, low, high)
        capped = free > high
        unreachable = inter_token_time_s(law, tokens, load) > 1.05 * wanted_s
    # The run's tilt over load acts at the load that the untilted law has found.
    law = run_adjusted(law, zero, zero, tilt, load)
    interactivity = 1 / inter_token_time_s(law, tokens, load)
    return Serving(candidate, load, law, capped, unreachable, ratio > 1, interactivity)


def _at_other_lengths(
    context: Context, law: Coefficients, ratio: Any, candidate: Indices, z: Floats
) -> Coefficients:
    """Add what is not known of lengths that were not benchmarked, at all or on the deployment."""
    catalogue, model = context.catalogue, context.scenario.model
    of_prefill, of_cache_reads = growth_beyond(catalogue, model, ratio, z)
    law = replace(law, alpha=law.alpha * of_prefill, gamma=law.gamma * of_cache_reads)
    return with_error_of_lengths(
        law, [np.take(steps, candidate) for steps in context.steps_outside], z, catalogue
    )


def _loads_within(context: Context, u: Unknowns, candidate: Indices) -> tuple[Floats, Floats]:
    """Least and greatest load that the deployment of each draw may take."""
    held_tok = context.workload.moments.held_tok(u.effort)
    c = context.candidates
    bound = np.maximum(context.cache_room_tok[candidate] / held_tok, context.load_proven[candidate])
    return c.load_min[candidate], np.minimum(c.load_max[candidate], bound)


def serving_candidate(context: Context, unknowns: Unknowns) -> Indices:
    """Find who serves each draw: the cheapest deployment of its accelerator at its speed.

    Parameters
    ----------
    context : Context
    unknowns : Unknowns

    Returns
    -------
    ndarray of int, shape (draw,)
        Position among the candidates.
    """
    served: Indices = context.frontier[
        unknowns.hardware, grid_position(unknowns.interactivity_tok_s)
    ]
    return served
