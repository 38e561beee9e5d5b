"""The data quality statement: ratings with their reasons, and the uncertainty as a number."""

from collections.abc import Iterator, Mapping
from typing import Any

from wh_uncertainty.cli.briefing.document import Block, Column, Paragraph, Section, Table
from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.model.documents.data_quality import INDICATORS

__all__ = ["quality_section"]

Record = Mapping[str, Any]


def quality_section(twin: Record, language: Language) -> Section:
    """Rate the data of each activity, give the reasons, and list the rules.

    Parameters
    ----------
    twin : mapping
        As `annex_twin` gives it.
    language : Language

    Returns
    -------
    Section
    """
    blocks = Paragraph(language.say("quality.intro")), _overview(twin, language)
    activities = tuple(
        _activity(position, activity, language)
        for position, activity in enumerate(twin["activities"], start=1)
    )
    rules = Section("rules", language.say("quality.rules"), (_rules(twin, language),))
    return Section("quality", language.say("quality.heading"), blocks, (*activities, rules))


def _overview(twin: Record, language: Language) -> Table:
    columns = (
        Column(language.say("annex.activity")),
        *(Column(language.say(f"indicator.{indicator}")) for indicator in INDICATORS),
    )
    rows = tuple(
        (a["name"], *(_rating(one["rating"], language) for one in a["data_quality"]["indicators"]))
        for a in twin["activities"]
    )
    return Table("Data quality", language.say("quality.table"), columns, rows)


def _activity(position: int, activity: Record, language: Language) -> Section:
    blocks: list[Block] = [_reasons(position, activity, language)]
    day = activity["data_quality"]["benchmarked_on"]
    if day is not None:
        blocks.append(Paragraph(language.say("quality.benchmarked", day=day)))
    blocks += map(Paragraph, _uncertainty(activity["uncertainty"], language))
    return Section(f"quality-{position}", f"{position}. {activity['name']}", tuple(blocks))


def _reasons(position: int, activity: Record, language: Language) -> Table:
    columns = tuple(
        Column(language.say(f"quality.{key}")) for key in ("indicator", "rating", "reasons")
    )
    rows = tuple(
        (
            language.say(f"indicator.{one['indicator']}"),
            _rating(one["rating"], language),
            _sentences(one["reasons"], language),
        )
        for one in activity["data_quality"]["indicators"]
    )
    return Table(f"{position} quality", language.say("quality.reasons_table"), columns, rows)


def _sentences(reasons: list[Record], language: Language) -> str:
    said = [language.say(f"quality.{reason['rule']}") for reason in reasons]
    return language.say("number.sentences").join(said) or language.say("quality.none")


def _uncertainty(found: Record, language: Language) -> Iterator[str]:
    yield language.say("quality.ratio", ratio=language.number(found["ratio_p95_p05"], 2))
    driver, disclosure = found["largest_driver"], found["best_disclosure"]
    if driver is not None:
        share = language.percent(max(driver["first_order_fraction"], 0.0))
        group = language.say(f"group.{driver['group']}")
        yield language.say("quality.driver", driver=group, share=share)
    if disclosure is not None:
        yield language.say(
            "quality.disclosure",
            published=language.say(f"group.{disclosure['group']}"),
            publisher=language.say(f"publisher.{disclosure['publisher']}"),
            factor=language.number(disclosure["ratio_p95_p05"], 2),
            narrower=language.percent(max(disclosure["reduction"], 0.0)),
        )


def _rules(twin: Record, language: Language) -> Table:
    columns = tuple(
        Column(language.say(f"quality.{key}")) for key in ("indicator", "rule", "at_most")
    )
    rows = tuple(
        (
            language.say(f"indicator.{rule['indicator']}"),
            language.say(f"quality.{rule['rule']}"),
            _rating(rule["at_most"], language),
        )
        for rule in twin["data_quality_rules"]
    )
    return Table("Rules of rating", language.say("quality.rules_table"), columns, rows)


def _rating(rating: str, language: Language) -> str:
    return language.say(f"rating.{rating.replace(' ', '_')}")
