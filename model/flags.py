"""Where a result leans on assumption instead of measurement, in sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.candidates import MAX_LOAD_STRETCH
from wh_uncertainty.model.context import (
    BENCHMARK_CONTEXT_TOK,
    Context,
    lengths_ratio,
    load_is_stretched,
)
from wh_uncertainty.model.scenario import Scenario
from wh_uncertainty.model.sites.site_answers import MACHINE, PACE
from wh_uncertainty.model.tally import Tally
from wh_uncertainty.model.unknowns import efficiency_prior
from wh_uncertainty.priors.families import quantile

__all__ = ["FEW_DRAWS", "few_draws_flags", "price_flags", "raise_flags"]

#: Effective draws below which a 5th percentile rests on fewer than fifty.
FEW_DRAWS = 1_000

_NOTABLE_SHARE = 0.01
_RARE = 0.01  # what is stated beyond this much of a prior is said so
_FAR_STEPS = 0.5  # of prompt or answer: nearer to another length of the benchmark


def few_draws_flags(effective_draws: float | None) -> list[dict[str, Any]]:
    """Flag draws of which too few agree with a measurement; None where nothing was measured."""
    if effective_draws is None or effective_draws >= FEW_DRAWS:
        return []
    words = f"few draws agree with the site's measurement ({effective_draws:.0f} effective)"
    return [
        {"code": "site_few_draws", "message": f"{words}; ask for more with --draws", "share": 1.0}
    ]


def price_flags(wh_mean: NDArray[np.float32], bound_wh: float | None) -> list[dict[str, Any]]:
    """Flag draws that cost more in electricity than the model's list price brings in."""
    share = 0.0 if bound_wh is None else float((wh_mean > bound_wh).mean())
    if share < _NOTABLE_SHARE:
        return []
    words = f"more than the {bound_wh:.3g} Wh whose electricity the list price would pay for"
    return [{"code": "above_price", "message": words, "share": share}]


def raise_flags(context: Context, tally: Tally) -> list[dict[str, Any]]:
    """List what a reader should distrust, gravest first.

    Parameters
    ----------
    context : Context
    tally : Tally

    Returns
    -------
    list of dict
        ``code``, ``message`` and ``share`` of the draws that it concerns.
    """
    return [
        {"code": code, "message": message, "share": share}
        for code, message, share in (
            ("efficiency_unusual", *_efficiency_unusual(context)),
            ("cached_share_stated", *_cached_share_stated(context)),
            *_of_site(context),
            *_extrapolations(context, tally),
            *_assumptions(context),
        )
        if share >= _NOTABLE_SHARE
    ]


def _extrapolations(context: Context, tally: Tally) -> list[tuple[str, str, float]]:
    """Draws that leave what was measured."""
    unmeasured = tally.hardware[~context.measured].sum()
    turn = context.workload.name == "agent-turn"
    power = 0.0 if context.provisioned else float(unmeasured) / tally.draws
    return [
        ("extrapolated", context.extrapolated, float(bool(context.extrapolated))),
        (
            "extrapolated_lengths",
            _said_of_lengths(context),
            tally.beyond_lengths / tally.draws,
        ),
        (
            "lengths_not_measured",
            "the deployment that serves was benchmarked with other prompts or answers only",
            _share_at_other_lengths(context, tally),
        ),
        (
            "turn_totals",
            "lengths are totals of a user's turn: context reads are overstated; "
            "use agent-call times the calls per turn",
            float(turn),
        ),
        (
            "unreachable_interactivity",
            "the deployment that serves, on its software of the day, is slower than asked for",
            tally.unreachable / tally.draws,
        ),
        (
            "load_extrapolated",
            "concurrency lies outside the loads benchmarked on the deployment, by at most a factor "
            f"{MAX_LOAD_STRETCH:g}",
            float(load_is_stretched(context)),
        ),
        (
            "load_capped",
            "users would accept slower answers than the most loaded benchmark gives, or memory "
            "allows; the largest such load serves",
            tally.capped / tally.draws,
        ),
        (
            "power_not_measured",
            "board power of the accelerator was never measured; a wide prior stands in",
            power,
        ),
    ]


