"""Scenarios against each other, and a year of all their queries."""

from collections.abc import Iterator, Mapping
from typing import Any

from wh_uncertainty.cli.briefing.cells import absent, interval_cell, interval_column
from wh_uncertainty.cli.briefing.document import (
    Block,
    Cell,
    Column,
    Number,
    Paragraph,
    Section,
    Table,
)
from wh_uncertainty.cli.briefing.language import Language

__all__ = ["ACTIVITY_QUANTITIES", "comparison_sections", "fleet_sections"]

Result = Mapping[str, Any]

#: Of a year: key in the results, words, key of the unit.
ACTIVITY_QUANTITIES = (
    ("energy_kwh", "fleet.energy", "kWh"),
    ("location_based_lifecycle_tco2e", "fleet.lifecycle", "tCO2e"),
    ("location_based_direct_tco2", "fleet.direct", "tCO2"),
    ("market_based_tco2e", "fleet.market", "tCO2e"),
    ("water_m3", "fleet.water", "m³"),
    ("electricity_usd", "fleet.cost", "USD"),
)


def comparison_sections(result: Result, language: Language) -> Iterator[Section]:
    """Set every scenario against the first; nothing where there is only one.

    Parameters
    ----------
    result : mapping
        As `Briefing.to_dict` gives it.
    language : Language

    Yields
    ------
    Section
    """
    if result["comparison"] is None:
        return
    names = [scenario["name"] for scenario in result["scenarios"]]
    entries = zip(names[1:], result["comparison"]["scenarios"][1:], strict=True)
    rows = tuple(_against_first(name, entry, language) for name, entry in entries)
    columns = (
        Column(language.say("table.scenario")),
        interval_column(language, language.say("together.ratio")),
        Column(language.say("together.less"), numeric=True),
    )
    caption = language.say("together.table", first=names[0])
    blocks = (
        Paragraph(language.say("together.intro")),
        Table("Comparison", caption, columns, rows),
    )
    yield Section("together", language.say("together.heading"), blocks)


def _against_first(name: str, entry: Result, language: Language) -> tuple[Cell, ...]:
    less = entry["probability_lower_than_first"]
    ratio = interval_cell(language, entry["ratio_to_first"])
    return (name, ratio, Number(less, language.percent(less)))


def fleet_sections(result: Result, language: Language) -> Iterator[Section]:
    """Add up a year's queries; nothing where no scenario says how many there are.

    Parameters
    ----------
    result : mapping
        As `Briefing.to_dict` gives it.
    language : Language

    Yields
    ------
    Section
    """
    if result["activities"]:
        blocks = (
            _activity_table(result, language),
            *_reservations(result, language),
            *_sharing(result["fleet"], language),
        )
        yield Section("fleet", language.say("fleet.heading"), blocks)


def _activity_table(result: Result, language: Language) -> Table:
    activities, fleet = result["activities"], result["fleet"]
    told = [q for q in ACTIVITY_QUANTITIES if any(a[q[0]] is not None for a in activities)]
    rows = [_activity_row(a["name"], a, told, language) for a in activities]
    if fleet is not None:
        rows.append(_activity_row(language.say("fleet.total"), fleet, told, language))
    columns = [Column(language.say("table.scenario"))]
    columns.append(Column(language.say("fleet.queries"), numeric=True))
    for _, words, unit in told:
        quantity = language.say(words)
        expected = language.say("fleet.expected", quantity=quantity)
        columns.append(interval_column(language, quantity, unit))
        columns.append(Column(expected, unit, numeric=True))
    return Table("Year", language.say("fleet.table"), tuple(columns), tuple(rows))


def _activity_row(
    name: str, activity: Result, told: list[tuple[str, str, str]], language: Language
) -> tuple[Cell, ...]:
    queries = activity["queries_per_year"]
    cells: list[Cell] = [name, Number(queries, language.stated(queries))]
    for key, _, _ in told:
        quantiles = activity.get(key)
        cells.append(interval_cell(language, quantiles))
        cells.append(_expected(quantiles, language))
    return tuple(cells)


def _expected(quantiles: Mapping[str, float] | None, language: Language) -> Number:
    if quantiles is None:
        return absent(language)
    return Number(quantiles["mean"], language.quantity(quantiles, "mean"))


def _reservations(result: Result, language: Language) -> Iterator[Block]:
    """Say what the total is not: of one boundary, or of all scenarios."""
    counted = [s for s in result["scenarios"] if s["queries_per_year"]]
    if len({s["boundary"] for s in counted}) > 1:
        yield Paragraph(language.say("fleet.mixed"), "warning")
    others = [s["name"] for s in result["scenarios"] if not s["queries_per_year"]]
    if others:
        yield Paragraph(language.say("fleet.left_out", names=language.listing(others)), "warning")


def _sharing(fleet: Result | None, language: Language) -> Iterator[Block]:
    if fleet is None:
        return
    yield Paragraph(language.say("fleet.shared"))
    apart, together = fleet["energy_kwh_if_independent"], fleet["energy_kwh"]
    narrower = apart["p95"] / apart["p05"] < together["p95"] / together["p05"]
    ends = {"low": language.quantity(apart, "p05"), "high": language.quantity(apart, "p95")}
    key = "fleet.independent_narrower" if narrower else "fleet.independent"
    yield Paragraph(language.say(key, **ends))
