"""Fit without 15 % of the deployments, score on them, and store the scores.

    python scripts/score_held_out.py [--chains N] [--tune N] [--draws N] [--fits DIR]

Writes ``model/data/validation.json``. Whole configurations are left out, all their sources
together. The fits are shorter than the shipped ones; their diagnostics stand beside the scores.
With ``--fits`` they are kept in DIR, and those that it holds are not made again.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from wh_uncertainty.model.board_power.fit import fit_board_power
from wh_uncertainty.model.board_power.posterior import POWER_NAME
from wh_uncertainty.model.fit import fit_cost_law, fittable_models
from wh_uncertainty.model.fitting.sampling import Settings
from wh_uncertainty.model.kin.sketch import Sketch, sketch_models
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.posterior import (
    Posterior,
    load_posterior,
    posterior_names,
    write_posterior,
)
from wh_uncertainty.model.scoring.held_out import (
    SPLIT_FRACTION,
    SPLIT_SEED,
    held_out_deployments,
    surely_unseen,
)
from wh_uncertainty.model.validate import score_posteriors, stored_scores_path
from wh_uncertainty.priors import Catalogue, load_catalogue


def main() -> None:
    """Run the whole split."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("chains", 2), ("tune", 400), ("draws", 500)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--fits", type=Path)
    given = vars(parser.parse_args())
    kept: Path | None = given.pop("fits")
    settings = Settings(**given)
    catalogue, observations = load_catalogue(), load_observations()
    held = held_out_deployments(observations, SPLIT_FRACTION, seed=SPLIT_SEED)
    is_held = np.isin(observations.configuration, list(held))
    training = observations.rows(~is_held)
    sketch = sketch_models(training, catalogue)
    with tempfile.TemporaryDirectory() as directory:
        laws, power = _fit(training, catalogue, settings, kept or Path(directory))
        unseen = observations.rows(is_held & observations.fit)
        seen = observations.rows(~is_held & observations.fit)
        surely = unseen.rows(np.isin(unseen.configuration, surely_unseen(held, observations)))
        result: dict[str, Any] = {
            **_scores(unseen, laws, power, sketch, catalogue),
            "inside_the_fit": _scores(seen, laws, power, sketch, catalogue),
            "surely_unseen": _scores(surely, laws, power, sketch, catalogue)["overall"],
            "split": {
                "fraction": SPLIT_FRACTION,
                "seed": SPLIT_SEED,
                "deployments_left_out": len(held),
                "observations_sha256": observations.sha256,
                "priors_sha256": catalogue.sha256,
                "settings": settings.to_dict(),
                "diagnostics": {p.name: p.record["diagnostics"] for p in (*laws.values(), power)},
            },
        }
    stored_scores_path().write_text(json.dumps(result, indent=1, allow_nan=False) + "\n", "utf-8")


def _fit(
    training: Observations, catalogue: Catalogue, settings: Settings, directory: Path
) -> tuple[dict[str, Posterior], Posterior]:
    directory.mkdir(parents=True, exist_ok=True)
    missing = {*fittable_models(training), POWER_NAME} - set(posterior_names(directory))
    for model in sorted(missing - {POWER_NAME}):
        fitted = fit_cost_law(training, model, catalogue, settings, gated=False)
        write_posterior(directory, model, *fitted)
        print(model, fitted[1]["diagnostics"], file=sys.stderr, flush=True)
    if POWER_NAME in missing:
        power = fit_board_power(training, catalogue, settings, gated=False)
        write_posterior(directory, POWER_NAME, *power)
    laws = {model: load_posterior(model, directory) for model in fittable_models(training)}
    return laws, load_posterior(POWER_NAME, directory)


def _scores(
    observations: Observations,
    laws: dict[str, Posterior],
    power: Posterior,
    sketch: Sketch,
    catalogue: Catalogue,
) -> dict[str, Any]:
    scored = observations.rows(np.isin(observations.model, list(laws)))
    return score_posteriors(scored, laws, power, sketch, catalogue)


if __name__ == "__main__":
    main()
