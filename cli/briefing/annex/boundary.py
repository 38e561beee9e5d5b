"""What is counted and what is not, in the terms of the standards."""

from collections.abc import Iterator, Mapping
from typing import Any

from wh_uncertainty.cli.briefing.annex.accounting import EXCLUDED, INCLUDED
from wh_uncertainty.cli.briefing.cells import interval_cell, interval_column
from wh_uncertainty.cli.briefing.document import (
    Cell,
    Column,
    Listing,
    Paragraph,
    Section,
    Table,
)
from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.cli.briefing.sections.counted import counted_section
from wh_uncertainty.model.units import WH_PER_KWH

__all__ = ["boundary_section"]

Record = Mapping[str, Any]

_TERMS = ("category", "own", "location", "market", "gases")
_SCI = ("persona", "unit", "formula", "embodied", "score")


def boundary_section(twin: Record, result: Record, language: Language) -> Section:
    """State the boundary, the terms of the GHG Protocol and those of the SCI for AI.

    Parameters
    ----------
    twin : mapping
        As `annex_twin` gives it.
    result : mapping
        As `Briefing.to_dict` gives it.
    language : Language

    Returns
    -------
    Section
    """
    blocks = (
        Paragraph(language.say("boundary.included")),
        Listing(tuple(language.say(f"included.{key}") for key in INCLUDED)),
        Paragraph(language.say("boundary.excluded")),
        Listing(tuple(language.say(f"excluded.{key}") for key in EXCLUDED)),
    )
    power = counted_section(result, language)
    terms = Listing(tuple(language.say(f"term.{key}") for key in _TERMS))
    sections = (
        Section("power", language.say("boundary.power"), power.blocks),
        Section("ghg-protocol", language.say("boundary.terms"), (terms,)),
        Section("sci", language.say("sci.heading"), tuple(_sci(twin, language))),
    )
    return Section("boundary", language.say("boundary.heading"), blocks, sections)


def _sci(twin: Record, language: Language) -> Iterator[Listing | Table]:
    yield Listing(tuple(language.say(f"sci.{key}") for key in _SCI))
    columns = (
        Column(language.say("annex.activity")),
        Column(language.say("sci.functional_unit")),
        interval_column(language, language.say("sci.energy"), "Wh"),
        interval_column(language, language.say("sci.operational"), "gCO2e"),
    )
    rows = tuple(
        _sci_row(activity["name"], unit, language)
        for activity in twin["activities"]
        for unit in activity["sci"]["functional_units"]
    )
    yield Table("SCI", language.say("sci.table"), columns, rows)


def _sci_row(name: str, unit: Record, language: Language) -> tuple[Cell, ...]:
    return (
        name,
        language.say(f"sci.{unit['functional_unit'].replace(' ', '_')}"),
        interval_cell(language, unit["energy"], WH_PER_KWH),
        interval_cell(language, unit["operational"]),
    )
