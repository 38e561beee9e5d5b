"""Draws follow the cdf, with both error rates stated.

The Dvoretzky-Kiefer-Wolfowitz-Massart inequality bounds the largest distance D between an
empirical cdf of n draws and the true one: P(D > e) <= 2 exp(-2 n e^2). The test rejects at
e = sqrt(ln(2 / alpha) / 2n), so a correct sampler fails with probability <= alpha; a sampler whose
cdf is off by delta passes with probability <= beta once n suffices for e(alpha) + e(beta) <= delta.
"""

import math
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.priors import PriorSpec, cdf, load_catalogue, pymc_distribution, sample

ALPHA = BETA = 1e-6
DELTA = 0.05
DRAWS = 13_600
PRIORS = load_catalogue().priors
NAMED = [
    name
    for name, spec in PRIORS.items()
    if spec.family not in ("fixed", "dirichlet") and not name.startswith("region.")
]


def bound(error_rate: float, draws: int) -> float:
    return math.sqrt(math.log(2 / error_rate) / (2 * draws))


LIMIT = bound(ALPHA / len(NAMED), DRAWS)
"""The union bound over all cases keeps the whole file at ALPHA."""


def distance(spec: PriorSpec, draws: NDArray[np.float64]) -> float:
    """Return the largest distance between the empirical cdf of the draws and the prior's."""
    expected = cdf(spec, np.sort(draws))
    steps = np.arange(draws.size + 1) / draws.size
    return float(max(np.max(steps[1:] - expected), np.max(expected - steps[:-1])))


def test_the_number_of_draws_suffices() -> None:
    assert LIMIT + bound(BETA, DRAWS) <= DELTA


@pytest.mark.parametrize("name", NAMED)
def test_draws_follow_the_cdf(name: str) -> None:
    draws = sample(PRIORS[name], DRAWS, rng=np.random.default_rng(20261121))
    assert distance(PRIORS[name], draws) <= LIMIT


def test_a_wrong_scale_is_caught() -> None:
    spec = PRIORS["provider_efficiency_third_party"]
    wrong = replace(spec, parameters={**spec.parameters, "mu": spec.parameters["mu"] + 0.1})
    draws = sample(wrong, DRAWS, rng=np.random.default_rng(20261121))
    assert distance(spec, draws) > LIMIT


# PyTensor has no compiled sampler of a truncated normal, and says that it runs the plain one.
@pytest.mark.filterwarnings("ignore:Numba will use object mode:UserWarning")
@pytest.mark.parametrize("family", sorted({spec.family for spec in PRIORS.values()}))
def test_the_pymc_counterpart_follows_the_same_cdf(family: str) -> None:
    pm = import_module("pymc")
    spec = next(spec for spec in PRIORS.values() if spec.family == family)
    with pm.Model():
        variable = pymc_distribution(spec, spec.name)
    draws = np.asarray(pm.draw(variable, DRAWS, random_seed=20261121), dtype=np.float64)
    if family == "dirichlet":
        weights = np.array(list(spec.parameters.values()))
        assert np.allclose(draws.mean(axis=0), weights / weights.sum(), atol=0.01)
    elif family == "fixed":
        assert np.all(draws == spec.parameters["value"])
    else:
        assert distance(spec, draws) <= LIMIT


def test_dirichlet_shares_have_the_stated_means() -> None:
    spec = PRIORS["hardware_share"]
    draws = sample(spec, DRAWS, rng=np.random.default_rng(20261121))
    weights = np.array(list(spec.parameters.values()))
    total = weights.sum()
    assert draws.shape == (DRAWS, weights.size)
    assert np.allclose(draws.sum(axis=1), 1)
    sd = np.sqrt(weights / total * (1 - weights / total) / (total + 1) / DRAWS)
    # 5.5 standard errors: two-sided normal error rate 4e-8 per share.
    assert np.all(np.abs(draws.mean(axis=0) - weights / total) < 5.5 * sd)
