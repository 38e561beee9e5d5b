"""Ratings follow from facts: the worst that any rule allows."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from wh_uncertainty.cli.briefing.language import load_language
from wh_uncertainty.model.documents.data_quality import INDICATORS, RATINGS, assess
from wh_uncertainty.model.documents.quality_facts import QualityFacts, quality_facts, years_named

TECHNOLOGY, TIME, PLACE, COMPLETE, RELIABLE = INDICATORS
KNOWN = frozenset(
    {"model", "workload", "hardware", "precision", "deployment", "efficiency", "region"}
)
# As good as they come.
BEST = QualityFacts(
    stated=KNOWN,
    boundary="facility",
    is_extrapolated=False,
    is_beyond_lengths=False,
    is_turn_total=False,
    unmeasured_power_share=0.0,
    unreachable_share=0.0,
    spans_countries=False,
    is_site_known=True,
    is_metered=False,
    is_efficiency_known=True,
    is_provider_known=True,
    benchmarked_on=datetime.date(2026, 7, 1),
    years_apart=0.0,
    grid_years_apart=0.0,
)


def _ratings(facts: QualityFacts) -> dict[str, str]:
    return {one.indicator: one.rating for one in assess(facts)}


def test_the_best_facts_leave_what_no_benchmark_can_give() -> None:
    assert _ratings(BEST) == {
        TECHNOLOGY: "very good",
        TIME: "very good",
        PLACE: "very good",
        COMPLETE: "fair",
        RELIABLE: "good",
    }


def test_a_meter_at_the_site_is_what_completeness_lacks() -> None:
    assert _ratings(BEST)["completeness"] == "fair"
    assert _ratings(replace(BEST, is_metered=True))["completeness"] == "very good"


@pytest.mark.parametrize(
    ("change", "indicator", "rating", "rule"),
    [
        ({"is_extrapolated": True}, TECHNOLOGY, "poor", "never_benchmarked"),
        ({"stated": KNOWN - {"hardware"}}, TECHNOLOGY, "fair", "hardware_open"),
        ({"unmeasured_power_share": 0.5}, TECHNOLOGY, "fair", "power_unmeasured"),
        ({"unmeasured_power_share": 0.49}, TECHNOLOGY, "good", "power_partly"),
        ({"is_beyond_lengths": True}, TECHNOLOGY, "fair", "lengths_beyond"),
        ({"stated": KNOWN - {"precision"}}, TECHNOLOGY, "good", "precision_open"),
        ({"stated": KNOWN - {"deployment"}}, TECHNOLOGY, "good", "deployment_open"),
        ({"years_apart": None}, TIME, "poor", "period_open"),
        ({"years_apart": 3.0}, TIME, "poor", "three_years"),
        ({"years_apart": 2.9}, TIME, "fair", "two_years"),
        ({"years_apart": 1.0}, TIME, "good", "one_year"),
        ({"grid_years_apart": 10.0}, TIME, "poor", "grid_ten_years"),
        ({"grid_years_apart": 6.0}, TIME, "fair", "grid_six_years"),
        ({"grid_years_apart": 3.0}, TIME, "good", "grid_three_years"),
        ({"stated": KNOWN - {"region"}}, PLACE, "poor", "region_open"),
        ({"spans_countries": True}, PLACE, "fair", "region_wide"),
        ({"is_site_known": False}, PLACE, "good", "site_open"),
        ({"boundary": "board"}, COMPLETE, "poor", "boards_only"),
        ({"boundary": "it"}, COMPLETE, "fair", "building_left_out"),
        ({"is_provider_known": False}, COMPLETE, "poor", "provider_open"),
        ({"is_extrapolated": True}, RELIABLE, "poor", "never_benchmarked"),
        ({"is_efficiency_known": False}, RELIABLE, "fair", "efficiency_open"),
        ({"unreachable_share": 0.5}, RELIABLE, "fair", "speed_missed"),
        ({"boundary": "provisioned-2026-07"}, RELIABLE, "fair", "provisioned"),
        ({"is_turn_total": True}, RELIABLE, "fair", "turn_totals"),
    ],
)
def test_a_fact_caps_a_rating(
    change: dict[str, Any], indicator: str, rating: str, rule: str
) -> None:
    found = {one.indicator: one for one in assess(replace(BEST, **change))}[indicator]
    assert found.rating == rating
    assert rule in [held.key for held in found.rules]


def test_the_worst_rule_decides() -> None:
    facts = replace(BEST, is_extrapolated=True, unmeasured_power_share=0.1, stated=frozenset())
    technology = assess(facts)[0]
    assert technology.rating == "poor"
    capped = [RATINGS.index(rule.at_most) for rule in technology.rules]
    assert capped == sorted(capped, reverse=True)
    assert len(capped) > 3


def test_every_rule_and_rating_has_words() -> None:
    words = load_language("en").words
    rules = {rule.key for rules in INDICATORS.values() for rule in rules}
    assert {f"quality.{key}" for key in rules} <= words.keys()
    assert {f"indicator.{key}" for key in INDICATORS} <= words.keys()
    assert {f"rating.{rating.replace(' ', '_')}" for rating in RATINGS} <= words.keys()


@pytest.mark.parametrize(
    ("period", "years"),
    [
        ("2026", (2026, 2026)),
        ("April 2026 to March 2027", (2026, 2027)),
        ("FY2025/2026", (2025, 2026)),
        ("the year 20261", None),
        ("last year", None),
        ("", None),
        (None, None),
    ],
)
def test_years_of_a_period(period: str | None, years: tuple[int, int] | None) -> None:
    assert years_named(period) == years


def test_facts_of_answers(briefed: tuple[Any, dict[str, Any]]) -> None:
    briefing, result = briefed
    placed, anywhere = (
        quality_facts(entry.simulation.context, scenario, result["period"])
        for entry, scenario in zip(briefing.entries, result["scenarios"], strict=True)
    )
    assert {"hardware", "region"} <= placed.stated
    assert (placed.is_provider_known, anywhere.is_provider_known) == (True, False)
    assert placed.benchmarked_on is not None
    middle = datetime.date(2026, 12, 31)
    days = abs((middle - placed.benchmarked_on).days)
    assert placed.years_apart == pytest.approx(days / 365.25, abs=0.01)
    assert placed.grid_years_apart == pytest.approx(2.5, abs=0.01)
    assert (anywhere.boundary, anywhere.grid_years_apart) == ("it", None)
