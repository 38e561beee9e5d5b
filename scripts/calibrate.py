"""Hold rows out by deployment, model, accelerator and time, score, and store the scores.

    python scripts/calibrate.py [--seed N] [--workers N] [--only STUDY ...]

Writes ``model/data/calibration.json`` in about a quarter of an hour on two cores. With ``--only``
the other studies keep the scores that are stored. Cost law and board power are the Gaussian
stand-ins of the fits (``model/kin/sketch.py``, ``scripts/calibration/power_law.py``); the sampler's
own scores on one split are made by ``scripts/score_held_out.py``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib.metadata import version
from multiprocessing import get_context
from typing import Any

import numpy as np

from calibration.question import Question
from calibration.splits import Split
from calibration.studies import STUDIES, predictions, question_of, study_scores
from wh_uncertainty.model.kin.sketch_file import sketch_on_disk
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.scoring.calibration import calibration_path, stored_calibration
from wh_uncertainty.model.scoring.scores import RowScores
from wh_uncertainty.model.version import VERSION
from wh_uncertainty.priors import Catalogue, load_catalogue

_LIBRARIES = ("numpy", "scipy", "scikit-learn")


def main() -> None:
    """Run the studies and store their scores."""
    parser = argparse.ArgumentParser(description="Score held-out rows in several ways.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=STUDIES, default=list(STUDIES))
    given = parser.parse_args()
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"  # processes share the cores
    began = time.monotonic()
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        jobs = {
            name: [pool.submit(scored, name, split.name, given.seed) for split in of_study]
            for name in given.only
            if (of_study := splits_of(name, given.seed))
        }
        for name, parts in jobs.items():
            splits = splits_of(name, given.seed)
            found = {split.name: part.result() for split, part in zip(splits, parts, strict=True)}
            store(name, study_scores(splits, question(name), found), given.seed)
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)


def store(name: str, scores: dict[str, Any], seed: int) -> None:
    """Write the scores of one study beside those that are stored."""
    found: dict[str, Any] = {}
    if calibration_path().exists():
        found |= stored_calibration()["studies"]
    found[name] = scores
    result = {
        "provenance": made_of(seed),
        "studies": {known: found[known] for known in STUDIES if known in found},
    }
    text = json.dumps(result, indent=1, allow_nan=False) + "\n"
    calibration_path().resolve().write_text(text, "utf-8")


def scored(name: str, wanted: str, seed: int) -> dict[str, RowScores]:
    """Score one split of one study, in a process of its own."""
    split = next(split for split in splits_of(name, seed) if split.name == wanted)
    began = time.monotonic()
    scores = predictions(STUDIES[name], question(name), split, catalogue(), seed=seed)
    print(f"{name} {wanted}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return scores


@cache
def catalogue() -> Catalogue:
    """Return the shipped priors."""
    return load_catalogue()


@cache
def question(name: str) -> Question:
    """Return what a study asks."""
    return question_of(STUDIES[name], load_observations(), catalogue())


def splits_of(name: str, seed: int) -> tuple[Split, ...]:
    """Return the splits of a study that have anything to score."""
    splits = STUDIES[name].splits(question(name).rows, seed)
    return tuple(split for split in splits if split.train.any() and np.any(split.test))


def made_of(seed: int) -> dict[str, Any]:
    """State what the scores were made of."""
    return {
        "seed": seed,
        "observations_sha256": load_observations().sha256,
        "priors_sha256": catalogue().sha256,
        "sketch_sha256": sketch_on_disk().sha256,
        "versions": {"wh-uncertainty": VERSION, **{name: version(name) for name in _LIBRARIES}},
    }


if __name__ == "__main__":
    main()
