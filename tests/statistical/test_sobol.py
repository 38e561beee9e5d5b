"""Sobol' indices against closed forms.

The bootstrap gives 95 % intervals. Of 120 independent ones at least 104 hold the truth but with
probability 1e-4; points of a Sobol' sequence do better than the bootstrap supposes.
"""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.sobol import (
    Estimates,
    SobolIndices,
    paired_points,
    sobol_indices,
)

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]

SEEDS = range(20)
# Ishigami and Homma 1990 with a = 7, b = 0.1; variances by hand.
A, B = 7.0, 0.1
V1 = (1 + B * np.pi**4 / 5) ** 2 / 2
V2 = A**2 / 8
V13 = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
ISHIGAMI_FIRST = np.array([V1, V2, 0.0]) / (V1 + V2 + V13)
ISHIGAMI_TOTAL = np.array([V1 + V13, V2, V13]) / (V1 + V2 + V13)
SIGMA = np.array([0.5, 0.3, 0.1])


def ishigami(u: Floats) -> Floats:
    x = np.pi * (2 * u - 1)
    wave: Floats = np.sin(x[:, 0]) * (1 + B * x[:, 2] ** 4) + A * np.sin(x[:, 1]) ** 2
    return wave


def lognormal_product(u: Floats) -> Floats:
    from scipy.special import ndtri

    product: Floats = np.exp(ndtri(np.clip(u, 1e-12, 1 - 1e-12)) @ SIGMA)
    return product


def indices_of(f: Function, dimensions: int, seed: int, log2_n: int = 12) -> SobolIndices:
    rng = np.random.default_rng(seed)
    a, b = paired_points(dimensions, log2_n, rng)
    mixed = [a.copy() for _ in range(dimensions)]
    for k, points in enumerate(mixed):
        points[:, k] = b[:, k]
    return sobol_indices(f(a), f(b), np.array([f(points) for points in mixed]), rng=rng)


def inside(estimates: Estimates, truth: Floats) -> int:
    return int(((estimates.low <= truth) & (truth <= estimates.high)).sum())


def lognormal_truth() -> tuple[Floats, Floats]:
    """Of a product of lognormals, ``V = prod exp(s^2) - 1`` up to a common factor."""
    own = np.expm1(SIGMA**2)
    variance = np.prod(1 + own) - 1
    return own / variance, own * np.prod(1 + own) / (1 + own) / variance


@pytest.mark.parametrize(
    ("f", "first", "total"),
    [(ishigami, ISHIGAMI_FIRST, ISHIGAMI_TOTAL), (lognormal_product, *lognormal_truth())],
)
def test_intervals_hold_the_closed_form(f: Function, first: Floats, total: Floats) -> None:
    runs = [indices_of(f, 3, seed) for seed in SEEDS]
    held = sum(inside(r.first, first) + inside(r.total, total) for r in runs)
    assert held >= 104
    assert np.mean([r.first.value for r in runs], axis=0) == pytest.approx(first, abs=0.01)
    assert np.mean([r.total.value for r in runs], axis=0) == pytest.approx(total, abs=0.01)


def test_an_input_that_does_nothing_has_no_index() -> None:
    found = indices_of(lambda u: u[:, 0] + 2 * u[:, 1], 3, seed=1)
    assert found.first.value[2] == found.total.value[2] == 0
    assert found.first.high[2] == found.total.high[2] == 0


def test_sums_respect_their_bounds() -> None:
    for seed in SEEDS:
        found = indices_of(ishigami, 3, seed)
        error = (found.first.high - found.first.low).sum() / 2
        assert found.first.value.sum() <= 1 + error
        assert found.total.value.sum() >= 1 - error
        assert np.all(found.total.high >= found.first.low)


def test_what_does_not_vary_has_zero_indices() -> None:
    found = indices_of(lambda u: np.full(len(u), 7.0), 2, seed=0)
    assert found.variance == 0
    assert np.all(found.first.value == 0)
    assert np.all(found.total.high == 0)


def test_intervals_narrow_with_points() -> None:
    few, many = (indices_of(ishigami, 3, 3, log2_n=k) for k in (8, 14))
    assert np.all(many.total.high - many.total.low < (few.total.high - few.total.low) / 4)
