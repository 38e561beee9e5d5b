"""From one provider's unknowns to watt-hours: the forward model, numpy only."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.board_power.running import wh_per_gpu_s
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.cost_law import TokenMoments, gpu_s_per_query, tokens_of_one_query
from wh_uncertainty.model.serving import Serving, serve
from wh_uncertainty.model.unknowns import Unknowns
from wh_uncertainty.model.workload import Lengths, uncached_tok

__all__ = [
    "Energies",
    "Queries",
    "UnitEnergies",
    "draw_queries",
    "evaluate",
    "unit_energies",
    "wh_by_efficiency",
]

Floats = NDArray[np.float64]

_DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True, eq=False)
class Queries:
    """One random query per draw.

    Parameters
    ----------
    lengths : Lengths
    cache_draw : ndarray of shape (draw,) or None
        Probability below which an assumed cache holds the query's prefix; None where none is
        assumed.
    """

    lengths: Lengths
    cache_draw: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class Energies:
    """Energy of each draw; every array has shape ``(draw,)``.

    Parameters
    ----------
    mean_wh, one_query_wh : ndarray
        Of the workload's mean query, and of a single random query, at the same provider.
    prefill_wh : ndarray
        Part of ``mean_wh`` spent on prefill.
    mean_it_wh : ndarray
        IT energy of the mean query, for on-site water; equals ``mean_wh`` inside narrower
        and provisioned boundaries.
    isl_tok, osl_tok : ndarray
        Lengths of the mean query.
    serving : Serving
    """

    mean_wh: Floats
    one_query_wh: Floats
    prefill_wh: Floats
    mean_it_wh: Floats
    isl_tok: Floats
    osl_tok: Floats
    serving: Serving


@dataclass(frozen=True, slots=True, eq=False)
class UnitEnergies:
    """What a token costs in each draw, while the workload's mean query sets the load.

    The energy of any requests is linear in their tokens:
    ``E = uncached_wh sum(I_u) + output_wh sum(O) + context_wh sum(O (I + O/2))``.
    Every array has shape ``(draw,)``.

    Parameters
    ----------
    uncached_wh : ndarray
        Per prompt token that is prefilled [Wh/tok].
    output_wh : ndarray
        Per output token [Wh/tok].
    context_wh : ndarray
        Per token of context that decoding reads [Wh/tok^2].
    it_share : ndarray
        IT energy over all energy inside the boundary, for on-site water [1].
    serving : Serving
    """

    uncached_wh: Floats
    output_wh: Floats
    context_wh: Floats
    it_share: Floats
    serving: Serving


@dataclass(frozen=True, slots=True, eq=False)
class _Operation:
    """A provider at work: who serves the mean query, and at what cost."""

    tokens: TokenMoments
    serving: Serving
    slower: Floats
    wh_per_gpu_s: Floats
    it_wh_per_gpu_s: Floats


def draw_queries(context: Context, n: int, *, rng: np.random.Generator) -> Queries:
    """Draw what one query is like, `n` times: the aleatory part.

    Parameters
    ----------
    context : Context
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    Queries
    """
    lengths = context.workload.sample(n, rng=rng)
    return Queries(lengths, None if context.cached is None else rng.random(n))


def wh_by_efficiency(context: Context, unknowns: Unknowns) -> Callable[[Floats], Floats]:
    """Return the energy of the mean query as a function of provider efficiency.

    ``E(eta) = t/(eta f) (P_board eta^epsilon + P_host) PUE / 3600``, all else as drawn: who serves
    and at which load does not depend on eta.

    Parameters
    ----------
    context : Context
    unknowns : Unknowns
        Their own efficiency is not looked at.

    Returns
    -------
    callable
        Efficiency of each draw to Wh, both of shape ``(draw,)``.
    """
    at_work = _operate(context, unknowns)
    serving, mean = at_work.serving, at_work.tokens
    gpu_s = sum(gpu_s_per_query(serving.law, mean, serving.load))

    def wh(efficiency: Floats) -> Floats:
        provider = replace(unknowns, efficiency=efficiency)
        inside, _ = wh_per_gpu_s(context, provider, serving, mean)
        energy: Floats = gpu_s * _slowdown(context, provider, serving) * inside
        return energy

    return wh


def evaluate(context: Context, unknowns: Unknowns, queries: Queries) -> Energies:
    """Compute the energy of the mean query and of one random query for each draw.

    ``E = t P / 3600`` with the cost law's GPU-seconds over provider efficiency and benchmark
    factors, and the power of `energy_wh` or `provisioned_wh`. The two estimands share everything
    but the query's own tokens.

    Parameters
    ----------
    context : Context
    unknowns : Unknowns
    queries : Queries

    Returns
    -------
    Energies
    """
    at_work = _operate(context, unknowns)
    mean, serving, slower = at_work.tokens, at_work.serving, at_work.slower
    prefill, decode = gpu_s_per_query(serving.law, mean, serving.load)
    one = sum(gpu_s_per_query(serving.law, _one_query(unknowns, queries), serving.load))
    m = context.workload.moments
    return Energies(
        mean_wh=(prefill + decode) * slower * at_work.wh_per_gpu_s,
        one_query_wh=one * slower * at_work.wh_per_gpu_s,
        prefill_wh=prefill * slower * at_work.wh_per_gpu_s,
        mean_it_wh=(prefill + decode) * slower * at_work.it_wh_per_gpu_s,
        isl_tok=np.broadcast_to(m.isl_tok, len(slower)),
        osl_tok=mean.output_tok,
        serving=serving,
    )


def unit_energies(context: Context, unknowns: Unknowns) -> UnitEnergies:
    """Compute what a token costs in each draw, by the equations of `evaluate`.

    Parameters
    ----------
    context : Context
        Its workload is all that the service serves: it sets deployment and load.
    unknowns : Unknowns

    Returns
    -------
    UnitEnergies
    """
    at_work = _operate(context, unknowns)
    law, load = at_work.serving.law, at_work.serving.load
    factor = at_work.slower * at_work.wh_per_gpu_s
    one_prompt, one_output, one_context = (
        TokenMoments(*tokens) for tokens in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    )
    return UnitEnergies(
        uncached_wh=gpu_s_per_query(law, one_prompt, load)[0] * factor,
        output_wh=gpu_s_per_query(law, one_output, load)[1] * factor,
        context_wh=gpu_s_per_query(law, one_context, load)[1] * factor,
        it_share=at_work.it_wh_per_gpu_s / at_work.wh_per_gpu_s,
        serving=at_work.serving,
    )


def _operate(context: Context, unknowns: Unknowns) -> _Operation:
    mean = _mean_tokens(context, unknowns)
    serving = serve(context, unknowns, mean)
    slower = _slowdown(context, unknowns, serving)
    inside, it = wh_per_gpu_s(context, unknowns, serving, mean)
    return _Operation(mean, serving, slower, inside, it)


def _mean_tokens(context: Context, u: Unknowns) -> TokenMoments:
    m = context.workload.moments
    uncached = uncached_tok(m, u.cached_share)  # a single number where no cache is assumed
    context_tok2 = u.effort * m.osl_isl_tok2 + u.effort**2 * m.osl2_tok2 / 2
    return TokenMoments(uncached, u.effort * m.osl_tok, context_tok2)


def _one_query(u: Unknowns, queries: Queries) -> TokenMoments:
    """Tokens of one random query per draw; an assumed cache either holds its prefix or not."""
    lengths = queries.lengths
    uncached = uncached_tok(lengths, None)
    if u.cached_share is not None and queries.cache_draw is not None:
        uncached = lengths.isl_tok * (queries.cache_draw >= u.cached_share)
    return tokens_of_one_query(uncached, lengths.isl_tok, u.effort * lengths.osl_tok)


def _slowdown(context: Context, u: Unknowns, serving: Serving) -> Floats:
    """GPU-seconds in production over those in the benchmark."""
    slower: Floats = 1 / (u.efficiency * u.benchmark_factor)
    if u.speculation_factor is not None:
        speculative = context.candidates.speculative[serving.candidate]
        slower = slower / np.where(speculative, u.speculation_factor, 1.0)
    if context.scenario.as_of is not None and u.drift_per_month is not None:
        months = _months_since_rows(context, context.scenario.as_of)[serving.candidate]
        slower = slower * np.exp(-u.drift_per_month * months)
    return slower


def _months_since_rows(context: Context, as_of: str) -> Floats:
    """Months from each candidate's median row to the day; negative before it."""
    target = datetime.date.fromisoformat(as_of)
    listed = context.cost.record["deployments"]
    days = [
        (target - datetime.date.fromisoformat(listed[p]["median_day"])).days
        for p in context.candidates.position
    ]
    return np.array(days) / _DAYS_PER_MONTH
