"""What publishing an unknown would be worth."""

from collections.abc import Iterator, Mapping
from typing import Any

from wh_uncertainty.cli.briefing.document import Block, Column, Number, Paragraph, Table
from wh_uncertainty.cli.briefing.language import Language

__all__ = ["worth_blocks"]

Result = Mapping[str, Any]


def worth_blocks(position: int, found: Result | None, language: Language) -> Iterator[Block]:
    """Tabulate single disclosures, and say what to ask for first.

    Parameters
    ----------
    position : int
        Of the scenario, from 1.
    found : mapping or None
        As `Disclosures.to_dict` gives it; None where nothing is left to disclose.
    language : Language

    Yields
    ------
    Table, Paragraph
    """
    if found is None:
        return
    columns = (
        Column(language.say("scenario.published")),
        Column(language.say("scenario.publisher")),
        Column(language.say("scenario.factor_left"), numeric=True),
        Column(language.say("scenario.narrower"), numeric=True),
    )
    caption = language.say("scenario.worth", factor=language.number(found["ratio_p95_p05"], 2))
    rows = tuple(_row(single, language) for single in found["singles"])
    yield Table(f"{position} disclosure", caption, columns, rows)
    yield Paragraph(language.say("scenario.worth_scale"), "note")
    last = found["path"][-1]
    if len(last["groups"]) > 1:
        steps = language.listing(language.say(f"group.{key}") for key in last["groups"])
        factor = language.number(last["ratio_p95_p05"], 2)
        yield Paragraph(language.say("scenario.path", steps=steps, factor=factor))


def _row(single: Result, language: Language) -> tuple[str | Number, ...]:
    return (
        language.say(f"group.{single['groups'][0]}"),
        language.say(f"publisher.{single['publisher']}"),
        Number(single["ratio_p95_p05"], language.number(single["ratio_p95_p05"], 2)),
        Number(single["reduction"], language.percent(max(single["reduction"], 0.0))),
    )
