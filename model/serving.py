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
from wh_uncertainty.model.unknowns import Unknowns

__all__ = ["Serving", "growth_beyond", "serve", "serving_candidate"]

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
        of_prefill, of_cache_reads = growth_beyond(context, ratio, u.extrapolation_z)
        law = replace(law, alpha=law.alpha * of_prefill, gamma=law.gamma * of_cache_reads)
    low, high = candidates.load_min[candidate], candidates.load_max[candidate]
    if context.scenario.concurrency is not None:
        gpus = np.array([d.gpus or 1 for d in candidates.deployments])
        load = context.scenario.concurrency / gpus[candidate]
        capped = unreachable = np.zeros(len(load), dtype=bool)
    else:
        wanted_s = 1 / u.interactivity_tok_s
        free = load_at_inter_token_time(law, tokens, wanted_s)
        high = np.where(ratio > 1, np.minimum(high, _load_in_memory(context, u, candidate)), high)
        load = np.clip(free, low, high)
        capped = free > high
        unreachable = inter_token_time_s(law, tokens, load) > 1.05 * wanted_s
    # The run's tilt over load acts at the load that the untilted law has found.
    law = run_adjusted(law, zero, zero, tilt, load)
    interactivity = 1 / inter_token_time_s(law, tokens, load)
    return Serving(candidate, load, law, capped, unreachable, ratio > 1, interactivity)


def _load_in_memory(context: Context, u: Unknowns, candidate: Indices) -> Floats:
    """Bound the load by memory, which the benchmark filled with shorter contexts."""
    m = context.workload.moments
    held_tok = m.isl_tok + u.effort * m.osl_tok / 2
    load: Floats = context.cache_room_tok[candidate] / held_tok
    return load


def growth_beyond(context: Context, ratio: Any, z: Floats) -> tuple[Floats, Floats]:
    """Factors on the terms that grow with context, beyond the contexts that were benchmarked.

    ``alpha' = alpha r^(a + s z)`` and ``gamma' = gamma r^(s z)`` for r > 1: attention makes prefill
    grow with the square of a long prompt, by an exponent a where each token attends to all others;
    the error s is common to both terms, which change regime together. The terms that do not see
    the context stay.

    Parameters
    ----------
    context : Context
    ratio : float or ndarray of shape (draw,)
        r, context over the longest benchmarked.
    z : ndarray of shape (draw,)
        Standard normal, one per provider.

    Returns
    -------
    of_prefill, of_cache_reads : ndarray of shape (draw,)
    """
    priors = context.catalogue.priors
    sd = priors["length_extrapolation_sd"].parameters["value"]
    attention = 0.0
    if not context.catalogue.models[context.scenario.model].attends_sparsely:
        attention = priors["prefill_attention_exponent"].parameters["value"]
    beyond = np.log(np.maximum(ratio, 1))
    error = np.exp(sd * beyond * z)
    return error * np.exp(attention * beyond), error


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
