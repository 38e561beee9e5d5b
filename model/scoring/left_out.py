"""How right a prediction without rows is: on models and accelerators that have some."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import gpu_s_per_query
from wh_uncertainty.model.cost_posterior import coefficients_of
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.hierarchy import run_adjusted
from wh_uncertainty.model.kin.evidence import expected_scatter
from wh_uncertainty.model.kin.new_deployments import learnt_from, numbers_given_siblings
from wh_uncertainty.model.kin.sketch import Sketch
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.rows import cost_rows
from wh_uncertainty.model.scoring.scores import RowScores, score_rows
from wh_uncertainty.priors import Catalogue

__all__ = ["left_out_path", "score_left_out", "stored_left_out"]

_DRAWS = 400


def left_out_path() -> Path:
    """Return where the scores are stored: ``scripts/score_left_out.py`` writes them."""
    return Path(__file__).parents[1] / "data" / "left_out.json"


def stored_left_out() -> dict[str, Any]:
    """Return the stored scores, by ``model`` and by ``hardware``: overall, and of each left out."""
    scores: dict[str, Any] = json.loads(left_out_path().read_text("utf-8"))
    return scores


def score_left_out(
    rows: Observations, siblings: Sketch, catalogue: Catalogue, *, rng: np.random.Generator
) -> RowScores:
    """Predict GPU-seconds of rows whose deployments have no part in a sketch, and score them.

    As `predicted_cost_law` predicts, with a run's effects and a row's error on top, of the sizes
    that the priors expect.

    Parameters
    ----------
    rows : Observations
        Of any models.
    siblings : Sketch
        Without any deployment of the rows.
    catalogue : Catalogue
    rng : numpy.random.Generator

    Returns
    -------
    RowScores
        In the order of the rows.
    """
    table, scatter = cost_rows(rows), expected_scatter(catalogue)
    catalogue = _without_spread_of(rows, siblings, catalogue)
    deployments = [parse_deployment_id(name) for name in table.deployments]
    learnt = learnt_from(siblings, catalogue)
    own = numbers_given_siblings(deployments, learnt, catalogue, n=_DRAWS, rng=rng)
    law = coefficients_of(own, table.disaggregated).map(lambda c: c[:, table.deployment])
    runs = scatter.run_sd * rng.standard_normal((_DRAWS, len(table.series), len(scatter.run_sd)))
    speed, decode, tilt = np.moveaxis(runs[:, table.run], -1, 0)
    prefill, rest = gpu_s_per_query(
        run_adjusted(law, speed, decode, tilt, table.load), table.tokens, table.load
    )
    error = scatter.row_sd[table.error_class] * rng.standard_t(scatter.dof, size=prefill.shape)
    drawn: NDArray[np.float64] = np.log(prefill + rest) + error
    return score_rows(drawn, table.ln_gpu_s)


def _without_spread_of(rows: Observations, siblings: Sketch, catalogue: Catalogue) -> Catalogue:
    """Forget how far the deployments of models and accelerators stand apart that are left out."""
    known = [parse_deployment_id(name) for name in siblings.deployments]
    models = set(rows.model.tolist()) - {d.model for d in known}
    accelerators = set(rows.hardware.tolist()) - {d.hardware for d in known}
    told = {f"model_spread_{m}" for m in models} | {f"accelerator_spread_{h}" for h in accelerators}
    kept = {name: spec for name, spec in catalogue.priors.items() if name not in told}
    return replace(catalogue, priors=kept)
