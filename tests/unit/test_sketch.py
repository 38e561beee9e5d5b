"""The sketch of all models: rows to second order, and what is kept of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients, gpu_s_per_query, inter_token_time_s
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.kin.evidence import Evidence, evidence_at, expected_scatter
from wh_uncertainty.model.kin.relatedness import prior_mean
from wh_uncertainty.model.kin.sketch import sketch_models
from wh_uncertainty.model.kin.sketch_file import SKETCH_NAME, load_sketch, write_sketch
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.posterior import PosteriorError
from wh_uncertainty.model.rows import CostRows, cost_rows
from wh_uncertainty.priors import load_catalogue

Floats = NDArray[np.float64]
CATALOGUE = load_catalogue()
MODELS = ("glm-5.1", "llama-3.3-70b")


@pytest.fixture(scope="module")
def table() -> Observations:
    """Rows of two models, few enough for a sketch in a second."""
    rows = load_observations()
    return rows.rows(np.isin(rows.model, MODELS))


def law_of(own: Floats) -> Coefficients:
    alpha, weight, step, kv = np.exp(own[:, :4]).T
    return Coefficients(alpha, weight, step, kv, 1 / (1 + np.exp(-own[:, 4])))


def noiseless(table: Observations) -> tuple[CostRows, Floats]:
    """Rows of one model with figures of the cost law, and the numbers that made them."""
    rows = cost_rows(table.rows(table.fit & (table.model == "llama-3.3-70b")))
    truth = prior_mean([parse_deployment_id(n) for n in rows.deployments], CATALOGUE)
    truth = truth + np.random.default_rng(5).normal(0, 0.2, truth.shape)
    own = truth[rows.deployment]
    law = law_of(own)
    prefill, decode = gpu_s_per_query(law, rows.tokens, rows.load)
    tpot = inter_token_time_s(law, rows.tokens, rows.load)
    return replace(rows, ln_gpu_s=np.log(prefill + decode), ln_tpot=np.log(tpot)), truth


def test_evidence_at_the_truth_peaks_there(table: Observations) -> None:
    rows, truth = noiseless(table)
    evidence = evidence_at(rows, truth, expected_scatter(CATALOGUE))
    at = np.einsum("dij,dj->di", evidence.information, truth)
    assert evidence.pull == pytest.approx(at, rel=1e-6, abs=1e-3)
    assert np.linalg.eigvalsh(evidence.information).min() > -1e-6


def test_a_shared_run_tells_less_than_runs_apart(table: Observations) -> None:
    """Rows of one day may all be off together; the level of the cost is known less well."""
    rows, truth = noiseless(table)
    scatter = expected_scatter(CATALOGUE)
    apart = replace(rows, run=np.arange(len(rows.run)))
    everything = np.ones(5)
    together, alone = (
        evidence_at(r, truth, scatter).information @ everything @ everything for r in (rows, apart)
    )
    assert (together < alone).all()


def test_outlying_rows_are_tamed(table: Observations) -> None:
    rows, truth = noiseless(table)
    scatter = expected_scatter(CATALOGUE)
    jumps = np.where(np.arange(len(rows.ln_gpu_s)) % 2, 1.0, -1.0)
    broken = replace(rows, ln_gpu_s=rows.ln_gpu_s + jumps, ln_tpot=rows.ln_tpot + jumps)
    told, doubted = (evidence_at(r, truth, scatter).information for r in (rows, broken))
    assert np.trace(doubted, axis1=1, axis2=2).sum() < 0.5 * np.trace(told, axis1=1, axis2=2).sum()


def test_the_sketch_predicts_the_rows_it_was_made_of(table: Observations) -> None:
    sketch = sketch_models(table, CATALOGUE).of_model("llama-3.3-70b")
    rows = cost_rows(table.rows(table.fit & (table.model == "llama-3.3-70b")))
    assert sketch.deployments == rows.deployments
    own = sketch.numbers[rows.deployment]
    law = law_of(own)
    prefill, decode = gpu_s_per_query(law, rows.tokens, rows.load)
    assert np.median(np.abs(np.log(prefill + decode) - rows.ln_gpu_s)) < 0.05


def test_a_model_and_the_others_are_the_whole() -> None:
    sketch = load_sketch()
    mine, others = sketch.of_model("glm-5"), sketch.of_model("glm-5", others=True)
    assert len(mine.deployments) + len(others.deployments) == len(sketch.deployments)
    assert {parse_deployment_id(n).model for n in mine.deployments} == {"glm-5"}
    assert "glm-5" not in {parse_deployment_id(n).model for n in others.deployments}


def test_it_comes_back_from_disk(table: Observations, tmp_path: Path) -> None:
    sketch = sketch_models(table, CATALOGUE)
    write_sketch(tmp_path, sketch, table, CATALOGUE)
    again = load_sketch(tmp_path)
    assert again.deployments == sketch.deployments
    assert again.numbers == pytest.approx(sketch.numbers, abs=1e-5)
    assert slope(again.evidence, sketch.numbers) == pytest.approx(
        slope(sketch.evidence, sketch.numbers), abs=0.05
    )


def slope(evidence: Evidence, numbers: Floats) -> Floats:
    at: Floats = np.einsum("dij,dj->di", evidence.information, numbers)
    return evidence.pull - at


def test_a_directory_without_a_sketch_has_the_embedded_one(tmp_path: Path) -> None:
    assert load_sketch(tmp_path).deployments == load_sketch().deployments


def test_a_damaged_sketch_is_refused(table: Observations, tmp_path: Path) -> None:
    write_sketch(tmp_path, sketch_models(table, CATALOGUE), table, CATALOGUE)
    path = tmp_path / f"{SKETCH_NAME}.npz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(PosteriorError, match="do not match the hash"):
        load_sketch(tmp_path)


def test_the_shipped_sketch_is_of_the_shipped_rows() -> None:
    """Every deployment of the fit, once."""
    rows = load_observations()
    usable = rows.rows(rows.fit & np.isin(rows.model, list(CATALOGUE.models)))
    assert sorted(load_sketch().deployments) == sorted(set(usable.configuration.tolist()))
