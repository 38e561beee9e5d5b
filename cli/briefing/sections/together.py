"""Scenarios against each other, and a year of all their queries."""

from collections.abc import Iterator, Mapping
from typing import Any

from wh_uncertainty.cli.briefing.cells import absent, interval_cell, interval_column
from wh_uncertainty.cli.briefing.document import (
    Block,
    Cell,
    Column,
    Interval,
    Number,
    Paragraph,
    Section,
    Table,
)
from wh_uncertainty.cli.briefing.language import Language

__all__ = ["comparison_sections", "fleet_sections"]

Result = Mapping[str, Any]
Quantity = tuple[str, str, str]

# Of a year: key in the results, words, unit.
_ENERGY = ("energy_kwh", "fleet.energy", "kWh")
# What must not be added or compared has a table of its own; all in one would not fit on a page.
_OTHERS = (
    (
        "Year lifecycle",
        "fleet.lifecycle_table",
        (("location_based_lifecycle_tco2e", "fleet.emissions", "tCO2e"),),
    ),
    (
        "Year direct",
        "fleet.direct_table",
        (("location_based_direct_tco2", "fleet.emissions", "tCO2"),),
    ),
    (
        "Year market-based",
        "fleet.market_table",
        (("market_based_tco2e", "fleet.emissions", "tCO2e"),),
    ),
    (
        "Year water and cost",
        "fleet.other_table",
        (("water_m3", "fleet.water", "m³"), ("electricity_usd", "fleet.cost", "USD")),
    ),
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
    said = ["together.intro", *(["together.apart"] if _told_apart(result["comparison"]) else [])]
    words = [Paragraph(language.say(key)) for key in said]
    table = Table("Comparison", caption, columns, rows)
    yield Section("together", language.say("together.heading"), (*words, table))


def _told_apart(comparison: Result) -> bool:
    """Say whether scenarios are of several providers or buildings, and share none."""
    scenarios = [entry["scenario"] for entry in comparison["scenarios"]]
    differ = any(len({s[key] for s in scenarios}) > 1 for key in ("provider", "region"))
    return differ and "pue" not in comparison["shared"]


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
            _energy_table(result, language),
            *_samples(result["fleet"], language),
            *_other_tables(result, language),
            *_reservations(result, language),
            *_sharing(result, language),
        )
        yield Section("fleet", language.say("fleet.heading"), blocks)


def _energy_table(result: Result, language: Language) -> Table:
    columns = (
        Column(language.say("table.scenario")),
        Column(language.say("fleet.queries"), numeric=True),
        *_activity_columns(_ENERGY, language),
    )
    rows = tuple(
        (name, _queries(activity, language), *_activity_cells(activity, _ENERGY, language))
        for name, activity in _named(result, language)
    )
    return Table("Year", language.say("fleet.table"), columns, rows)


def _other_tables(result: Result, language: Language) -> Iterator[Table]:
    for sheet, caption, quantities in _OTHERS:
        told = [q for q in quantities if any(a[q[0]] is not None for a in result["activities"])]
        if not told:
            continue
        columns = [Column(language.say("table.scenario"))]
        for quantity in told:
            columns += _activity_columns(quantity, language)
        rows = tuple(
            (name, *(cell for q in told for cell in _activity_cells(activity, q, language)))
            for name, activity in _named(result, language)
        )
        yield Table(sheet, language.say(caption), tuple(columns), rows)


def _named(result: Result, language: Language) -> Iterator[tuple[str, Result]]:
    """Yield the activities and, where there are several, their total."""
    for activity in result["activities"]:
        yield activity["name"], activity
    if result["fleet"] is not None:
        yield language.say("fleet.total"), result["fleet"]


def _activity_columns(quantity: Quantity, language: Language) -> tuple[Column, Column]:
    _, words, unit = quantity
    heading = language.say(words)
    expected = language.say("fleet.expected", quantity=heading)
    return interval_column(language, heading, unit), Column(expected, unit, numeric=True)


def _activity_cells(
    activity: Result, quantity: Quantity, language: Language
) -> tuple[Interval, Number]:
    quantiles = activity[quantity[0]]
    return interval_cell(language, quantiles), _expected(quantiles, language)


def _queries(activity: Result, language: Language) -> Number:
    queries = activity["queries_per_year"]
    return Number(queries, language.stated(queries))


def _expected(quantiles: Mapping[str, float] | None, language: Language) -> Number:
    if quantiles is None:
        return absent(language)
    return Number(quantiles["mean"], language.quantity(quantiles, "mean"))


def _samples(fleet: Result | None, language: Language) -> Iterator[Block]:
    """Say why the quantiles of a total are not what a reader expects of those above it."""
    if fleet is not None:
        yield Paragraph(language.say("fleet.own_sample"), "note")


def _reservations(result: Result, language: Language) -> Iterator[Block]:
    """Say what the total is not: of one boundary, or of all scenarios."""
    counted = [s for s in result["scenarios"] if s["queries_per_year"]]
    if len({s["boundary"] for s in counted}) > 1:
        yield Paragraph(language.say("fleet.mixed"), "warning")
    others = [s["name"] for s in result["scenarios"] if not s["queries_per_year"]]
    if others:
        yield Paragraph(language.say("fleet.left_out", names=language.listing(others)), "warning")


def _sharing(result: Result, language: Language) -> Iterator[Block]:
    fleet = result["fleet"]
    if fleet is None:
        return
    yield Paragraph(language.say("fleet.shared"))
    if "pue" in fleet["shared"] and _told_apart(result["comparison"]):
        yield Paragraph(language.say("fleet.apart"))
    apart, together = fleet["energy_kwh_if_independent"], fleet["energy_kwh"]
    narrower = apart["p95"] / apart["p05"] < together["p95"] / together["p05"]
    ends = {"low": language.quantity(apart, "p05"), "high": language.quantity(apart, "p95")}
    key = "fleet.independent_narrower" if narrower else "fleet.independent"
    yield Paragraph(language.say(key, **ends))
