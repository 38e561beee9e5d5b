"""How the figures were computed, and the standards whose terms are used."""

from collections.abc import Mapping
from typing import Any

from wh_uncertainty.cli.briefing.document import (
    Block,
    Code,
    Column,
    Listing,
    Paragraph,
    Section,
    Table,
)
from wh_uncertainty.cli.briefing.language import Language

__all__ = ["method_section"]

Record = Mapping[str, Any]

_SYMBOLS = ("formulas", "time", "power", "product")


def method_section(twin: Record, language: Language) -> Section:
    """State the equation, what is fitted to what, the draws, and what an interval means.

    Parameters
    ----------
    twin : mapping
        As `annex_twin` gives it.
    language : Language

    Returns
    -------
    Section
    """
    method = twin["method"]
    drawn = {"draws": language.whole(method["draws"]), "seed": str(method["seed"])}
    blocks: list[Block] = [
        Paragraph(language.say("method.intro")),
        *map(Code, method["formulas"].values()),
        Listing(tuple(language.say(f"method.{key}") for key in _SYMBOLS)),
        Paragraph(language.say("method.fit", fits=_fits(method, language))),
        Paragraph(language.say("method.priors")),
        Paragraph(language.say("method.draws", **drawn)),
        Paragraph(language.say("method.interval")),
        Paragraph(language.say("method.mean")),
        _standards(twin, language),
    ]
    return Section("method", language.say("method.heading"), tuple(blocks))


def _fits(method: Record, language: Language) -> str:
    return language.listing(
        language.say("method.fit_predicted", model=model)
        if rows is None
        else language.say("method.fit_rows", rows=language.whole(rows), model=model)
        for model, rows in method["benchmark_rows_fitted"].items()
    )


def _standards(twin: Record, language: Language) -> Table:
    columns = (
        Column(language.say("method.standard"), is_english=True),
        Column(language.say("method.publisher"), is_english=True),
        Column(language.say("method.year")),
    )
    rows = tuple((s["title"], s["publisher"], str(s["year"])) for s in twin["standards"])
    return Table("Standards", language.say("method.references"), columns, rows)
