"""Simulation-based calibration of the sketch, and of models that are wrong on purpose.

A truth is drawn from the prior of four deployments, rows from the truth, and the sketch is made of
the rows of three. Asked is the rank of one true cost, and whether the interval of one row of the
fourth deployment holds it: one of each per benchmark, so all are independent.

The sketch is second-order and ln cost is convex in its numbers, so its draws lie a little high:
over 800 benchmarks ranks were 0.068 from uniform, and 0.872 of the costs and 0.885 of the new rows
were covered. A distance of 0.08 and a coverage of 0.90 +- 0.05 therefore count as right, and right
code is rejected with a chance of at most ALPHA per test. How wrong it must be for a chance of BETA
to pass is asserted, and how wrong each fault is was measured on 250 benchmarks.
"""

from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration import sketch_world
from calibration.ranks import Check, covered_bounds, detectable_distance
from calibration.sketch_world import Outcome, World, ln_cost
from wh_uncertainty.model.kin import evidence, sketch
from wh_uncertainty.model.kin.evidence import Scatter, expected_scatter
from wh_uncertainty.model.kin.local_fit import law_residuals
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.scoring import left_out
from wh_uncertainty.priors import Catalogue, load_catalogue

Floats = NDArray[np.float64]

MODEL = "gpt-oss-120b"
NAMES = [
    f"{MODEL}|b200|fp4|trt|none|agg|g1|tp1|ep1|dp0",
    f"{MODEL}|h100|fp4|vllm|none|agg|g2|tp2|ep1|dp0",
    f"{MODEL}|h200|fp4|vllm|none|agg|g2|tp2|ep1|dp0",
    f"{MODEL}|mi300x|fp4|vllm|none|agg|g1|tp1|ep1|dp0",
]
BENCHMARKS, MANY = 120, 2000
ALPHA, BETA = 1e-4, 1e-2
DISTANCE, COVERAGE = 0.08, 0.05
#: Below every posterior mass: a coefficient that is not there.
NOTHING = -60.0


@pytest.fixture(scope="module")
def template() -> Observations:
    table = load_observations()
    return table.rows(table.fit & np.isin(table.configuration, NAMES))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def checked(outcomes: list[Outcome]) -> Check:
    return Check(np.array([o.rank for o in outcomes]), ALPHA, DISTANCE, COVERAGE)


def new_rows_covered(outcomes: list[Outcome]) -> bool:
    least, most = covered_bounds(len(outcomes), ALPHA, COVERAGE)
    return least <= sum(o.new_row_covered for o in outcomes) <= most


def test_the_right_model_passes(template: Observations, catalogue: Catalogue) -> None:
    outcomes = World(template, catalogue).outcomes(BENCHMARKS, seed=20261127)
    assert checked(outcomes).faults == ()
    assert new_rows_covered(outcomes)


def test_what_a_short_run_can_see() -> None:
    """It sees intervals that hold 60 % instead of 90 %, as those of halved noise do."""
    binom: Any = import_module("scipy.stats").binom
    least, _ = covered_bounds(BENCHMARKS, ALPHA / 2, COVERAGE)
    assert 1 - binom.cdf(least - 1, BENCHMARKS, 0.60) < BETA
    assert detectable_distance(BENCHMARKS, ALPHA / 2, BETA, DISTANCE) < 0.44


def test_lengths_at_nominal_are_rejected(template: Observations, catalogue: Catalogue) -> None:
    """Costs come out a tenth too low; among 250 benchmarks ranks were 0.56 from uniform."""

    def nominal(rows: Observations) -> Observations:
        return replace(
            rows, mean_isl_tok=rows.mean_isl_tok / 0.9, mean_osl_tok=rows.mean_osl_tok / 0.9
        )

    outcomes = World(template, catalogue, nominal).outcomes(BENCHMARKS, seed=1)
    assert any("uniform" in fault for fault in checked(outcomes).faults)


def test_halved_noise_is_rejected(
    template: Observations, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Truths are as noisy as ever; of 250, 60 % were covered."""

    def halved(priors: Catalogue) -> Scatter:
        scatter = expected_scatter(priors)
        return replace(scatter, row_sd=scatter.row_sd / 2, run_sd=scatter.run_sd / 2)

    monkeypatch.setattr(sketch, "expected_scatter", halved)
    monkeypatch.setattr(left_out, "expected_scatter", halved)
    outcomes = World(template, catalogue).outcomes(BENCHMARKS, seed=2)
    assert any("covered" in fault for fault in checked(outcomes).faults)


def test_a_law_without_shared_weight_traffic_is_rejected(
    template: Observations, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No ``1 / sqrt(b)``: ranks were 0.41 from uniform, and 32 % covered."""

    def blind(rows: Any, chosen: Any, value: Floats) -> tuple[Floats, Floats]:
        error, slope = law_residuals(rows, chosen, without_weight(value))
        return error, slope * np.array([1, 0, 1, 1, 1])

    def cost_of_drawn(numbers: Floats, query: tuple[float, float], load: float) -> Floats:
        drawn = numbers.ndim > 1
        return ln_cost(without_weight(numbers) if drawn else numbers, query, load)

    monkeypatch.setattr(evidence, "law_residuals", blind)
    monkeypatch.setattr(sketch_world, "ln_cost", cost_of_drawn)
    outcomes = World(template, catalogue).outcomes(BENCHMARKS, seed=3)
    assert len(checked(outcomes).faults) == 2


def without_weight(numbers: Floats) -> Floats:
    changed = numbers.copy()
    changed[..., 1] = NOTHING
    return changed


@pytest.mark.slow
def test_many_benchmarks_see_less(template: Observations, catalogue: Catalogue) -> None:
    """Two thousand see a distance of 0.17 and a coverage of 0.79."""
    binom: Any = import_module("scipy.stats").binom
    assert detectable_distance(MANY, ALPHA / 2, BETA, DISTANCE) < 0.17
    least, _ = covered_bounds(MANY, ALPHA / 2, COVERAGE)
    assert 1 - binom.cdf(least - 1, MANY, 0.79) < BETA
    outcomes = World(template, catalogue).outcomes(MANY, seed=4)
    assert checked(outcomes).faults == ()
    assert new_rows_covered(outcomes)


EVEN = (np.arange(500) + 0.5) / 500


@pytest.mark.parametrize(
    ("ranks", "fault"),
    [
        (EVEN, None),
        (EVEN**2, "uniform"),
        (np.where(EVEN < 0.2, EVEN / 5, EVEN), "covered"),
        (0.06 + 0.88 * EVEN, "covered"),
    ],
    ids=["even", "skewed", "crowded at an end", "too wide"],
)
def test_the_check_itself(ranks: Floats, fault: str | None) -> None:
    faults = Check(ranks, ALPHA).faults
    assert faults == () if fault is None else any(fault in said for said in faults)
