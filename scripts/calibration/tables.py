"""Tables in Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from calibration.studies import PREDICTORS, STUDIES

__all__ = [
    "COVERED",
    "HELD_OUT",
    "LEAST_ROWS",
    "QUANTITIES",
    "coverage_rows",
    "coverage_table",
    "markdown",
    "study_tables",
    "time_table",
]

#: Fewer held-out rows say little of a coverage.
LEAST_ROWS = 100
COVERED = (0.86, 0.94)

QUANTITIES = {"gpu_seconds": "GPU-seconds per query", "board_power": "Board power"}
HELD_OUT = {
    "deployments": "deployments, five folds",
    "model": "one model at a time",
    "hardware": "one accelerator at a time",
    "time": "new deployments after a date",
    "rows": "single rows, five folds",
}
_SCORES = (
    ("ln_mae", "error, ln"),
    ("interval_score_90", "interval score, 90 %"),
    ("coverage_90", "90 % covers"),
    ("coverage_50", "50 % covers"),
    ("ln_width_90", "width, ln"),
)


_NUMBER = re.compile(r"\d[\d.,]*(e[-+]?\d+)?|")


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table, words to the left and numbers to the right.

    Parameters
    ----------
    head : sequence of str
    rows : sequence of sequence of str

    Returns
    -------
    str
        Ends with a newline.
    """
    numbers = [all(_NUMBER.fullmatch(cells[i]) for cells in rows) for i in range(len(head))]
    rule = ["--:" if number else "---" for number in numbers]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in (head, rule, *rows))


def study_tables(studies: Mapping[str, Any]) -> str:
    """Write every study's scores, one table per quantity.

    Parameters
    ----------
    studies : mapping
        Of the stored calibration.

    Returns
    -------
    str
    """
    parts: list[str] = []
    for quantity, title in QUANTITIES.items():
        chosen = {n: s for n, s in studies.items() if STUDIES[n].quantity == quantity}
        rows = [row for name, study in chosen.items() for row in _study_rows(name, study)]
        head = ["held out", "rows", "predictor", *(words for _, words in _SCORES)]
        parts.append(f"**{title}.**\n\n{markdown(head, rows)}")
    return "\n".join(parts)


def _study_rows(name: str, study: Mapping[str, Any]) -> list[list[str]]:
    rows: list[list[str]] = []
    for predictor in PREDICTORS:
        scores = study[predictor]["overall"]
        first = predictor == PREDICTORS[0]
        held_out = HELD_OUT[STUDIES[name].held_out] if first else ""
        count = f"{scores['n']:,}" if first else ""
        rows.append([held_out, count, predictor, *(f"{scores[key]:.3f}" for key, _ in _SCORES)])
    return rows


def coverage_rows(study: Mapping[str, Any], by: str) -> dict[str, Mapping[str, Any]]:
    """Choose what has enough held-out rows.

    Parameters
    ----------
    study : mapping
        Scores by predictor.
    by : {"by_model", "by_hardware"}

    Returns
    -------
    dict
        Our scores by name.
    """
    ours = study[PREDICTORS[0]][by]
    return {name: scores for name, scores in ours.items() if scores["n"] >= LEAST_ROWS}


def coverage_table(study: Mapping[str, Any]) -> str:
    """Write our coverage of every model and accelerator with enough held-out rows.

    Parameters
    ----------
    study : mapping

    Returns
    -------
    str
    """
    rows: list[list[str]] = []
    for by in ("by_model", "by_hardware"):
        for name, scores in coverage_rows(study, by).items():
            inside = COVERED[0] <= scores["coverage_90"] <= COVERED[1]
            boosted = study["gradient boosting"][by][name]["coverage_90"]
            cells = (f"{scores[key]:.3f}" for key in ("ln_mae", "coverage_90"))
            verdict = "yes" if inside else "**no**"
            rows.append([name, f"{scores['n']:,}", *cells, verdict, f"{boosted:.3f}"])
    head = [
        "held-out rows of",
        "rows",
        "error, ln",
        "90 % covers",
        "0.86 to 0.94",
        "boosting covers",
    ]
    return markdown(head, rows)


def time_table(study: Mapping[str, Any]) -> str:
    """Write what each model's new deployments scored, ours beside boosting.

    Parameters
    ----------
    study : mapping

    Returns
    -------
    str
    """
    ours, boosted = (study[name]["by_model"] for name in PREDICTORS[:2])
    keys = ("ln_mae", "coverage_90")
    rows = [
        [
            name,
            f"{scores['n']:,}",
            *(f"{by[name][key]:.3f}" for by in (ours, boosted) for key in keys),
        ]
        for name, scores in ours.items()
    ]
    words = ("error, ln", "90 % covers")
    head = ["new deployments of", "rows", *words, *(f"boosting: {word}" for word in words)]
    return markdown(head, rows)
