"""Answers for a page: the numbers of `simulate`, in its words, with a chart of the densities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from wh_uncertainty.cli.charts.density import DensitySeries, density_chart
from wh_uncertainty.cli.charts.vega import Signs
from wh_uncertainty.cli.density import Draws, density
from wh_uncertainty.cli.explorer.question import Knowledge, Question, command_words
from wh_uncertainty.cli.quantities import quantity_rows
from wh_uncertainty.cli.simulation_report import (
    EXTRAPOLATED,
    background_lines,
    extrapolated_words,
    flag_words,
    headline,
    provenance_words,
)
from wh_uncertainty.model.simulation import Simulation, simulate

__all__ = ["answer_body", "answering", "picture"]

Answering = Callable[[Question], Simulation]

_KEPT = 8  # answers; charts, drivers and downloads ask for the last one again
_ESTIMANDS = {"mean": "mean of the workload's queries", "one_query": "one query"}
_one_picture = Lock()  # matplotlib's settings belong to the whole process


def answering(knowledge: Knowledge) -> Answering:
    """Return what simulates a question, and remembers the last answers.

    Parameters
    ----------
    knowledge : Knowledge

    Returns
    -------
    callable
    """

    @lru_cache(maxsize=_KEPT)
    def answer(question: Question) -> Simulation:
        return simulate(
            question.scenario,
            draws=question.draws,
            seed=question.seed,
            catalogue=knowledge.catalogue,
            posterior_dir=knowledge.posterior,
            site=knowledge.measured,
        )

    return answer


def answer_body(question: Question, drawn: Simulation, knowledge: Knowledge) -> dict[str, Any]:
    """Return what a page shows of an answer.

    Parameters
    ----------
    question : Question
    drawn : Simulation
    knowledge : Knowledge

    Returns
    -------
    dict
        ``answer`` is what `simulate --format json` prints; the rest are its words, its densities
        and a chart of them, and the command that gives the same numbers.
    """
    result = drawn.to_dict()
    draws = {"mean": drawn.wh_mean, "one_query": drawn.wh_one_query}
    return {
        "answer": result,
        "words": _words(result),
        "density": {key: _density(of) for key, of in draws.items()},
        "charts": {"density": _chart(result, draws)},
        "command": command_words("simulate", question, knowledge, ("--draws", question.draws)),
    }


def _words(result: Mapping[str, Any]) -> dict[str, Any]:
    grave = [flag["message"] for flag in result["flags"] if flag["code"] == EXTRAPOLATED]
    return {
        "headline": headline(result),
        "extrapolated": [" ".join(text.split()) for text in extrapolated_words(grave)],
        "table": quantity_rows(result),
        "background": background_lines(result),
        "flags": [flag_words(flag) for flag in result["flags"] if flag["code"] != EXTRAPOLATED],
        "provenance": provenance_words(result["provenance"]),
    }


def _density(draws: Draws) -> dict[str, list[float]]:
    points, height = density(draws)
    return {"wh": points.tolist(), "per_decade": height.tolist()}


def _chart(result: Mapping[str, Any], draws: Mapping[str, Draws]) -> dict[str, Any]:
    wh = result["wh_per_query"]
    series = [DensitySeries(label, draws[key], wh[key]) for key, label in _ESTIMANDS.items()]
    chart = density_chart(series, "Wh per query (logarithmic)", Signs())
    return {**chart, "description": headline(result)}


def picture(drawn: Simulation) -> bytes:
    """Draw the picture that `simulate --plot` draws.

    Parameters
    ----------
    drawn : Simulation

    Returns
    -------
    bytes
        SVG.
    """
    from wh_uncertainty.cli.plot import draw_simulation  # slow, and few ask for it

    with _one_picture, TemporaryDirectory() as folder:
        path = Path(folder) / "answer.svg"
        draw_simulation(path, drawn.to_dict(), drawn.wh_mean, drawn.wh_one_query)
        return path.read_bytes()
