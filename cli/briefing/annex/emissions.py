"""Emissions: electricity times emission factor, each kind in a table of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wh_uncertainty.cli.briefing.annex.spread import (
    NO_FACTOR,
    NONE,
    spread_cells,
    spread_columns,
    total_of,
)
from wh_uncertainty.cli.briefing.cells import interval_cell, interval_column
from wh_uncertainty.cli.briefing.document import Block, Column, Interval, Paragraph, Table
from wh_uncertainty.cli.briefing.language import Language

__all__ = ["emission_blocks"]

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of emissions: its key, the sheet of its table, its words, and what is emitted."""

    key: str
    sheet: str
    words: str
    gas: str


_KINDS = (
    _Kind("location_based_lifecycle", "Emissions", "lifecycle", "CO2e"),
    _Kind("location_based_direct", "Direct emissions", "direct", "CO2"),
    _Kind("market_based", "Market-based emissions", "market", "CO2e"),
)


def emission_blocks(twin: Record, language: Language) -> Iterator[Block]:
    """Tabulate emissions of every kind that is known, cite the factors, and say what is missing.

    Parameters
    ----------
    twin : mapping
        As `annex_twin` gives it.
    language : Language

    Yields
    ------
    Table, Paragraph
    """
    known = {
        kind.key: [a for a in twin["activities"] if a["emissions"][kind.key] is not None]
        for kind in _KINDS
    }
    for kind in _KINDS:
        if known[kind.key]:
            yield _emissions_table(kind, twin, language)
    yield Paragraph(language.say("annex.kinds"))
    if any(known.values()):
        yield _sources(twin, language)
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
        *spread_columns("annex.emissions_column", f"t{kind.gas}", language),
    )
    rows = [
        (
            a["name"],
            a["emission_factors"]["region"] or language.say("number.none"),
            _factor_cell(a["emission_factors"][kind.key], language),
            *spread_cells(a["emissions"][kind.key], language),
        )
        for a in twin["activities"]
    ]
    for total in total_of(twin):
        spread = spread_cells(total["emissions"][kind.key], language)
        rows.append((language.say("annex.total"), NONE, NO_FACTOR, *spread))
    return Table(kind.sheet, language.say(f"annex.{kind.words}_table"), columns, tuple(rows))


def _factor_cell(factor: Record | None, language: Language) -> Interval:
    """Write an emission factor, which is one number where nobody states its interval."""
    if factor is None or "value" not in factor:
        return interval_cell(language, factor)
    return Interval((factor["value"],) * 3, language.stated(factor["value"]))


def _sources(twin: Record, language: Language) -> Table:
    """Cite each emission factor once, however many activities have it."""
    columns = (
        Column(language.say("annex.region"), is_english=True),
        Column(language.say("annex.kind")),
        Column(language.say("method.year")),
        Column(language.say("table.source"), is_english=True),
    )
    rows = dict.fromkeys(
        _source_row(kind, a["emission_factors"], language)
        for kind in _KINDS
        for a in twin["activities"]
        if a["emission_factors"][kind.key] is not None
    )
    return Table("Emission factors", language.say("annex.sources_table"), columns, tuple(rows))


def _source_row(kind: _Kind, factors: Record, language: Language) -> tuple[str, ...]:
    factor, words = factors[kind.key], language.say(f"annex.kind_{kind.words}")
    if "sources" not in factor:
        return (NONE, words, NONE, language.say("annex.market_source"))
    locator = f" ({factor['locator']})" if factor.get("locator") else ""
    return (factors["region"], words, str(factor["year"]), "; ".join(factor["sources"]) + locator)
