"""Leave out every model, then every accelerator, and score the prediction of its rows.

    python scripts/score_left_out.py

Writes ``model/data/left_out.json`` in some minutes. The sketch is made anew without the rows that
are left out, so that nothing is learnt from them.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from wh_uncertainty.model.kin.sketch import sketch_models
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.scoring.left_out import left_out_path, score_left_out
from wh_uncertainty.model.scoring.scores import RowScores, joined, summarise
from wh_uncertainty.priors import Catalogue, load_catalogue

KINDS = ("model", "hardware")


def main() -> None:
    """Score both kinds and store the scores."""
    catalogue, observations = load_catalogue(), load_observations()
    usable = observations.rows(observations.fit)
    result: dict[str, Any] = {kind: _scores(kind, usable, catalogue) for kind in KINDS}
    result["observations_sha256"] = observations.sha256
    result["priors_sha256"] = catalogue.sha256
    text = json.dumps(result, indent=1, allow_nan=False) + "\n"
    left_out_path().resolve().write_text(text, "utf-8")


def _scores(kind: str, usable: Observations, catalogue: Catalogue) -> dict[str, Any]:
    labels = getattr(usable, kind)
    parts: dict[str, RowScores] = {}
    for label in np.unique(labels).tolist():
        siblings = sketch_models(usable.rows(labels != label), catalogue)
        rng = np.random.default_rng(0)
        parts[label] = score_left_out(usable.rows(labels == label), siblings, catalogue, rng=rng)
        print(kind, label, summarise(parts[label]), file=sys.stderr, flush=True)
    return {
        "overall": summarise(joined(list(parts.values()))),
        "by": {label: summarise(scores) for label, scores in parts.items()},
    }


if __name__ == "__main__":
    main()
