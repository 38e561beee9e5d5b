"""Predictive checks by hand, on rows that a known law made."""

from dataclasses import replace

import numpy as np
import pytest

from wh_uncertainty.model.fitting.contraction import contraction, contractions
from wh_uncertainty.model.fitting.hyperparameters import scalars
from wh_uncertainty.model.fitting.likelihood import (
    Likelihood,
    log_density,
    replicates,
    spread_draws,
)
from wh_uncertainty.model.fitting.loo import leave_one_out
from wh_uncertainty.model.fitting.predictive_check import coverage, load_bands, predictive_p_values
from wh_uncertainty.model.observations import load_observations

ROWS = load_observations().rows(np.arange(400))
CHAINS, DRAWS, SD, DOF = 2, 250, 0.1, 5.0


@pytest.fixture
def honest() -> Likelihood:
    """Rows drawn from the law itself, around a mean that is known to 1 %."""
    rng = np.random.default_rng(5)
    size = len(ROWS)
    mean = rng.normal(0, 1, size) + rng.normal(0, 0.01, (CHAINS, DRAWS, 1))
    measured = mean.mean(axis=(0, 1)) + SD * rng.standard_t(DOF, size)
    kinds = np.where(np.arange(size) % 2, "single", "median")
    sd = np.full((CHAINS, DRAWS, 1), SD)
    return Likelihood("cost", ROWS, measured, mean, sd, kinds, DOF)


def test_density_at_the_mean(honest: Likelihood) -> None:
    """Of Student's t with one degree of freedom: 1 / (pi sd)."""
    one = replace(honest, measured=honest.mean[0, 0], dof=1.0)
    np.testing.assert_allclose(log_density(one)[0, 0], -np.log(np.pi * SD))


def test_an_honest_law_covers_what_it_says(honest: Likelihood) -> None:
    """400 rows: 0.50 and 0.90 within four standard errors, 0.10 and 0.06."""
    whole, *parts = coverage(honest, replicates(honest, np.random.default_rng(1)))
    assert whole["coverage_50"] == pytest.approx(0.5, abs=0.10)
    assert whole["coverage_90"] == pytest.approx(0.9, abs=0.06)
    assert {part["label"] for part in parts if part["group"] == "error class"} == {
        "median",
        "single",
    }


def test_an_honest_law_has_no_extreme_p_value(honest: Likelihood) -> None:
    found = predictive_p_values(honest, replicates(honest, np.random.default_rng(1)))
    assert all(0.001 < row["p_value"] < 0.999 for row in found)


@pytest.mark.parametrize(
    ("factor", "shift", "statistic", "p_value"),
    [
        (2, 0, "median |residual|", 0),
        (0.5, 0, "95th percentile |residual|", 1),
        (1, 0.05, "median residual", 0),
        (1, -0.05, "median residual", 1),
    ],
)
def test_a_wrong_law_is_found_out(
    honest: Likelihood, factor: float, shift: float, statistic: str, p_value: float
) -> None:
    centre = honest.mean.mean(axis=(0, 1))
    rows = replace(honest, measured=centre + factor * (honest.measured - centre) + shift)
    found = predictive_p_values(rows, replicates(rows, np.random.default_rng(1)))
    assert next(r for r in found if r["statistic"] == statistic)["p_value"] == p_value


def test_bands_hold_every_row_once_and_say_their_ends() -> None:
    load = np.array([1.0, 1, 1, 2, 3, 4, 8, 2048])
    band, names = load_bands(load)
    assert names == ["1 to 1", "2 to 3", "4 to 4", "8 to 2048"]
    assert np.bincount(band).sum() == len(load)
    for i, name in enumerate(names):
        low, high = map(float, name.split(" to "))
        assert ((load[band == i] >= low) & (load[band == i] <= high)).all()
    assert load_bands(np.ones(5))[1] == ["1 to 1"]


def test_leaving_out_a_row_of_a_known_law_changes_nothing(honest: Likelihood) -> None:
    """Nothing was fitted to these rows, so the effective parameters are next to none."""
    import arviz as az

    rng = np.random.default_rng(2)
    posterior = az.from_dict({"posterior": {"a": rng.normal(size=(CHAINS, DRAWS))}})["posterior"]
    found = leave_one_out(honest, posterior.to_dataset())
    assert found["k_high"] == []
    assert abs(found["p_loo"]) < 10
    assert found["elpd"] == pytest.approx(log_density(honest).mean(axis=(0, 1)).sum(), abs=10)
    residuals = np.abs(honest.measured - honest.mean.mean(axis=(0, 1)))
    ids = ROWS.observation_id.tolist()
    assert ids.index(found["surprising"][0]["observation_id"]) == residuals.argmax()


def test_a_chain_of_few_draws_is_kept_whole() -> None:
    import arviz as az

    values = np.arange(3 * 7.0).reshape(3, 7)
    posterior = az.from_dict({"posterior": {"x": values}})["posterior"].to_dataset()
    assert spread_draws(posterior, "x").tolist() == values.tolist()
    long = az.from_dict({"posterior": {"x": np.arange(2000.0).reshape(1, 2000)}})
    picked = spread_draws(long["posterior"].to_dataset(), "x")
    assert picked.shape == (1, 500)
    assert (picked[0, 0], picked[0, -1]) == (0, 1999)


def test_contraction_by_hand() -> None:
    prior = np.array([-2.0, 0, 2])
    assert contraction(prior, prior / 2) == pytest.approx(0.75)
    assert contraction(prior, prior) == 0
    scale = np.exp(prior)
    assert contraction(scale, scale**0.5) == pytest.approx(0.75)  # of a scale, the logarithm


def test_elements_have_names() -> None:
    draws = {"sd": np.arange(6.0).reshape(3, 2), "typical": np.arange(3.0)}
    split = scalars(draws, {"sd": ("speed", "load"), "typical": ()})
    assert {name: values.tolist() for name, values in split.items()} == {
        "sd[speed]": [0, 2, 4],
        "sd[load]": [1, 3, 5],
        "typical": [0, 1, 2],
    }
    row = contractions(split, split)[0]
    assert (row["prior_p50"], row["posterior_p50"], row["contraction"]) == (2, 2, 0)
