"""One scenario: what is asked, how plausible each answer is, what drives it, what to distrust."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wh_uncertainty.cli.briefing.cells import quantile_cells, quantile_columns
from wh_uncertainty.cli.briefing.document import (
    Block,
    Chart,
    Column,
    Number,
    Paragraph,
    Section,
    Table,
)
from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.cli.briefing.sections.asked import question_table
from wh_uncertainty.cli.briefing.sections.worth import worth_blocks
from wh_uncertainty.cli.charts.curve import curve_chart
from wh_uncertainty.cli.charts.density import DensitySeries, density_chart
from wh_uncertainty.cli.charts.drivers import drivers_chart
from wh_uncertainty.model.documents.briefing import Briefing, BriefingEntry

__all__ = ["scenarios_section"]

Result = Mapping[str, Any]

_MOSTLY_UNREACHABLE = 0.5
_FEWEST_POINTS = 3  # of a curve
_PER_1000 = 1000.0


def scenarios_section(briefing: Briefing, result: Result, language: Language) -> Section:
    """Give each scenario a section of its own.

    Parameters
    ----------
    briefing : Briefing
    result : mapping
        Its `to_dict`.
    language : Language

    Returns
    -------
    Section
    """
    sections = tuple(
        _section(k + 1, entry, scenario, language)
        for k, (entry, scenario) in enumerate(
            zip(briefing.entries, result["scenarios"], strict=True)
        )
    )
    return Section("scenarios", language.say("scenario.heading"), sections=sections)


def _section(position: int, entry: BriefingEntry, s: Result, language: Language) -> Section:
    blocks: list[Block] = [
        question_table(position, s, language),
        _density(entry, s, language),
        _numbers(position, s, language),
        *_curve(s, language),
        *_drivers(s, language),
        *worth_blocks(position, s["disclosure"], language),
        *_flags(position, s["flags"], language),
    ]
    return Section(f"scenario-{position}", f"{position}. {s['name']}", tuple(blocks))


def _density(entry: BriefingEntry, s: Result, language: Language) -> Chart:
    drawn = entry.simulation
    pairs = (("mean", "average", drawn.wh_mean), ("one_query", "one_query", drawn.wh_one_query))
    series = [
        DensitySeries(language.say(f"scenario.{words}"), draws, s["wh_per_query"][key])
        for key, words, draws in pairs
    ]
    spec = density_chart(series, language.say("summary.axis"), language.signs)
    return Chart(spec, language.say("scenario.density", name=s["name"]))


def _numbers(position: int, s: Result, language: Language) -> Table:
    quantities = (
        ("wh_mean", s["wh_per_query"]["mean"], 1.0),
        ("wh_one", s["wh_per_query"]["one_query"], 1.0),
        ("j_output", s["j_per_output_token"], _PER_1000),
        ("j_input", s["j_per_input_token"], _PER_1000),
    )
    rows = [
        (language.say(f"scenario.{key}"), *quantile_cells(language, quantiles, scale))
        for key, quantiles, scale in quantities
    ]
    columns = (Column(language.say("table.quantity")), *quantile_columns(language))
    return Table(f"{position} numbers", language.say("scenario.numbers"), columns, tuple(rows))


def _curve(s: Result, language: Language) -> Iterator[Block]:
    points: list[Result] = s["by_interactivity"] or []
    reached = [p for p in points if p["unreachable_share"] < _MOSTLY_UNREACHABLE]
    if len(reached) < _FEWEST_POINTS:
        return
    titles = language.say("scenario.curve_x"), language.say("summary.axis")
    yield Chart(curve_chart(reached, *titles, language.signs), language.say("scenario.curve"))
    if len(reached) < len(points):
        yield Paragraph(language.say("scenario.curve_cut"), "note")


def _drivers(s: Result, language: Language) -> Iterator[Block]:
    records = [
        {**record, "meaning": language.say(f"group.{record['group']}")}
        for record in s["sensitivity"]
    ]
    if "site" in s["provenance"]:
        yield Paragraph(language.say("scenario.at_site", file=s["provenance"]["site"]["file"]))
    if not records:
        return
    keys = {"title": "drivers_axis", "alone": "alone", "with_others": "with_others"}
    words = {place: language.say(f"scenario.{key}") for place, key in keys.items()}
    spec = drivers_chart(records, words, language.signs)
    yield Chart(spec, language.say("scenario.drivers", name=s["name"]))


def _flags(position: int, flags: Sequence[Result], language: Language) -> Iterator[Block]:
    if not flags:
        return
    rows = tuple(
        (
            language.say(f"flag.{flag['code']}"),
            Number(flag["share"], language.percent(flag["share"])),
        )
        for flag in flags
    )
    columns = (
        Column(language.say("scenario.flag")),
        Column(language.say("table.share"), numeric=True),
    )
    yield Table(f"{position} warnings", language.say("scenario.flags"), columns, rows)
