"""Laws of the families: inverse functions, support, and stated quantiles that are met."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv

from wh_uncertainty.priors import PriorSpec, cdf, load_catalogue, misfit, quantile, sample, solve
from wh_uncertainty.priors.elicit import solved
from wh_uncertainty.priors.plain import prior_from_plain, to_plain

SHIPPED = {
    name: spec for name, spec in load_catalogue().priors.items() if spec.family != "dirichlet"
}
SPREAD = {name: spec for name, spec in SHIPPED.items() if spec.family != "fixed"}
SHAPES = st.floats(min_value=0.8, max_value=40)
LEVELS = st.floats(min_value=1e-6, max_value=1 - 1e-6)


def prior(
    family: str, support: tuple[float, float], p05: float, p50: float, p95: float
) -> PriorSpec:
    return PriorSpec(
        name="q",
        unit="1",
        support=support,
        family=family,
        shift=support[0] if family in ("shifted_lognormal", "split_lognormal") else 0.0,
        quantiles={"p05": p05, "p50": p50, "p95": p95},
        parameters={},
        tolerance=0.99,
        kind="judgement",
        source=(),
        locator="",
        rationale="A test.",
    )


@st.composite
def priors(draw: st.DrawFn) -> PriorSpec:
    """Draw a solved prior of any one-valued family with a spread."""
    centre = draw(st.floats(min_value=0.05, max_value=0.95))
    ratio = draw(st.floats(min_value=1.1, max_value=3))
    skew = draw(st.floats(min_value=0.7, max_value=1.4))
    family = draw(
        st.sampled_from(
            [
                "normal",
                "truncated_normal",
                "lognormal",
                "shifted_lognormal",
                "split_lognormal",
                "beta",
            ]
        )
    )
    if family in ("normal", "truncated_normal"):
        low = -math.inf if family == "normal" else centre - 3 * ratio
        high = math.inf if family == "normal" else centre + 4 * ratio
        return solved(prior(family, (low, high), centre - ratio, centre, centre + ratio))
    if family == "beta":
        alpha, beta = draw(SHAPES), draw(SHAPES)
        ends = betaincinv(alpha, beta, [0.05, 0.5, 0.95])
        return solved(prior(family, (0.0, 1.0), *(float(end) for end in ends)))
    shift = 0.0 if family == "lognormal" else draw(st.floats(min_value=-2, max_value=2))
    upper = ratio**skew if family == "split_lognormal" else ratio
    return solved(
        prior(
            family,
            (shift, math.inf),
            shift + centre / ratio,
            shift + centre,
            shift + centre * upper,
        )
    )


@given(alpha=SHAPES, beta=SHAPES)
def test_solving_recovers_the_beta_that_the_quantiles_came_from(alpha: float, beta: float) -> None:
    levels = betaincinv(alpha, beta, [0.05, 0.5, 0.95])
    stated: dict[str, float] = dict(zip(("p05", "p50", "p95"), map(float, levels), strict=True))
    found = solve("beta", stated, 0.0, (0.0, 1.0))
    assert found["alpha"] == pytest.approx(alpha, rel=1e-4)
    assert found["beta"] == pytest.approx(beta, rel=1e-4)


@given(spec=priors())
def test_the_compiled_form_gives_the_prior_back(spec: PriorSpec) -> None:
    assert prior_from_plain(json.loads(json.dumps(to_plain(spec), allow_nan=False))) == spec


@given(spec=priors(), u=LEVELS)
def test_cdf_of_quantile_is_the_identity(spec: PriorSpec, u: float) -> None:
    assert cdf(spec, quantile(spec, u)) == pytest.approx(u, abs=1e-8)


@given(spec=priors(), first=LEVELS, second=LEVELS)
def test_quantiles_increase_and_stay_in_the_support(
    spec: PriorSpec, first: float, second: float
) -> None:
    low, high = quantile(spec, [min(first, second), max(first, second)])
    assert spec.support[0] <= low <= high <= spec.support[1]


@given(spec=priors(), seed=st.integers(min_value=0, max_value=2**32 - 1))
def test_draws_stay_in_the_support_and_repeat_with_the_seed(spec: PriorSpec, seed: int) -> None:
    draws = sample(spec, (4, 50), rng=np.random.default_rng(seed))
    assert draws.shape == (4, 50)
    assert spec.support[0] <= draws.min()
    assert draws.max() <= spec.support[1]
    assert np.array_equal(draws, sample(spec, (4, 50), rng=np.random.default_rng(seed)))


@pytest.mark.parametrize("name", SPREAD)
@settings(max_examples=12)
@given(levels=st.lists(LEVELS, min_size=8, max_size=8))
def test_cdf_of_quantile_is_the_identity_for_each_shipped_prior(
    name: str, levels: list[float]
) -> None:
    spec = SPREAD[name]
    values = quantile(spec, levels)
    assert np.all((spec.support[0] <= values) & (values <= spec.support[1]))
    assert cdf(spec, values) == pytest.approx(np.array(levels), abs=1e-8)


@given(priors())
def test_probabilities_asked_for_are_left_as_they_are(spec: PriorSpec) -> None:
    asked = np.array([0.05, 0.5, 0.95])
    quantile(spec, asked)
    assert asked.tolist() == [0.05, 0.5, 0.95]


@pytest.mark.parametrize("name", SPREAD)
def test_stated_quantiles_are_met_within_tolerance(name: str) -> None:
    spec = SPREAD[name]
    assert max(misfit(spec).values()) <= spec.tolerance


def test_a_fixed_prior_is_its_value() -> None:
    spec = SHIPPED["playstation_5_w_article"]
    assert quantile(spec, 0.3) == 200
    assert sample(spec, 3, rng=np.random.default_rng(0)).tolist() == [200.0] * 3
    assert cdf(spec, [199.0, 200.0]).tolist() == [0.0, 1.0]
