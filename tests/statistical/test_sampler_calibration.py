"""Simulation-based calibration of the cost law's sampler, and of a scenario from rows to Wh.

Truths are drawn from the hierarchy's prior by a second writing of its formula, rows from the
truths, draws by the sampler that ships. The graph is compiled once; with some seconds per benchmark
there are few of them, so the bounds are wide and stated: right code is rejected with a chance of at
most ALPHA per test, and what passes with a chance of at most BETA is asserted.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.ranks import Check, covered_bounds, detectable_distance
from calibration.sampler_world import SampledRanks, SamplerWorld
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.priors import load_catalogue

pytestmark = pytest.mark.slow

MODEL = "gpt-oss-120b"
ASKED = f"{MODEL}|h200|fp4|vllm|none|agg|g2|tp2|ep1|dp0"
NAMES = [
    ASKED,
    f"{MODEL}|b200|fp4|trt|none|agg|g1|tp1|ep1|dp0",
    f"{MODEL}|h100|fp4|vllm|none|agg|g2|tp2|ep1|dp0",
    f"{MODEL}|mi300x|fp4|vllm|none|agg|g1|tp1|ep1|dp0",
]
SCENARIO = {
    "model": MODEL,
    "workload": "1000/1000",
    "deployment": ASKED,
    "concurrency": 16,
    "efficiency": 1,
    "boundary": "provisioned-2025-12",
}
BENCHMARKS = 60
ALPHA, BETA = 1e-3, 1e-2


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[SampledRanks]:
    table = load_observations()
    template = table.rows(table.fit & np.isin(table.configuration, NAMES))
    directory: Path = tmp_path_factory.mktemp("posterior")
    world = SamplerWorld(template, load_catalogue(), SCENARIO, directory)
    return world.ranks(BENCHMARKS, seed=20261127)


@pytest.mark.parametrize("quantity", ["cost", "typical", "spread"])
def test_ranks_of_truths_are_uniform(found: list[SampledRanks], quantity: str) -> None:
    check = Check(np.array([getattr(one, quantity) for one in found]), ALPHA)
    assert check.faults == (), sorted(check.ranks.round(2))


def test_a_scenario_covers_what_a_new_run_comes_to(found: list[SampledRanks]) -> None:
    least, most = covered_bounds(BENCHMARKS, ALPHA, 0.0)
    assert least <= sum(one.wh_inside for one in found) <= most


def test_lengths_at_nominal_are_rejected(found: list[SampledRanks]) -> None:
    """A cost law that takes lengths for a ninth longer than they were is a tenth too low."""
    check = Check(np.array([one.nominal_cost for one in found]), ALPHA)
    assert any("uniform" in fault for fault in check.faults)


def test_what_so_few_can_see() -> None:
    """A distance of 0.47, and intervals that hold 57 % instead of 90 %."""
    binom: Any = import_module("scipy.stats").binom
    assert detectable_distance(BENCHMARKS, ALPHA / 2, BETA) < 0.48
    least, _ = covered_bounds(BENCHMARKS, ALPHA / 2, 0.0)
    assert 1 - binom.cdf(least - 1, BENCHMARKS, 0.57) < BETA
