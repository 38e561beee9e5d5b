"""Percentiles and mean of draws."""

import numpy as np
import pytest

from wh_uncertainty.model.summary import PERCENTILES, summarise_draws


def test_summaries_are_numpys_percentiles() -> None:
    draws = np.random.default_rng(0).lognormal(0, 1, 1001).astype(np.float32)
    summary = summarise_draws(draws)
    expected = np.percentile(draws.astype(np.float64), PERCENTILES)
    assert [summary[f"p{p:02d}"] for p in PERCENTILES] == pytest.approx(expected, rel=1e-6)
    assert summary["mean"] == pytest.approx(draws.astype(np.float64).mean())


def test_a_single_draw_is_its_own_summary() -> None:
    assert set(summarise_draws(np.array([2.5])).values()) == {2.5}


def test_percentiles_and_their_names() -> None:
    summary = summarise_draws(np.arange(101.0))
    assert summary == {"p05": 5, "p25": 25, "p50": 50, "p75": 75, "p95": 95, "mean": 50}


def test_single_precision_does_not_round_the_mean() -> None:
    """The sum of so many equal draws stalls in single precision when added one by one."""
    draws = np.full(100_001, 0.1, dtype=np.float32)
    assert summarise_draws(draws)["mean"] == pytest.approx(float(np.float32(0.1)), rel=1e-12)


@pytest.mark.parametrize("count", [2, 3, 8, 22, 90])
def test_percentiles_between_two_draws_are_interpolated(count: int) -> None:
    draws = np.random.default_rng(count).normal(5, 2, count)
    summary = summarise_draws(draws)
    expected = np.percentile(draws, PERCENTILES)
    assert [summary[f"p{p:02d}"] for p in PERCENTILES] == pytest.approx(expected, rel=1e-12)
