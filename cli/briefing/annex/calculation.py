"""The calculation: activity data times factors, one table for each step."""

from collections.abc import Iterator, Mapping
from typing import Any

from wh_uncertainty.cli.briefing.annex.emissions import emission_blocks
from wh_uncertainty.cli.briefing.annex.spread import (
    NO_FACTOR,
    NONE,
    spread_cells,
    spread_columns,
    total_of,
)
from wh_uncertainty.cli.briefing.document import Column, Number, Paragraph, Section, Table
from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.model.units import WH_PER_KWH

__all__ = ["calculation_section"]

Record = Mapping[str, Any]

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
        *emission_blocks(twin, language),
        *_others(twin, language),
    )
    return Section("calculation", language.say("annex.calculation"), blocks)


def _electricity(twin: Record, language: Language) -> Table:
    columns = (
        Column(language.say("annex.activity")),
        Column(language.say("annex.queries"), numeric=True),
        *spread_columns("annex.energy_factor", "Wh", language),
        *spread_columns("annex.electricity", "kWh", language),
    )
    rows = [
        (
            a["name"],
            _count(a, language),
            *spread_cells(a["energy_factor"], language, WH_PER_KWH),
            *spread_cells(a["energy"], language),
        )
        for a in twin["activities"]
    ]
    for total in total_of(twin):
        blank = NO_FACTOR, Number(None, NONE)
        spread = spread_cells(total["energy"], language)
        rows.append((language.say("annex.total"), _count(total, language), *blank, *spread))
    return Table("Electricity", language.say("annex.electricity_table"), columns, tuple(rows))


def _totals(twin: Record, language: Language) -> Iterator[Paragraph]:
    if len(twin["activities"]) > 1:
        yield Paragraph(language.say("annex.totals"))
    if len({a["boundary"] for a in twin["activities"]}) > 1:
        yield Paragraph(language.say("annex.mixed"), "warning")


def _others(twin: Record, language: Language) -> Iterator[Table]:
    told = [q for q in _OTHERS if any(a[q[0]] is not None for a in twin["activities"])]
    if not told:
        return
    columns = [Column(language.say("annex.activity"))]
    for _, words, unit in told:
        columns += spread_columns(words, unit, language)
    named = [(a["name"], a) for a in twin["activities"]]
    named += [(language.say("annex.total"), total) for total in total_of(twin)]
    rows = tuple(
        (name, *(cell for key, _, _ in told for cell in spread_cells(record[key], language)))
        for name, record in named
    )
    yield Table("Water and cost", language.say("annex.other_table"), tuple(columns), rows)


def _count(record: Record, language: Language) -> Number:
    queries = record["activity"]["value"]
    return Number(queries, language.stated(queries))
