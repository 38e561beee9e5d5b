"""What makes an answer's interval wide, for a page: the indices of `sensitivity`."""

from __future__ import annotations

from typing import Any

from wh_uncertainty.cli.charts.drivers import drivers_chart
from wh_uncertainty.cli.charts.vega import Signs
from wh_uncertainty.cli.explorer.question import Knowledge, Question, command_words
from wh_uncertainty.cli.sensitivity import main_driver
from wh_uncertainty.cli.simulation_report import percent
from wh_uncertainty.model.analyses.sensitivity import sensitivity_indices
from wh_uncertainty.model.simulation import Simulation

__all__ = ["LOG2_POINTS", "drivers_body"]

#: 4,096 points: indices to about 0.03, in less than a tenth of a second.
LOG2_POINTS = 12
_TITLE = "share of the variance of ln Wh"
_AT_SITE = (
    "the site's measurement ties the unknowns together, so no share of the interval belongs to one "
    "of them alone."
)
_ALONE, _WITH_OTHERS = "alone", "with others"


def drivers_body(question: Question, drawn: Simulation, knowledge: Knowledge) -> dict[str, Any]:
    """Return what a page shows of the unknowns behind an answer.

    Parameters
    ----------
    question : Question
    drawn : Simulation
        Its answer, of which the prepared scenario is taken.
    knowledge : Knowledge

    Returns
    -------
    dict
        ``sobol`` is that of `sensitivity --format json` at the same number of points and seed, and
        empty at a measured site.
    """
    if knowledge.measured is not None:
        words = {"headline": _AT_SITE, "table": _table([])}
        return {"sobol": [], "words": words, "charts": {}, "command": ""}
    found = sensitivity_indices(drawn.context, log2_n=LOG2_POINTS, seed=question.seed)
    records, sizes = found.to_records(), ("--log2-points", LOG2_POINTS)
    sentence = main_driver(records)
    return {
        "sobol": records,
        "words": {"headline": sentence, "table": _table(records)},
        "charts": {"drivers": _chart(records, sentence)} if records else {},
        "command": command_words("sensitivity", question, knowledge, sizes),
    }


def _chart(records: list[dict[str, Any]], sentence: str) -> dict[str, Any]:
    words = {"title": _TITLE, "alone": _ALONE, "with_others": _WITH_OTHERS}
    return {**drivers_chart(records, words, Signs()), "description": sentence}


def _table(records: list[dict[str, Any]]) -> list[list[str]]:
    rows = [
        [r["meaning"], *(percent(max(r[f"{kind}_value"], 0)) for kind in ("first", "total"))]
        for r in records
    ]
    return [["unknown", _ALONE, _WITH_OTHERS], *rows]
