"""Facts of a scenario's answer that say how good the data behind it are."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wh_uncertainty.model.context import Context
from wh_uncertainty.model.scenario import Scenario

__all__ = ["QualityFacts", "quality_facts", "years_named"]

_DAYS_PER_YEAR = 365.25
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SEVERAL_COUNTRIES = ("world", "eu-27")  # whose grids differ tenfold
_OF_PROVIDER = ("hardware", "efficiency", "interactivity_tok_s", "concurrency")
_OF_SITE = ("pue", "carbon_lifecycle_g_per_kwh")
_EFFICIENCY = "provider_efficiency_"


@dataclass(frozen=True, slots=True)
class QualityFacts:
    """What the rules of `data_quality` look at.

    Parameters
    ----------
    stated : frozenset of str
        Answers of the scenario that are not left open.
    boundary : str
    is_extrapolated : bool
        Model or accelerator was never benchmarked.
    is_beyond_lengths : bool
        The mean context is longer than any benchmarked.
    is_turn_total : bool
        Lengths are totals of a user's turn.
    unmeasured_power_share, unreachable_share : float
        Of draws, without measured board power and with a slower answer than asked for.
    spans_countries : bool
        The region's grid is a mean over several countries.
    is_site_known : bool
        Own priors replace PUE and emission factor of the region.
    is_metered : bool
        The model was measured at the site.
    is_efficiency_known : bool
        A measurement, the scenario or own priors tell it.
    is_provider_known : bool
        Anything is stated of who serves.
    benchmarked_on : datetime.date or None
        Mean day of the benchmarks of the deployments that serve.
    years_apart : float or None
        From that day to the middle of the years that the period names; None if it names none.
    grid_years_apart : float or None
        As before, of the year of the region's emission factor.
    """

    stated: frozenset[str]
    boundary: str
    is_extrapolated: bool
    is_beyond_lengths: bool
    is_turn_total: bool
    unmeasured_power_share: float
    unreachable_share: float
    spans_countries: bool
    is_site_known: bool
    is_metered: bool
    is_efficiency_known: bool
    is_provider_known: bool
    benchmarked_on: datetime.date | None
    years_apart: float | None
    grid_years_apart: float | None


def quality_facts(context: Context, result: Mapping[str, Any], period: str | None) -> QualityFacts:
    """Gather the facts of one answer.

    Parameters
    ----------
    context : Context
    result : mapping
        As `Simulation.to_dict` gives it.
    period : str or None
        In words of the reporter, such as ``2026`` or ``April 2026 to March 2027``.

    Returns
    -------
    QualityFacts
    """
    scenario, own = context.scenario, set(context.catalogue.overridden)
    stated = _stated(scenario)
    shares = {flag["code"]: flag["share"] for flag in result["flags"]}
    day = _benchmarked_on(context, result)
    efficiency_is_own = any(name.startswith(_EFFICIENCY) for name in own)
    metered = context.site is not None and context.site.context.scenario.model == scenario.model
    return QualityFacts(
        stated=stated,
        boundary=scenario.boundary,
        is_extrapolated="extrapolated" in shares,
        is_beyond_lengths="extrapolated_lengths" in shares,
        is_turn_total="turn_totals" in shares,
        unmeasured_power_share=shares.get("power_not_measured", 0.0),
        unreachable_share=shares.get("unreachable_interactivity", 0.0),
        spans_countries=scenario.region in _SEVERAL_COUNTRIES,
        is_site_known={f"region.{scenario.region}.{name}" for name in _OF_SITE} <= own,
        is_metered=metered,
        is_efficiency_known=metered or "efficiency" in stated or efficiency_is_own,
        is_provider_known=metered
        or efficiency_is_own
        or not stated.isdisjoint((*_OF_PROVIDER, "provider")),
        benchmarked_on=day,
        years_apart=_years_apart(day, period),
        grid_years_apart=_years_apart(_grid_day(context), period),
    )


def years_named(period: str | None) -> tuple[int, int] | None:
    """Read the first and the last year that a period names; None if it names none."""
    years = [int(year) for year in _YEAR.findall(period or "")]
    return (min(years), max(years)) if years else None


def _stated(scenario: Scenario) -> frozenset[str]:
    open_answers = (None, "any")
    return frozenset(k for k, answer in scenario.to_dict().items() if answer not in open_answers)


def _benchmarked_on(context: Context, result: Mapping[str, Any]) -> datetime.date | None:
    """Average the median days of the deployments that serve, by their shares of the draws."""
    listed = {d["name"]: d.get("median_day") for d in context.cost.record["deployments"]}
    served = result["scenario"]["resolved"]["deployments"]
    days = [(_day(listed.get(one["deployment"])), one["share"]) for one in served]
    known = [(day.toordinal(), share) for day, share in days if day is not None]
    total = sum(share for _, share in known)
    if not total:
        return None
    return datetime.date.fromordinal(round(sum(day * share for day, share in known) / total))


def _day(text: str | None) -> datetime.date | None:
    """Read a day; what has none says NaT."""
    try:
        return datetime.date.fromisoformat(text or "")
    except ValueError:
        return None


def _grid_day(context: Context) -> datetime.date | None:
    """Take the middle of the year that the region's emission factor is of."""
    key = context.scenario.region
    return None if key is None else datetime.date(context.catalogue.regions[key].year, 7, 1)


def _years_apart(day: datetime.date | None, period: str | None) -> float | None:
    years = years_named(period)
    if day is None or years is None:
        return None
    first, last = datetime.date(years[0], 1, 1), datetime.date(years[1], 12, 31)
    middle = (first.toordinal() + last.toordinal()) / 2
    return abs(middle - day.toordinal()) / _DAYS_PER_YEAR
