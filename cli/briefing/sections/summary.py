"""In short: an interval in words for each scenario, a picture and a table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wh_uncertainty.cli.briefing.cells import interval_words, quantile_cells, quantile_columns
from wh_uncertainty.cli.briefing.document import Block, Chart, Column, Paragraph, Section, Table
from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.cli.charts.forest import forest_chart

__all__ = ["summary_section"]

Result = Mapping[str, Any]


def summary_section(result: Result, language: Language) -> Section:
    """Say what a reader takes home.

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
    blocks: list[Block] = [Paragraph(_lead(s, language), "lead") for s in scenarios]
    if result["fleet"] is not None:
        blocks.append(Paragraph(_total(result["fleet"], language), "lead"))
    blocks += [Paragraph(text, "warning") for text in _extrapolated(scenarios, language)]
    blocks += [Paragraph(language.say(f"summary.{key}")) for key in ("interval", "expected")]
    blocks += [_chart(scenarios, language), _table(scenarios, language)]
    return Section("summary", language.say("summary.heading"), tuple(blocks))


def _lead(scenario: Result, language: Language) -> str:
    wh = scenario["wh_per_query"]["mean"]
    return language.say("summary.lead", name=scenario["name"], **interval_words(wh, language))


def _total(fleet: Result, language: Language) -> str:
    queries = language.stated(fleet["queries_per_year"])
    return language.say(
        "summary.total", queries=queries, **interval_words(fleet["energy_kwh"], language)
    )


def _extrapolated(scenarios: Sequence[Result], language: Language) -> Iterator[str]:
    for scenario in scenarios:
        for flag in scenario["flags"]:
            if flag["code"] == "extrapolated":
                yield language.say("summary.extrapolated", name=scenario["name"])


def _chart(scenarios: Sequence[Result], language: Language) -> Chart:
    rows = [(s["name"], s["wh_per_query"]["mean"]) for s in scenarios]
    spec = forest_chart(rows, language.say("summary.axis"), language.signs)
    return Chart(spec, language.say("summary.chart"))


def _table(scenarios: Sequence[Result], language: Language) -> Table:
    estimands = (("mean", "summary.average"), ("one_query", "summary.one_query"))
    rows = [
        (s["name"], language.say(words), *quantile_cells(language, s["wh_per_query"][key]))
        for s in scenarios
        for key, words in estimands
    ]
    columns = (
        Column(language.say("table.scenario")),
        Column(language.say("table.quantity")),
        *quantile_columns(language, "Wh"),
    )
    return Table("Wh per query", language.say("summary.table"), columns, tuple(rows))
