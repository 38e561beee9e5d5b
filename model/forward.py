"""From one provider's unknowns to watt-hours: the forward model, numpy only."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.context import BENCHMARK_CONTEXT_TOK, Context
from wh_uncertainty.model.cost_law import (
    Coefficients,
    TokenMoments,
    gpu_s_per_query,
    inter_token_time_s,
    load_at_inter_token_time,
    tokens_of_one_query,
)
from wh_uncertainty.model.frontier import grid_position
from wh_uncertainty.model.hierarchy import run_adjusted
from wh_uncertainty.model.power import energy_wh, provisioned_wh
from wh_uncertainty.model.power_posterior import fraction_of_tdp, power_features
from wh_uncertainty.model.unknowns import Unknowns
from wh_uncertainty.model.workload import Lengths, uncached_tok

__all__ = [
    "Energies",
    "Queries",
    "Serving",
    "UnitEnergies",
    "draw_queries",
    "evaluate",
    "serving_candidate",
    "unit_energies",
    "wh_by_efficiency",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]

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
        The interactivity would have allowed more load than was seen; it was out of reach.
    interactivity_tok_s : ndarray
        What one user actually sees.
    """

    candidate: Indices
    load: Floats
    law: Coefficients
    capped: Mask
    unreachable: Mask
    interactivity_tok_s: Floats


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
    """A provider at work: who serves the mean query, by what law, at what cost."""

    tokens: TokenMoments
    serving: Serving
    law: Coefficients
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
    gpu_s = sum(gpu_s_per_query(at_work.law, mean, serving.load))

    def wh(efficiency: Floats) -> Floats:
        provider = replace(unknowns, efficiency=efficiency)
        wh_per_gpu_s, _ = _wh_per_gpu_s(context, provider, serving, mean)
        energy: Floats = gpu_s * _slowdown(context, provider, serving) * wh_per_gpu_s
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
    law, mean, serving, slower = at_work.law, at_work.tokens, at_work.serving, at_work.slower
    prefill, decode = gpu_s_per_query(law, mean, serving.load)
    one = sum(gpu_s_per_query(law, _one_query(unknowns, queries), serving.load))
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
    load = at_work.serving.load
    wh_per_gpu_s = at_work.slower * at_work.wh_per_gpu_s
    one_prompt, one_output, one_context = (
        TokenMoments(*tokens) for tokens in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    )
    return UnitEnergies(
        uncached_wh=gpu_s_per_query(at_work.law, one_prompt, load)[0] * wh_per_gpu_s,
        output_wh=gpu_s_per_query(at_work.law, one_output, load)[1] * wh_per_gpu_s,
        context_wh=gpu_s_per_query(at_work.law, one_context, load)[1] * wh_per_gpu_s,
        it_share=at_work.it_wh_per_gpu_s / at_work.wh_per_gpu_s,
        serving=at_work.serving,
    )


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


def _operate(context: Context, unknowns: Unknowns) -> _Operation:
    mean = _mean_tokens(context, unknowns)
    serving = _serve(context, unknowns, mean)
    slower = _slowdown(context, unknowns, serving)
    wh_per_gpu_s, it_wh_per_gpu_s = _wh_per_gpu_s(context, unknowns, serving, mean)
    law = _extrapolated(context, unknowns, serving.law, mean)
    return _Operation(mean, serving, law, slower, wh_per_gpu_s, it_wh_per_gpu_s)


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


def _serve(context: Context, u: Unknowns, tokens: TokenMoments) -> Serving:
    candidates = context.candidates
    candidate = serving_candidate(context, u)
    at = u.posterior_draw * len(candidates.deployments) + candidate
    speed, decode, tilt = np.take(context.run_sd, u.posterior_draw, axis=1) * u.run
    zero = np.zeros(1)
    law = run_adjusted(context.law.map(lambda c: np.take(c, at)), speed, decode, zero, np.ones(1))
    low, high = candidates.load_min[candidate], candidates.load_max[candidate]
    if context.scenario.concurrency is not None:
        gpus = np.array([d.gpus or 1 for d in candidates.deployments])
        load = context.scenario.concurrency / gpus[candidate]
        capped = unreachable = np.zeros(len(load), dtype=bool)
    else:
        wanted_s = 1 / u.interactivity_tok_s
        free = load_at_inter_token_time(law, tokens, wanted_s)
        load = np.clip(free, low, high)
        capped = free > high
        unreachable = inter_token_time_s(law, tokens, load) > 1.05 * wanted_s
    # The run's tilt over load acts at the load that the untilted law has found.
    law = run_adjusted(law, zero, zero, tilt, load)
    interactivity = 1 / inter_token_time_s(law, tokens, load)
    return Serving(candidate, load, law, capped, unreachable, interactivity)


