"""The page ``docs/validation.md``, made from stored figures and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from calibration.beside_others import beside_from
from calibration.disagreements import WHY
from calibration.prose import (
    BOOSTING_BETTER,
    HELPED,
    INTRODUCTION,
    MICROSOFT,
    NOT_HELPED,
    READING,
    SIMULATION,
)
from calibration.requirements import requirements_table
from calibration.tables import coverage_table, markdown, study_tables, time_table
from wh_uncertainty.model.scoring.calibration import stored_calibration
from wh_uncertainty.model.scoring.left_out import stored_left_out
from wh_uncertainty.model.scoring.published import EXPECTATIONS, Beside
from wh_uncertainty.model.validate import stored_scores
from wh_uncertainty.priors import load_catalogue

__all__ = ["BESIDE_OTHERS", "MUTATION", "PAGE", "PICTURES", "stored_beside", "validation_page"]

_DOCS = Path(__file__).parents[2] / "docs"
PAGE, PICTURES = _DOCS / "validation.md", _DOCS / "validation"
BESIDE_OTHERS, MUTATION = PICTURES / "beside-others.json", PICTURES / "mutation.json"


def validation_page() -> str:
    """Write the page.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    ValueError
        A figure lies outside our interval and `WHY` does not say why, or the other way round.
    """
    calibration, others = stored_calibration(), _json(BESIDE_OTHERS)
    mutation, studies = _json(MUTATION), calibration["studies"]
    parts = [
        INTRODUCTION,
        "## What must hold, and what is reached\n",
        requirements_table(studies, stored_scores(), mutation),
        READING,
        _made_anew(stored_left_out()),
        "## Rows held out\n",
        study_tables(studies),
        "![Error and interval score of every study](validation/studies.svg)\n",
        "### By model and by accelerator\n",
        coverage_table(studies["gpu_seconds.deployments"]),
        "![Coverage by model and accelerator](validation/coverage.svg)\n",
        "### Where boosting does better\n",
        BOOSTING_BETTER,
        time_table(studies["gpu_seconds.time"]),
        "## What helped, and what did not\n",
        HELPED,
        NOT_HELPED,
        "## Synthetic truth, and models that are wrong on purpose\n",
        SIMULATION,
        "## Beside what others published\n",
        "![Published figures beside our intervals](validation/references.svg)\n",
        _references(stored_beside()),
        "## Microsoft's Monte Carlo\n",
        MICROSOFT,
        _microsoft(others["microsoft"]),
        "## Mutants\n",
        _mutants(mutation),
        "## What the figures were made of\n",
        _made_of(calibration["provenance"]),
    ]
    return "\n".join(parts)


def _made_anew(left_out: dict[str, Any]) -> str:
    """Say what the sketch scores that no row left out had part in."""
    said = [
        f"one {word} {scores['ln_mae']:.3f}, {scores['interval_score_90']:.3f} and "
        f"{scores['coverage_90']:.3f}"
        for kind, word in (("model", "model"), ("hardware", "accelerator"))
        for scores in (left_out[kind]["overall"],)
    ]
    lead = "With the sketch made anew, error, interval score and coverage are, leaving out"
    return f"{lead} {', '.join(said)}.\n"


def stored_beside() -> tuple[Beside, ...]:
    """Return the published figures beside our stored answers."""
    return beside_from(_json(BESIDE_OTHERS)["references"], load_catalogue())


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def _references(beside: Sequence[Beside]) -> str:
    outside = {one.figure.key for one in beside if one.verdict != "inside"}
    if outside != set(WHY):
        raise ValueError(f"disagreements.py must say why of exactly {sorted(outside)}")
    ordered = sorted(beside, key=lambda one: EXPECTATIONS.index(one.figure.expectation))
    rows = [
        [
            one.figure.who,
            one.figure.what,
            f"{one.figure.theirs_wh:.3g}",
            *(f"{one.ours_wh[p]:.3g}" for p in ("p05", "p50", "p95")),
            one.verdict,
            one.figure.expectation,
        ]
        for one in ordered
    ]
    head = [
        "published by",
        "figure",
        "theirs, Wh",
        "p05",
        "p50",
        "p95",
        "theirs is",
        "to be expected",
    ]
    table = f"{_counted(ordered)}\n{markdown(head, rows)}"
    return f"{table}\n### Why those outside are outside\n\n" + _why(ordered)


def _counted(beside: Sequence[Beside]) -> str:
    """Say how many lie inside, and how wide the intervals are that hold them."""
    lines: list[str] = []
    for expectation in EXPECTATIONS:
        group = [one for one in beside if one.figure.expectation == expectation]
        if group:
            inside = sum(one.verdict == "inside" for one in group)
            width = median(one.ours_wh["p95"] / one.ours_wh["p05"] for one in group)
            lines.append(
                f"- {expectation}: {inside} of {len(group)} inside; the median interval spans a "
                f"factor of {width:.2g}\n"
            )
    return "".join(lines)


def _why(beside: Sequence[Beside]) -> str:
    about: dict[str, list[Beside]] = {}
    for one in beside:
        if one.verdict != "inside":
            about.setdefault(WHY[one.figure.key], []).append(one)
    lines = [
        "- "
        + "; ".join(
            f"**{one.figure.who}**, {one.figure.what} ({one.ratio:.3g} times our median)"
            for one in group
        )
        + f". {why} What differs: {group[0].figure.differs}\n"
        for why, group in about.items()
    ]
    return "".join(lines)


def _microsoft(found: dict[str, Any]) -> str:
    keys = ("p05", "p25", "p50", "p75", "p95", "mean")
    rows = [
        [f"{length}, {way}", *(f"{found[length][cut][k]:.3g}" for k in keys)]
        for length in ("typical", "long")
        for cut, way in (
            ("trimmed", "as published: cut to the middle 72 %"),
            ("whole", "all draws"),
        )
    ]
    words = {"redrawn": "drawn anew for every query", "shared": "shared by the fleet"}
    rows += [
        [
            f"mean of a fleet of {found['queries']:,} queries, utilisation and PUE {way}",
            *(f"{found['fleet'][key][k]:.3g}" for k in keys),
        ]
        for key, way in words.items()
    ]
    return markdown(["Wh per query", *keys], rows)


def _mutants(found: dict[str, Any]) -> str:
    rows = [
        [
            f"`model/{name}.py`",
            str(part["mutants"]),
            str(part["killed"]),
            str(len(part["equivalent"])),
        ]
        for name, part in found["files"].items()
    ]
    table = markdown(["file", "mutants", "killed", "survive, changing nothing"], rows)
    listed = [
        f"- `{name}.py` {line}\n"
        for name, part in found["files"].items()
        for line in (*part["equivalent"], *(f"{line}: not killed" for line in part["survived"]))
    ]
    lead = (
        f"`python scripts/mutate.py` changes one operator, number or comparison at a time and runs "
        f"the tests of the file, on {found['date']}:\n\n"
    )
    return f"{lead}{table}\nThose that survive:\n\n{''.join(listed)}"


def _made_of(provenance: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in provenance["versions"].items())
    hashes = "".join(
        f"- {key.removesuffix('_sha256')}: `{provenance[key]}`\n"
        for key in ("observations_sha256", "priors_sha256", "sketch_sha256")
    )
    return f"{versions}; seed {provenance['seed']}. SHA-256 of\n\n{hashes}"
