"""Lengths left out of deployments that have others: the law needs an error of its own there."""

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients, gpu_s_per_query
from wh_uncertainty.model.cost_posterior import coefficients_of
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.hierarchy import run_adjusted
from wh_uncertainty.model.kin.evidence import expected_scatter
from wh_uncertainty.model.kin.gaussian import updated
from wh_uncertainty.model.kin.relatedness import prior_covariance, prior_mean
from wh_uncertainty.model.kin.sketch import sketch_models
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.rows import CostRows, cost_rows, load_max_by_lengths
from wh_uncertainty.model.scoring.scores import RowScores, joined, score_rows, summarise
from wh_uncertainty.model.token_lengths.measured_lengths import measured_lengths
from wh_uncertainty.model.token_lengths.unmeasured_lengths import with_error_of_lengths
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()
DRAWS = 400
MODELS = ("llama-3.3-70b", "qwen3.5-397b-a17b", "minimax-m2.5")
LENGTHS = ((1024, 1024), (8192, 1024), (1024, 8192))

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def scores() -> dict[bool, RowScores]:
    """Scores of rows at the lengths left out, with and without their error."""
    table = load_observations()
    table = table.rows(table.fit)
    found: dict[bool, list[RowScores]] = {False: [], True: []}
    rng = np.random.default_rng(5)
    for model in MODELS:
        mine = table.rows(table.model == model)
        for lengths in LENGTHS:
            out = _also_at_others(mine, lengths)
            if out.sum() < 10:
                continue
            rows, kept = cost_rows(mine.rows(out)), mine.rows(~out)
            law = _law_of(rows, kept, rng)
            for has_error in found:
                found[has_error].append(
                    score_rows(_reported(rows, law, kept, has_error, rng), rows.ln_gpu_s)
                )
    return {has_error: joined(parts) for has_error, parts in found.items()}


def _also_at_others(observations: Observations, lengths: tuple[int, int]) -> NDArray[np.bool_]:
    here = (observations.isl_tok == lengths[0]) & (observations.osl_tok == lengths[1])
    chosen: NDArray[np.bool_] = here & np.isin(
        observations.configuration, observations.configuration[~here]
    )
    return chosen


def _law_of(rows: CostRows, kept: Observations, rng: np.random.Generator) -> Coefficients:
    """Draws of the law of each row's deployment, given its rows at other lengths and its kin's."""
    sketch = sketch_models(kept, CATALOGUE)
    deployments = [parse_deployment_id(name) for name in sketch.deployments]
    at = [sketch.deployments.index(name) for name in rows.deployments]
    covariance, mean = (
        prior_covariance(deployments, deployments, CATALOGUE),
        prior_mean(deployments, CATALOGUE),
    )
    update, full = updated(mean, covariance, sketch.evidence), covariance.array()
    expected = (mean + update.shift(full).T)[at]
    left = full[:, at][:, :, :, at] - update.explained(full[:, at])
    size = expected.size
    root = np.linalg.cholesky(left.reshape(size, size) + 1e-9 * np.eye(size))
    apart = (rng.standard_normal((DRAWS, size)) @ root.T).reshape(DRAWS, 5, -1).transpose(0, 2, 1)
    law = coefficients_of(expected + apart, rows.disaggregated)
    return law.map(lambda c: c[:, rows.deployment])


def _reported(
    rows: CostRows, law: Coefficients, kept: Observations, has_error: bool, rng: np.random.Generator
) -> Floats:
    """Draw what runs would report, as ln GPU-seconds."""
    scatter = expected_scatter(CATALOGUE)
    run = scatter.run_sd * rng.standard_normal((DRAWS, len(rows.series), 3))
    speed, decode, tilt = np.moveaxis(run[:, rows.run], -1, 0)
    law = run_adjusted(law, speed, decode, tilt, rows.load)
    if has_error:
        others = cost_rows(kept)
        seen = {name: load_max_by_lengths(others, d) for d, name in enumerate(others.deployments)}
        lengths = measured_lengths([seen[rows.deployments[d]] for d in rows.deployment])
        z = rng.standard_normal((DRAWS, len(rows.deployments)))[:, rows.deployment]
        steps = lengths.steps_outside(rows.isl_tok, rows.osl_tok)
        law = with_error_of_lengths(law, list(steps), z, CATALOGUE)
    noise = scatter.row_sd[rows.error_class] * rng.standard_t(scatter.dof, (DRAWS, len(rows.load)))
    prefill, decode = gpu_s_per_query(law, rows.tokens, rows.load)
    reported: Floats = np.log(prefill + decode) + noise
    return reported


def test_intervals_hold_lengths_that_a_deployment_was_not_benchmarked_at(
    scores: dict[bool, RowScores],
) -> None:
    """No chance but that of the draws, of which thousands of rows see little: 0.01 at the most."""
    found = summarise(scores[True])
    assert found["n"] > 1_000
    assert 0.88 < found["coverage_90"] < 0.96
    without = summarise(scores[False])
    assert without["coverage_90"] < 0.78
    assert found["interval_score_90"] < 0.8 * without["interval_score_90"]
