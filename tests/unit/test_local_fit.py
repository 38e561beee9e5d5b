"""The sampler's coordinates: the sketch of each deployment and the change of variables."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients, gpu_s_per_query, inter_token_time_s
from wh_uncertainty.model.fitting.geometry import coefficients_of, sampling_geometry
from wh_uncertainty.model.kin.local_fit import fit_deployments
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.rows import CostRows, cost_rows

Floats = NDArray[np.float64]

TRUTH = np.array([[0.3, 0.2, -0.1, 0.1, 0.5], [-0.4, 0.0, 0.3, -0.2, -0.5]])
SCALE = np.log([1e-4, 2e-3, 1e-3, 1e-8])


def noiseless() -> tuple[CostRows, Floats]:
    """Rows of two real deployments with many rows, their figures replaced by the law's."""
    names = [f"gpt-oss-120b|b200|fp4|{f}|none|agg|g1|tp1|ep1|dp0" for f in ("trt", "vllm")]
    table = load_observations()
    rows = cost_rows(table.rows(table.fit & np.isin(table.configuration, names)))
    truth = TRUTH + np.append(SCALE, 0.0) + np.array([2.0, 1.0, 1.0, 0.0, 1.0])
    own = truth[rows.deployment]
    alpha, weight, step, kv = np.exp(own[:, :4]).T
    law = Coefficients(alpha, weight, step, kv, 1 / (1 + np.exp(-own[:, 4])))
    prefill, decode = gpu_s_per_query(law, rows.tokens, rows.load)
    tpot = inter_token_time_s(law, rows.tokens, rows.load)
    return replace(rows, ln_gpu_s=np.log(prefill + decode), ln_tpot=np.log(tpot)), truth


def test_the_sketch_finds_noiseless_coefficients() -> None:
    rows, truth = noiseless()
    sketch = fit_deployments(rows, np.tile(SCALE, (2, 1)), np.eye(5) * 1e-4)
    assert sketch.mean == pytest.approx(truth, abs=0.02)


def test_covariances_are_symmetric_and_positive() -> None:
    rows, _ = noiseless()
    sketch = fit_deployments(rows, np.tile(SCALE, (2, 1)), np.eye(5))
    assert sketch.covariance == pytest.approx(sketch.covariance.transpose(0, 2, 1))
    assert np.all(np.linalg.eigvalsh(sketch.covariance) > 0)
    assert np.all(np.linalg.eigvalsh(sketch.covariance) < 1.0 + 1e-9)  # rows only ever add


def test_the_origin_of_the_coordinates_is_the_sketch() -> None:
    """At the guessed spread and the sketch's own centre, ``whitened = 0`` is its mean."""
    rows, _ = noiseless()
    scale = np.tile(SCALE, (2, 1))
    sketch = fit_deployments(rows, scale, np.eye(5))
    g = sampling_geometry(rows, scale, np.eye(5))
    pull = g.evidence + np.einsum("dij,dj->di", g.back, sketch.centre)
    along = pull / (g.precision + 1)
    sampled = g.offset + np.einsum("dij,dj->di", g.forward, along)
    own = np.array(coefficients_of(sampled, g.ln_load, g.pooled, softplus)).T
    assert own == pytest.approx(sketch.mean)
    assert np.all(g.precision >= 0)
    assert g.precision[:, -1].min() > 100  # the best-seen axis stands on the rows


def softplus(x: Floats) -> Floats:
    return np.logaddexp(0, x)


@pytest.mark.parametrize("pooled", [0.0, 1.0])
def test_sums_and_ratios_keep_volumes(pooled: float) -> None:
    """The graph's density has no Jacobian for them, so their determinant must be 1."""
    point, step = np.array([[-9.0, -6.0, 0.7, -0.4, 0.3]]), 1e-6
    ln_load = np.array([1.3])

    def own(sampled: Floats) -> Floats:
        return np.array(coefficients_of(sampled, ln_load, np.array([pooled]), softplus))[:, 0]

    slopes = [(own(point + e) - own(point - e)) / (2 * step) for e in step * np.eye(5)[:, None]]
    assert abs(np.linalg.det(np.array(slopes))) == pytest.approx(1.0, abs=1e-6)


def test_rows_without_interactivity_are_sketched_too() -> None:
    rows, truth = noiseless()
    blind = replace(rows, ln_tpot=np.full_like(rows.ln_tpot, np.nan))
    sketch = fit_deployments(blind, np.tile(SCALE, (2, 1)), np.eye(5) * 1e-2)
    assert np.isfinite(sketch.mean).all()
    assert sketch.mean[:, 0] == pytest.approx(truth[:, 0], abs=0.1)
