"""The calculation: activity data times factors, one table for each step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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

__all__ = ["calculation_section"]

Record = Mapping[str, Any]

_WH_PER_KWH = 1000.0
_NOTHING = Interval(None, "")  # a total has no factor


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of emissions: its key, the sheet and caption of its table, and what is emitted."""

    key: str
    sheet: str
    caption: str
    gas: str


_KINDS = (
    _Kind("location_based_lifecycle", "Emissions", "annex.lifecycle_table", "CO2e"),
    _Kind("location_based_direct", "Direct emissions", "annex.direct_table", "CO2"),
    _Kind("market_based", "Market-based emissions", "annex.market_table", "CO2e"),
)
_OTHERS = (("water", "annex.water", "m³"), ("electricity_cost", "annex.cost", "USD"))


def calculation_section(twin: Record, language: Language) -> Section:
    """Multiply, step by step, and say how the total was added up.

    Parameters
    ----------
    twin : mapping
        As `annex_twin` gives it.
    language : Language

    Returns
    -------
    Section
    """
    blocks = (
        Paragraph(language.say("annex.calculation_intro")),
        _electricity(twin, language),
        *_totals(twin, language),
        *_emissions(twin, language),
        *_others(twin, language),
    )
    return Section("calculation", language.say("annex.calculation"), blocks)


def _electricity(twin: Record, language: Language) -> Table:
    columns = (
        Column(language.say("annex.activity")),
        Column(language.say("annex.queries"), "1/a", numeric=True),
        *_spread_columns("annex.energy_factor", "Wh", language),
        *_spread_columns("annex.electricity", "kWh", language),
    )
    rows = [
        (
            a["name"],
            _count(a, language),
            *_spread_cells(a["energy_factor"], language, _WH_PER_KWH),
            *_spread_cells(a["energy"], language),
        )
        for a in twin["activities"]
    ]
    for total in _total(twin):
        factor = _NOTHING, Number(None, "")
        spread = _spread_cells(total["energy"], language)
        rows.append((language.say("annex.total"), _count(total, language), *factor, *spread))
    return Table("Electricity", language.say("annex.electricity_table"), columns, tuple(rows))


def _totals(twin: Record, language: Language) -> Iterator[Paragraph]:
    if len(twin["activities"]) > 1:
        yield Paragraph(language.say("annex.totals"))
    if len({a["boundary"] for a in twin["activities"]}) > 1:
        yield Paragraph(language.say("annex.mixed"), "warning")


def _emissions(twin: Record, language: Language) -> Iterator[Block]:
    known = {
        kind.key: [a for a in twin["activities"] if a["emissions"][kind.key] is not None]
        for kind in _KINDS
    }
    for kind in _KINDS:
        if known[kind.key]:
            yield _emissions_table(kind, twin, language)
    yield Paragraph(language.say("annex.kinds"))
    count = len(twin["activities"])
    located, contracted = len(known["location_based_lifecycle"]), len(known["market_based"])
    if located < count:
        key = "annex.some_without" if located else "annex.no_region"
        yield Paragraph(language.say(key), "warning")
    if contracted < count:
        key = "annex.market_partly" if contracted else "annex.market_open"
        yield Paragraph(language.say(key), "note")


def _emissions_table(kind: _Kind, twin: Record, language: Language) -> Table:
    columns = (
        Column(language.say("annex.activity")),
        Column(language.say("annex.region"), is_english=True),
        interval_column(language, language.say("annex.emission_factor"), f"g{kind.gas}/kWh"),
        *_spread_columns("annex.emissions_column", f"t{kind.gas}", language),
    )
    rows = [
        (
            a["name"],
            a["emission_factors"]["region"] or language.say("number.none"),
            _factor_cell(a["emission_factors"][kind.key], language),
            *_spread_cells(a["emissions"][kind.key], language),
        )
        for a in twin["activities"]
    ]
    for total in _total(twin):
        spread = _spread_cells(total["emissions"][kind.key], language)
        rows.append((language.say("annex.total"), "", _NOTHING, *spread))
    return Table(kind.sheet, language.say(kind.caption), columns, tuple(rows))


def _others(twin: Record, language: Language) -> Iterator[Table]:
    told = [q for q in _OTHERS if any(a[q[0]] is not None for a in twin["activities"])]
    if not told:
        return
    columns = [Column(language.say("annex.activity"))]
    for _, words, unit in told:
        columns += _spread_columns(words, unit, language)
    named = [(a["name"], a) for a in twin["activities"]]
    named += [(language.say("annex.total"), total) for total in _total(twin)]
    rows = tuple(
        (name, *(cell for key, _, _ in told for cell in _spread_cells(record[key], language)))
        for name, record in named
    )
    yield Table("Water and cost", language.say("annex.other_table"), tuple(columns), rows)


def _total(twin: Record) -> Iterator[Record]:
    """Yield the total, unless it is that of one activity."""
    if len(twin["activities"]) > 1:
        yield twin["totals"]


def _count(record: Record, language: Language) -> Number:
    queries = record["activity"]["value"]
    return Number(queries, language.stated(queries))


def _spread_columns(words: str, unit: str, language: Language) -> tuple[Column, Column]:
    quantity = language.say(words)
    expected = language.say("annex.expected", quantity=quantity)
    return interval_column(language, quantity, unit), Column(expected, unit, numeric=True)


def _spread_cells(
    quantiles: Record | None, language: Language, scale: float = 1
) -> tuple[Cell, Cell]:
    """Write a median with its interval, and the expected value, which adds up."""
    if quantiles is None:
        return interval_cell(language, None), absent(language)
    mean = Number(scale * quantiles["mean"], language.quantity(quantiles, "mean", scale))
    return interval_cell(language, quantiles, scale), mean


def _factor_cell(factor: Record | None, language: Language) -> Interval:
    """Write an emission factor, which is one number where nobody states its interval."""
    if factor is None or "value" not in factor:
        return interval_cell(language, factor)
    return Interval((factor["value"],) * 3, language.stated(factor["value"]))
