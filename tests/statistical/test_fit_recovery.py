"""The whole fit on synthetic rows of known truth: minutes of sampling, hence nightly.

Rows keep the deployments, loads and lengths of real ones; their figures come from the cost law
with coefficients that we draw, and 3 % noise. The posterior must find each deployment's cost.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import (
    Coefficients,
    gpu_s_per_query,
    inter_token_time_s,
    tokens_of_one_query,
)
from wh_uncertainty.model.cost_posterior import known_coefficients
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.fit import fit_cost_law
from wh_uncertainty.model.fitting.sampling import Settings
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.posterior import load_posterior, write_posterior
from wh_uncertainty.model.roofline import ln_roofline
from wh_uncertainty.model.rows import cost_rows
from wh_uncertainty.priors import load_catalogue

Floats = NDArray[np.float64]

pytestmark = pytest.mark.slow

CATALOGUE = load_catalogue()
MODEL = "gpt-oss-120b"
NAMES = [
    *(f"{MODEL}|b200|fp4|{f}|none|agg|g{g}|tp{g}|ep1|dp0" for f in ("trt", "vllm") for g in (1, 2)),
    *(f"{MODEL}|mi300x|fp4|vllm|none|agg|g{g}|tp{g}|ep1|dp0" for g in (1, 2, 4)),
    f"{MODEL}|h200|fp4|vllm|none|agg|g2|tp2|ep1|dp0",
]
NOISE = 0.03
QUERIES = [tokens_of_one_query(i, i, o) for i, o in ((900, 900), (7000, 900), (900, 7000))]
LOADS = (4.0, 32.0)


@dataclass(frozen=True)
class Synthetic:
    """Rows and the coefficients that made them, in the order of the fit's deployments."""

    rows: Observations
    truth: Coefficients


def synthetic() -> Synthetic:
    rng = np.random.default_rng(20261121)
    table = load_observations()
    chosen = table.rows(table.fit & np.isin(table.configuration, NAMES))
    rows = cost_rows(chosen)
    parsed = [parse_deployment_id(name) for name in rows.deployments]
    scale = np.array([ln_roofline(CATALOGUE, d.model, d.hardware, d.precision) for d in parsed])
    ln_c = scale + np.array([2.0, 1.0, 1.0, 0.5]) + rng.normal(0, 0.3, scale.shape)
    phi = 1 / (1 + np.exp(-rng.normal(1.0, 0.5, len(parsed))))
    alpha, weight, step, kv = np.exp(ln_c).T
    truth = Coefficients(alpha, weight, step, kv, phi)
    law = truth.map(lambda c: c[rows.deployment])
    prefill, decode = gpu_s_per_query(law, rows.tokens, rows.load)
    t = prefill + decode
    tpot = inter_token_time_s(law, rows.tokens, rows.load)
    noise = np.exp(rng.normal(0, NOISE, (2, len(t))))
    return Synthetic(replace(chosen, gpu_s_per_query=t * noise[0], tpot_s=tpot * noise[1]), truth)


def ln_costs(law: Coefficients) -> Floats:
    """Costs at three lengths and two loads along a new last axis."""
    costs = [sum(gpu_s_per_query(law, q, b)) for q in QUERIES for b in LOADS]
    return np.log(np.stack(costs, axis=-1))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Floats, Floats]:
    """Return posterior and true ln costs, shapes (draw, deployment, 6) and (deployment, 6)."""
    made = synthetic()
    settings = Settings(chains=4, tune=400, draws=1000, seed=1)
    arrays, record = fit_cost_law(made.rows, MODEL, CATALOGUE, settings)
    directory: Path = tmp_path_factory.mktemp("posterior")
    write_posterior(directory, MODEL, arrays, record)
    posterior = load_posterior(MODEL, directory)
    names = [d["name"] for d in posterior.record["deployments"]]
    assert names == sorted(NAMES)
    return ln_costs(known_coefficients(posterior, range(len(names)))), ln_costs(made.truth)


def coverage(draws: Floats, truth: Floats) -> float:
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    return float(((low <= truth) & (truth <= high)).mean())


def test_costs_are_found(fitted: tuple[Floats, Floats]) -> None:
    draws, truth = fitted
    assert np.abs(np.median(draws, axis=0) - truth).mean() < NOISE


def test_intervals_cover(fitted: tuple[Floats, Floats]) -> None:
    """At least half of 48 costs.

    Costs of one deployment err together, so each counts once: P(Binomial(8, 0.9) <= 3) = 4e-4.
    """
    draws, truth = fitted
    assert coverage(draws, truth) > 0.5


def test_a_truth_ten_per_cent_off_is_not_covered(fitted: tuple[Floats, Floats]) -> None:
    draws, truth = fitted
    assert coverage(draws, truth + 0.1) < 0.3
