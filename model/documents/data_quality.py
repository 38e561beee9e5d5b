"""How good the data behind a scenario are, by the indicators of the GHG Protocol.

The Scope 3 Standard names five indicators and four ratings, and gives examples of criteria. Here
they are rules about facts of a scenario: each that holds caps the rating of its indicator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wh_uncertainty.model.documents.quality_facts import QualityFacts

__all__ = ["INDICATORS", "RATINGS", "Assessment", "Rule", "assess"]

#: From the best to the worst.
RATINGS = ("very good", "good", "fair", "poor")
_VERY_GOOD, _GOOD, _FAIR, _POOR = RATINGS
_MOSTLY = 0.5  # share of draws


@dataclass(frozen=True, slots=True)
class Rule:
    """A fact that caps a rating.

    Parameters
    ----------
    key : str
        Unique within its indicator.
    at_most : str
        Of `RATINGS`.
    holds : callable
    """

    key: str
    at_most: str
    holds: Callable[[QualityFacts], bool]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The rating of one indicator.

    Parameters
    ----------
    indicator : str
    rating : str
        The worst that any of the rules allows; ``very good`` if none holds.
    rules : tuple of Rule
        Those that hold, the one that caps most first.
    """

    indicator: str
    rating: str
    rules: tuple[Rule, ...]


INDICATORS: Mapping[str, tuple[Rule, ...]] = {
    "technological_representativeness": (
        Rule("never_benchmarked", _POOR, lambda f: f.is_extrapolated),
        Rule("hardware_open", _FAIR, lambda f: "hardware" not in f.stated),
        Rule("power_unmeasured", _FAIR, lambda f: f.unmeasured_power_share >= _MOSTLY),
        Rule("lengths_beyond", _FAIR, lambda f: f.is_beyond_lengths),
        Rule("power_partly", _GOOD, lambda f: 0 < f.unmeasured_power_share < _MOSTLY),
        Rule("precision_open", _GOOD, lambda f: "precision" not in f.stated),
        Rule("deployment_open", _GOOD, lambda f: "deployment" not in f.stated),
    ),
    "temporal_representativeness": (
        # The standard's example counts 3, 6 and 10 years; grids do too, inference changes faster.
        Rule("period_open", _POOR, lambda f: f.years_apart is None),
        Rule("three_years", _POOR, lambda f: (f.years_apart or 0) >= 3),
        Rule("two_years", _FAIR, lambda f: 2 <= (f.years_apart or 0) < 3),
        Rule("one_year", _GOOD, lambda f: 1 <= (f.years_apart or 0) < 2),
        Rule("grid_ten_years", _POOR, lambda f: (f.grid_years_apart or 0) >= 10),
        Rule("grid_six_years", _FAIR, lambda f: 6 <= (f.grid_years_apart or 0) < 10),
        Rule("grid_three_years", _GOOD, lambda f: 3 <= (f.grid_years_apart or 0) < 6),
    ),
    "geographical_representativeness": (
        Rule("region_open", _POOR, lambda f: "region" not in f.stated),
        Rule("region_wide", _FAIR, lambda f: f.spans_countries),
        Rule("site_open", _GOOD, lambda f: "region" in f.stated and not f.is_site_known),
    ),
    "completeness": (
        Rule("boards_only", _POOR, lambda f: f.boundary == "board"),
        Rule("provider_open", _POOR, lambda f: not f.is_provider_known),
        Rule("building_left_out", _FAIR, lambda f: f.boundary == "it"),
        Rule("not_metered", _FAIR, lambda f: not f.is_metered),
    ),
    "reliability": (
        Rule("never_benchmarked", _POOR, lambda f: f.is_extrapolated),
        Rule("efficiency_open", _FAIR, lambda f: not f.is_efficiency_known),
        Rule("speed_missed", _FAIR, lambda f: f.unreachable_share >= _MOSTLY),
        Rule("provisioned", _FAIR, lambda f: f.boundary.startswith("provisioned")),
        Rule("turn_totals", _FAIR, lambda f: f.is_turn_total),
        Rule("not_verified", _GOOD, lambda _: True),
    ),
}


def assess(facts: QualityFacts) -> tuple[Assessment, ...]:
    """Rate each indicator.

    Parameters
    ----------
    facts : QualityFacts

    Returns
    -------
    tuple of Assessment
        In the order of `INDICATORS`.

    References
    ----------
    Greenhouse Gas Protocol, Corporate Value Chain (Scope 3) Standard, 2011, chapter 7.
    """
    return tuple(_assessment(name, rules, facts) for name, rules in INDICATORS.items())


def _assessment(indicator: str, rules: tuple[Rule, ...], facts: QualityFacts) -> Assessment:
    held = tuple(rule for rule in rules if rule.holds(facts))
    worst = max((RATINGS.index(rule.at_most) for rule in held), default=0)
    return Assessment(indicator, RATINGS[worst], held)
