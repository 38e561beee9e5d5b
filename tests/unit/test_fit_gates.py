"""What a fit refuses: too few rows, draws that have not converged."""

from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.board_power.fit import fit_board_power
from wh_uncertainty.model.fit import (
    KEPT_DRAWS,
    FitError,
    default_settings,
    fit_cost_law,
    fittable_models,
    thinned,
)
from wh_uncertainty.model.fitting.diagnostics import (
    ConvergenceError,
    Diagnostics,
    check_gates,
    diagnose,
)
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.priors import load_catalogue

GOOD = Diagnostics(1.004, 900.0, 800.0, 0.0, "base", "run_sd")


@pytest.fixture(scope="module")
def observations() -> Observations:
    return load_observations()


def test_good_draws_pass() -> None:
    check_gates("m", GOOD)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"r_hat_max": 1.011}, r"fit of m has not converged: R-hat 1\.011 of base above 1\.01"),
        ({"r_hat_max": float("nan")}, "R-hat nan"),
        ({"ess_bulk_min": 399.0}, r"bulk ESS 399 \(run_sd\) below 400"),
        ({"ess_tail_min": float("nan")}, "tail ESS nan"),
        ({"divergent_fraction": 0.0011}, r"0\.11% divergent draws.*nothing was written"),
    ],
)
def test_every_gate_closes(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConvergenceError, match=message):
        check_gates("m", replace(GOOD, **change))


def trace_of(**draws: NDArray[np.float64]) -> Any:
    az: Any = import_module("arviz")
    shape = next(iter(draws.values())).shape[:2]
    stats = {"diverging": np.zeros(shape, dtype=bool)}
    return az.from_dict({"posterior": draws, "sample_stats": stats})


def chains(seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(4, 500, 2))


def test_independent_draws_pass_and_separated_chains_do_not() -> None:
    good = chains()
    assert diagnose(trace_of(x=good), ["x"]).r_hat_max < 1.01
    apart = good + np.arange(4)[:, None, None]
    found = diagnose(trace_of(a=chains(1), x=apart), ["a", "x"])
    assert found.r_hat_worst == "x"
    with pytest.raises(ConvergenceError, match="of x above"):
        check_gates("m", found)


@pytest.mark.parametrize("order", [["a", "stuck"], ["stuck", "a"]])
def test_a_parameter_that_is_not_a_number_does_not_pass(order: list[str]) -> None:
    """R-hat of a NaN is a NaN, which no maximum may skip."""
    stuck = chains(1)
    stuck[0, 3, 1] = np.nan
    with pytest.raises(ConvergenceError):
        check_gates("m", diagnose(trace_of(a=chains(), stuck=stuck), order))


def test_thinning_takes_draws_of_every_chain() -> None:
    draws = np.arange(4 * 500, dtype=np.float64).reshape(4, 500)
    kept = thinned(trace_of(x=draws[..., None]), ["x"])["x"][:, 0]
    assert len(kept) == KEPT_DRAWS
    assert (kept[0], kept[-1]) == (0.0, 1999.0)
    assert np.bincount((kept // 500).astype(int)).tolist() == [100, 100, 100, 100]


def test_ten_models_can_be_fitted(observations: Observations) -> None:
    assert len(fittable_models(observations)) == 10


def test_too_few_rows_are_refused_before_sampling(observations: Observations) -> None:
    catalogue = load_catalogue()
    with pytest.raises(
        FitError, match=r"0 usable rows of 'trinity-large'.*needs 50.*dsr1|deepseek"
    ):
        fit_cost_law(observations, "trinity-large", catalogue)
    few = observations.rows(np.flatnonzero(observations.power_fit)[:10])
    with pytest.raises(FitError, match="10 rows with sound board power"):
        fit_board_power(few, catalogue)


def test_more_deployments_or_fewer_rows_take_more_draws() -> None:
    rows = load_observations()
    draws = {
        m: default_settings(rows, m).draws for m in ("gpt-oss-120b", "glm-5.1", "deepseek-r1-0528")
    }
    assert draws["gpt-oss-120b"] < draws["glm-5.1"] < draws["deepseek-r1-0528"]