def _extrapolated(
    context: Context, u: Unknowns, law: Coefficients, tokens: TokenMoments
) -> Coefficients:
    """Widen the terms that grow with context, beyond the contexts benchmarked.

    A factor ``(context / benchmarked)^(sd z)``: common to prefill and cache reads, which change
    regime together, and absent from the terms that do not see the context.
    """
    if u.extrapolation_z is None:
        return law
    context_tok = context.workload.moments.isl_tok + tokens.output_tok
    beyond = np.log(np.maximum(context_tok / BENCHMARK_CONTEXT_TOK, 1))
    sd = context.catalogue.priors["length_extrapolation_sd"].parameters["value"]
    factor = np.exp(sd * beyond * u.extrapolation_z)
    return replace(law, alpha=law.alpha * factor, gamma=law.gamma * factor)


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


def _wh_per_gpu_s(
    context: Context, u: Unknowns, serving: Serving, tokens: TokenMoments
) -> tuple[Floats, Floats]:
    """Energy per GPU-second inside the boundary, and of the IT load alone [Wh / GPU-s]."""
    gpus = [context.catalogue.hardware[h] for h in context.candidates.hardware]
    boundary = context.scenario.boundary
    if context.provisioned:
        vintage = boundary.removeprefix("provisioned-").replace("-", "_")
        kw = np.array([getattr(gpu, f"provisioned_{vintage}_kw") for gpu in gpus])
        wh = provisioned_wh(1.0, kw[u.hardware])
        return wh, wh
    tdp = np.array([gpu.tdp_w for gpu in gpus])[u.hardware]
    board_w = _board_w(context, u, serving, tokens, tdp)
    host_w = _host_w(context, u)
    inside = "board" if boundary == "board" else "it"
    return (
        energy_wh(1.0, board_w, host_w, u.pue, boundary),
        energy_wh(1.0, board_w, host_w, u.pue, inside),
    )


def _board_w(
    context: Context, u: Unknowns, serving: Serving, tokens: TokenMoments, tdp: Floats
) -> Floats:
    """Mean board power in production: at the benchmark's load, then less as it idles more.

    ``P = min(TDP fraction x TDP x eta^epsilon, ceiling x TDP)``: with energy per query as t / eta,
    this is the ``eta^-(1 - epsilon)`` of the boards.
    """
    power, priors = context.power, context.catalogue.priors
    at = u.power_draw * len(context.candidates.deployments) + serving.candidate
    load = np.clip(serving.load, *np.exp(power.record["ln_load_range"]))
    lengths = context.workload.moments.isl_tok / tokens.output_tok
    lengths = np.clip(lengths, *np.exp(power.record["ln_length_ratio_range"]))
    slope = power.arrays["slope"]
    fraction: Floats = fraction_of_tdp(
        np.take(context.board_intercept, at),
        np.take(context.board_slope, at),
        slope[:, 3].astype(np.float64)[u.power_draw],
        slope[:, 4].astype(np.float64)[u.power_draw],
        power_features(load, lengths, 1.0),
    )
    for k, fallback in zip(np.flatnonzero(~context.measured), u.board_fallback, strict=True):
        fraction = np.where(u.hardware == k, fallback, fraction)
    ceiling = priors["board_power_ceiling_fraction"].parameters["value"]
    return tdp * np.minimum(fraction * u.efficiency**u.elasticity, ceiling)


def _host_w(context: Context, u: Unknowns) -> Floats:
    """Host power per GPU; a host idles at nearly full power, so efficiency does not lower it."""
    names = [f"host_w_{h}" for h in context.candidates.hardware]
    parameters = [context.catalogue.priors[name].parameters for name in names]
    mu, sigma = (np.array([p[key] for p in parameters]) for key in ("mu", "sigma"))
    return np.exp(mu[u.hardware] + sigma[u.hardware] * u.host_z)
