"""What the energy means: carbon, water, cost, and everyday things."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wh_uncertainty.cli.briefing.cells import interval_cell, interval_column
from wh_uncertainty.cli.briefing.document import (
    Block,
    Cell,
    Column,
    Paragraph,
    Section,
    Table,
)
from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.model.consequences import EVERYDAY
from wh_uncertainty.priors import Catalogue, PriorSpec

__all__ = ["consequences_section", "everyday_section"]

Result = Mapping[str, Any]

_KWH_PER_WH = 1e-3
_UNITS = {
    "playstation_5_minutes": "min",
    "phone_charges": "",
    "led_lamp_minutes": "min",
    "boiled_litres": "L",
}
_ML_PER_L, _CENTS_PER_USD = 1000.0, 100.0
_QUANTITIES = (
    ("consequences.lifecycle", "gCO2e"),
    ("consequences.direct", "gCO2"),
    ("consequences.water", "mL"),
    ("consequences.cost", "US¢"),
)


def consequences_section(result: Result, language: Language) -> Section:
    """Tabulate carbon, water and cost of an average query; kinds of carbon stay apart.

    Parameters
    ----------
    result : mapping
        As `Briefing.to_dict` gives it.
    language : Language

    Returns
    -------
    Section
    """
    scenarios = result["scenarios"]
    placed = [s for s in scenarios if s["emissions"] is not None]
    heading = language.say("consequences.heading")
    if not placed:
        return Section(
            "consequences", heading, (Paragraph(language.say("consequences.no_region")),)
        )
    blocks: list[Block] = [_consequences_table(placed, language)]
    blocks += [Paragraph(language.say(f"consequences.{key}")) for key in ("kinds", "water_kinds")]
    if len(placed) < len(scenarios):
        blocks.append(Paragraph(language.say("consequences.some_without"), "note"))
    return Section("consequences", heading, tuple(blocks))


def _consequences_table(placed: Sequence[Result], language: Language) -> Table:
    columns = (
        Column(language.say("table.scenario")),
        Column(language.say("asked.region"), is_english=True),
        *(interval_column(language, language.say(words), unit) for words, unit in _QUANTITIES),
    )
    rows = tuple(_consequences_row(s, language) for s in placed)
    return Table("Consequences", language.say("consequences.table"), columns, rows)


def _consequences_row(s: Result, language: Language) -> tuple[Cell, ...]:
    e, wh = s["emissions"], s["wh_per_query"]["mean"]
    direct = e["direct_g_per_kwh"]
    return (
        s["name"],
        e["region"],
        interval_cell(language, e["lifecycle_gco2e"]),
        interval_cell(language, None if direct is None else wh, (direct or 0.0) * _KWH_PER_WH),
        interval_cell(language, e["water_l"], _ML_PER_L),
        interval_cell(language, e["electricity_usd"], _CENTS_PER_USD),
    )


def everyday_section(result: Result, catalogue: Catalogue, language: Language) -> Section:
    """Compare an average query with everyday things, each with its source.

    Parameters
    ----------
    result : mapping
        As `Briefing.to_dict` gives it.
    catalogue : Catalogue
    language : Language

    Returns
    -------
    Section
    """
    things = ((language.say(f"everyday.{thing}"), unit) for thing, unit in _UNITS.items())
    columns = (
        Column(language.say("table.scenario")),
        *(interval_column(language, words, unit) for words, unit in things),
    )
    rows = tuple(
        (s["name"], *(interval_cell(language, s["equivalents"][thing]) for thing in _UNITS))
        for s in result["scenarios"]
    )
    table = Table("Everyday", language.say("everyday.table"), columns, rows)
    notes = (Paragraph(text, "note") for text in _sources(catalogue, language))
    return Section("everyday", language.say("everyday.heading"), (table, *notes))


def _sources(catalogue: Catalogue, language: Language) -> Iterator[str]:
    for thing, (prior, _) in EVERYDAY.items():
        spec = catalogue.priors[prior]
        yield language.say(
            "everyday.source",
            thing=language.say(f"everyday.{thing}"),
            value=language.stated(spec.parameters["value"]),
            unit=spec.unit,
            source=_cited(spec, catalogue),
            locator=spec.locator,
        )


def _cited(spec: PriorSpec, catalogue: Catalogue) -> str:
    sources = (catalogue.references[key] for key in spec.source)
    return "; ".join(f"{source.author}, {source.title}, {source.date}" for source in sources)
