"""What must hold, beside what is reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calibration.studies import PREDICTORS
from calibration.tables import COVERED, coverage_rows, markdown

__all__ = ["requirements_table"]


def requirements_table(
    studies: Mapping[str, Any], split: Mapping[str, Any], mutation: Mapping[str, Any]
) -> str:
    """Write one row per figure required.

    Parameters
    ----------
    studies : mapping
        Of the stored calibration.
    split : mapping
        Scores of the sampler's fit on its one split (`stored_scores`).
    mutation : mapping
        Of ``scripts/mutate.py``.

    Returns
    -------
    str
    """
    cost, power = studies["gpu_seconds.deployments"], studies["board_power.deployments"]
    ours, sampler = cost[PREDICTORS[0]]["overall"], split["overall"]
    within = studies["board_power.rows"][PREDICTORS[0]]["overall"]["ln_mae"]
    unseen = power[PREDICTORS[0]]["overall"]["ln_mae"]
    rows = [
        _both("error of GPU-seconds, ln, pooled", "at most 0.12", 0.12, "ln_mae", ours, sampler),
        _both("interval score, pooled", "at most 0.85", 0.85, "interval_score_90", ours, sampler),
        *(_covered(cost, by) for by in ("by_model", "by_hardware")),
        _one("error of board power, ln, seen deployments", 0.10, within),
        _one("error of board power, ln, unseen deployments", 0.18, unseen),
        _killed(mutation),
        [
            "a model that is wrong on purpose",
            "rejected",
            "no 1/sqrt(b) term, halved noise, lengths at nominal: all three rejected",
            "yes",
        ],
    ]
    return markdown(["what", "required", "reached", "met"], rows)


def _both(
    what: str,
    words: str,
    most: float,
    key: str,
    ours: Mapping[str, Any],
    sampler: Mapping[str, Any],
) -> list[str]:
    reached = f"{ours[key]:.3f} over five folds; {sampler[key]:.3f} by the sampler on one split"
    return [what, words, reached, _met(max(ours[key], sampler[key]) <= most)]


def _one(what: str, most: float, found: float) -> list[str]:
    return [what, f"at most {most:.2f}", f"{found:.3f}", _met(found <= most)]


def _covered(study: Mapping[str, Any], by: str) -> list[str]:
    rows = coverage_rows(study, by)
    low, high = COVERED
    missed = {k: s["coverage_90"] for k, s in rows.items() if not low <= s["coverage_90"] <= high}
    names = ", ".join(f"{name} {covered:.3f}" for name, covered in missed.items())
    reached = f"{len(rows) - len(missed)} of {len(rows)}" + (f"; not {names}" if names else "")
    of = {"by_model": "model", "by_hardware": "accelerator"}[by]
    what = f"90 % coverage of every {of} with 100 rows"
    return [what, f"{low} to {high}", reached, _met(not missed)]


def _killed(mutation: Mapping[str, Any]) -> list[str]:
    share = mutation["killed"] / mutation["mutants"]
    reached = f"{share:.1%} of {mutation['mutants']}, on {mutation['date']}"
    return [
        "mutants of the core killed by its tests",
        "at least 85 %",
        reached,
        _met(share >= 0.85),
    ]


def _met(met: bool) -> str:
    return "yes" if met else "**no**"
