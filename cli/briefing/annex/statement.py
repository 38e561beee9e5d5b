"""What is reported: by whom, for when, how much, and where it belongs in an inventory."""

from collections.abc import Mapping
from typing import Any

from wh_uncertainty.cli.briefing.cells import interval_words
from wh_uncertainty.cli.briefing.document import Column, Paragraph, Section, Table
from wh_uncertainty.cli.briefing.language import Language

__all__ = ["statement_section"]

Record = Mapping[str, Any]

_ITEMS = ("subject", "category", "approach", "suppliers", "intervals", "assurance")


def statement_section(twin: Record, language: Language) -> Section:
    """State the totals, and in which terms they are reported.

    Parameters
    ----------
    twin : mapping
        As `annex_twin` gives it.
    language : Language

    Returns
    -------
    Section
    """
    who = {
        key: twin[key] or language.say(f"annex.{key}_open") for key in ("organisation", "period")
    }
    totals = twin["totals"]
    queries = language.number(totals["activity"]["value"])
    lead = language.say(
        "annex.lead", queries=queries, **who, **interval_words(totals["energy"], language)
    )
    blocks = (
        Paragraph(lead, "lead"),
        _emissions(totals["emissions"]["location_based_lifecycle"], language),
        _table(who, language),
    )
    return Section("statement", language.say("annex.heading"), blocks)


def _emissions(tonnes: Record | None, language: Language) -> Paragraph:
    if tonnes is None:
        return Paragraph(language.say("annex.no_emissions"), "warning")
    return Paragraph(language.say("annex.emissions", **interval_words(tonnes, language)), "lead")


def _table(who: Mapping[str, str], language: Language) -> Table:
    columns = Column(language.say("annex.item")), Column(language.say("annex.said"))
    named = [(language.say(f"annex.{key}"), said) for key, said in who.items()]
    said = [(language.say(f"annex.{k}"), language.say(f"annex.{k}_said")) for k in _ITEMS]
    return Table("Statement", language.say("annex.table"), columns, (*named, *said))