def _share_at_other_lengths(context: Context, tally: Tally) -> float:
    far = context.steps_outside.max(axis=0) > _FAR_STEPS
    return float(tally.candidate[far].sum()) / tally.draws


def _said_of_lengths(context: Context) -> str:
    ratio = lengths_ratio(context, context.typical_effort)
    longest = f"the longest benchmarked ({BENCHMARK_CONTEXT_TOK:,} tokens)"
    if ratio > 1:
        return f"context of the mean output token is {ratio:.3g} times {longest}"
    return f"where more reasoning is drawn, the mean output token's context exceeds {longest}"


def _assumptions(context: Context) -> list[tuple[str, str, float]]:
    """Open answers that a judgement fills."""
    s = context.scenario
    loads = (s.interactivity_tok_s, s.concurrency)
    overridden = ", ".join(context.catalogue.overridden)
    return [
        ("priors_overridden", f"your own priors replace {overridden}", float(bool(overridden))),
        (
            "hardware_assumed",
            "accelerator not given: shares of the installed base are a judgement",
            float(len(context.candidates.hardware) > 1),
        ),
        (
            "precision_assumed",
            "number format not given: the model's native one is taken where it was benchmarked",
            float(s.precision is None),
        ),
        (
            "interactivity_assumed",
            _pace_assumed(context),
            float(loads == (None, None)),
        ),
        (
            "caching_assumed",
            "cached share of the prompt not given: drawn from the workload's prior",
            float(context.cached is not None and s.cached_share is None),
        ),
    ]


def _of_site(context: Context) -> list[tuple[str, str, float]]:
    """Say what a measured site is taken to tell of a question that it was not measured for."""
    if context.site is None:
        return []
    measured, asked = context.site.context.scenario, context.scenario
    if measured.model != asked.model:
        words = f"{measured.model} was measured at the site: of its efficiency with another model "
        return [("site_other_model", words + "that says only part, by a judgement", 1.0)]
    served = [name for name in (*MACHINE, *PACE) if getattr(measured, name) != getattr(asked, name)]
    if served:
        said = ", ".join(
            f"{name} {_shown(measured, name)}, not {_shown(asked, name)}" for name in served
        )
        words = f"measured with {said}: the site's efficiency is taken to be the same"
        return [("site_other_service", words, 1.0)]
    message = "efficiency at the site is taken to be the same for other queries"
    same_tokens = context.site.context.workload.moments == context.workload.moments
    return [("site_other_queries", message, float(not same_tokens))]


def _shown(scenario: Scenario, name: str) -> str:
    value = getattr(scenario, name)
    return "open" if value is None else str(value)


def _efficiency_unusual(context: Context) -> tuple[str, float]:
    stated = context.scenario.efficiency
    if stated is None:
        return "", 0.0
    prior = efficiency_prior(context.scenario, context.catalogue)
    low, high = quantile(prior, [_RARE / 2, 1 - _RARE / 2])
    words = (
        f"efficiency {stated:g} lies outside of {100 * (1 - _RARE):g} % of what is believed of "
        f"such providers, {low:.2g} to {high:.2g}"
    )
    return words, float(not low <= stated <= high)


def _cached_share_stated(context: Context) -> tuple[str, float]:
    stated, m = context.scenario.cached_share, context.workload.moments
    if stated is None or m.uncached_tok is None or not m.isl_tok:
        return "", 0.0
    own = 100 * (1 - m.uncached_tok / m.isl_tok)
    return (
        f"a cached share of {100 * stated:.0f} % is stated; the workload's own is {own:.0f} %",
        1.0,
    )


def _pace_assumed(context: Context) -> str:
    prior = context.catalogue.priors["interactivity_tok_s"]
    whose = "your own prior" if prior.name in context.catalogue.overridden else f"a {prior.kind}"
    if prior.family == "fixed":
        return f"speed per user not given: {prior.parameters['value']:g} tok/s, {whose}"
    low, middle, high = (prior.quantiles[key] for key in ("p05", "p50", "p95"))
    return f"speed per user not given: median {middle:g} tok/s, 90 % {low:g}-{high:g}, {whose}"
