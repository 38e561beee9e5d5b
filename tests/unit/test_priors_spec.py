"""Rules a single prior obeys, and the hand arithmetic of the families."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.priors import PriorError, PriorSpec, Source, cdf, misfit, quantile, solve
from wh_uncertainty.priors.elicit import solved

BETA = PriorSpec(
    name="share",
    unit="1",
    support=(0.0, 1.0),
    family="beta",
    shift=0.0,
    quantiles={"p05": 0.19, "p50": 0.50, "p95": 0.81},
    parameters={},
    tolerance=0.05,
    kind="judgement",
    source=(),
    locator="",
    rationale="A test.",
)


def with_quantiles(p05: float, p50: float, p95: float, base: PriorSpec = BETA) -> PriorSpec:
    return replace(base, quantiles={"p05": p05, "p50": p50, "p95": p95})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"unit": "percent"}, r"\[share\].unit: 'percent' is unknown; use one of 1"),
        ({"family": "cauchy"}, r"\[share\].family: 'cauchy' is unknown; use one of fixed"),
        ({"kind": "guess"}, r"\[share\].kind: 'guess' is unknown"),
        ({"kind": "measured"}, r"\[share\].source: is empty; a measured prior cites a source"),
        ({"rationale": " "}, r"\[share\].rationale: is empty"),
        ({"tolerance": 0.0}, r"\[share\].tolerance"),
        ({"support": (1.0, 0.0)}, r"\[share\].support: \[1.0, 0.0\] is not lowest < highest"),
        ({"support": (0.0, 0.9)}, r"\[share\].support: .* is left by beta"),
        ({"shift": 1.0}, r"\[share\].shift: beta takes no shift"),
        (
            {"quantiles": {"p50": 0.5}},
            r"\[share\].quantiles: has \['p50'\]; state p05, p50 and p95",
        ),
    ],
)
def test_a_broken_rule_names_prior_key_and_remedy(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PriorError, match=message):
        replace(BETA, **changes)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_quantile_is_a_finite_number(value: float) -> None:
    with pytest.raises(PriorError, match=r"quantiles.p50: .* is not a finite number"):
        with_quantiles(0.1, value, 0.9)


def test_quantiles_increase() -> None:
    with pytest.raises(PriorError, match="do not increase; order them p05 < p50 < p95"):
        with_quantiles(0.5, 0.5, 0.9)


def test_quantiles_lie_in_the_support() -> None:
    with pytest.raises(PriorError, match=r"quantiles.p95: 1.2 is outside the support"):
        with_quantiles(0.1, 0.5, 1.2)


def test_a_quantile_that_the_family_cannot_meet_is_refused_with_both_figures() -> None:
    with pytest.raises(PriorError, match=r"p05: stated 0.4, the fitted beta has 0.37.* allowed"):
        solved(with_quantiles(0.40, 0.50, 0.95))


def test_a_lognormal_cannot_start_at_zero() -> None:
    base = replace(BETA, family="lognormal", support=(0.0, math.inf))
    with pytest.raises(PriorError, match="a lognormal never reaches its lower end"):
        solved(with_quantiles(0.0, 0.1, 0.2, base))


def test_the_beta_of_the_rule_of_thumb_is_beta_3_3() -> None:
    found = solve("beta", BETA.quantiles, 0.0, (0.0, 1.0))
    assert found["alpha"] == pytest.approx(3, rel=0.02)
    assert found["beta"] == pytest.approx(3, rel=0.02)


def test_a_lognormal_keeps_the_median_and_takes_its_scale_from_the_ends() -> None:
    found = solve("lognormal", {"p05": 0.5, "p50": 1.0, "p95": 2.0}, 0.0, (0.0, math.inf))
    assert found["mu"] == 0
    assert found["sigma"] == pytest.approx(math.log(4) / 3.2897072539)


def test_a_split_lognormal_meets_three_quantiles_exactly() -> None:
    spec = solved(
        replace(
            BETA,
            family="split_lognormal",
            support=(1.0, math.inf),
            shift=1.0,
            quantiles={"p05": 1.07, "p50": 1.10, "p95": 1.60},
        )
    )
    assert max(misfit(spec).values()) < 1e-6


def test_a_truncated_normal_far_from_its_ends_is_the_normal() -> None:
    found = solve(
        "truncated_normal", {"p05": -1.6448536, "p50": 0.0, "p95": 1.6448536}, 0.0, (-9.0, 9.0)
    )
    assert found["mean"] == pytest.approx(0, abs=1e-6)
    assert found["sd"] == pytest.approx(1, abs=1e-6)


def test_a_dirichlet_has_neither_quantile_nor_cdf() -> None:
    shares = replace(BETA, family="dirichlet", quantiles={}, parameters={"a": 1.0, "b": 2.0})
    with pytest.raises(PriorError, match="no quantile"):
        quantile(shares, 0.5)
    with pytest.raises(PriorError, match="no one-valued cdf"):
        cdf(shares, 0.5)


def test_a_probability_lies_between_0_and_1() -> None:
    with pytest.raises(PriorError, match=r"u must lie in \[0, 1\]"):
        quantile(solved(BETA), np.array([0.5, 1.5]))


def test_fixed_and_dirichlet_state_parameters_and_no_quantiles() -> None:
    with pytest.raises(PriorError, match="quantiles: fixed takes none"):
        replace(BETA, family="fixed", parameters={"value": 1.0})
    with pytest.raises(PriorError, match="parameters: are missing; dirichlet states them"):
        replace(BETA, family="dirichlet", quantiles={})
    with pytest.raises(PriorError, match=r"value: 2.0 is outside the support"):
        replace(BETA, family="fixed", quantiles={}, parameters={"value": 2.0})


def test_a_source_states_every_field_and_how_it_was_read() -> None:
    with pytest.raises(PriorError, match=r"\[k\].date: is empty"):
        Source("k", "Title", "Author", "", "arXiv", "primary")
    with pytest.raises(PriorError, match=r"\[k\].access: 'hearsay' is unknown"):
        Source("k", "Title", "Author", "2026", "arXiv", "hearsay")
