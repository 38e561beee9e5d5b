"""Evidence about some deployments against the closed form of a Gaussian posterior."""

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.kin.evidence import Evidence
from wh_uncertainty.model.kin.gaussian import Covariance, updated

Floats = NDArray[np.float64]
COUNT, SIZE = 4, 5


def random_covariance(rng: np.random.Generator, size: int) -> Floats:
    root = rng.normal(size=(size, 2 * size))
    return root @ root.T / (2 * size)


def as_sum(covariance: Floats) -> Covariance:
    """Write any covariance as a sum of products: a term for every pair of numbers."""
    pairs = np.eye(SIZE * SIZE).reshape(-1, SIZE, SIZE)
    kernels = covariance.transpose(0, 2, 1, 3).reshape(SIZE * SIZE, *covariance.shape[1::2])
    return Covariance(tuple(zip(kernels, pairs, strict=True)))


def case(rng: np.random.Generator) -> tuple[Floats, Floats, Evidence]:
    """Prior mean and covariance of six deployments, of which the first four have evidence."""
    mean = rng.normal(size=(COUNT + 2, SIZE))
    covariance = random_covariance(rng, SIZE * (COUNT + 2))
    information = np.stack([20 * random_covariance(rng, SIZE) for _ in range(COUNT)])
    shape = (SIZE, COUNT + 2, SIZE, COUNT + 2)
    return mean, covariance.reshape(shape), Evidence(information, rng.normal(size=(COUNT, SIZE)))


def closed_form(mean: Floats, covariance: Floats, evidence: Evidence) -> tuple[Floats, Floats]:
    """``(S^-1 + H)^-1``, and ``that (S^-1 m + h)``, over all six."""
    total = SIZE * (COUNT + 2)
    precision = np.linalg.inv(covariance.reshape(total, total))
    pull = precision @ mean.T.ravel()
    added, extra = np.zeros(covariance.shape), np.zeros((SIZE, COUNT + 2))
    for d in range(COUNT):
        added[:, d, :, d] = evidence.information[d]
        extra[:, d] = evidence.pull[d]
    posterior = np.linalg.inv(precision + added.reshape(total, total))
    return (posterior @ (pull + extra.ravel())).reshape(SIZE, -1), posterior


def test_a_sum_of_products_multiplies_out() -> None:
    _, covariance, _ = case(np.random.default_rng(4))
    assert as_sum(covariance).array() == pytest.approx(covariance)


def test_covariance_along_directions_is_that_of_the_sums() -> None:
    rng = np.random.default_rng(5)
    _, covariance, _ = case(rng)
    deployment, direction = np.array([3, 0, 3]), rng.normal(size=(3, SIZE))
    weights = np.zeros((3, SIZE, COUNT + 2))
    weights[np.arange(3), :, deployment] = direction
    expected = np.einsum("aid,idje,bje->ab", weights, covariance, weights)
    assert as_sum(covariance).along(deployment, direction) == pytest.approx(expected)


def test_it_is_the_closed_form() -> None:
    mean, covariance, evidence = case(np.random.default_rng(3))
    known = covariance[:, :COUNT, :, :COUNT]
    update = updated(mean[:COUNT], as_sum(known), evidence)
    between = covariance[:, :, :, :COUNT]
    expected_mean, expected_covariance = closed_form(mean, covariance, evidence)
    assert mean.T + update.shift(between) == pytest.approx(expected_mean)
    left = (covariance - update.explained(between)).reshape(expected_covariance.shape)
    assert left == pytest.approx(expected_covariance)


def test_directions_without_information_keep_the_prior() -> None:
    """Rows that tell the sum of two independent numbers say nothing of their difference."""
    prior = np.eye(SIZE).reshape(SIZE, 1, SIZE, 1)
    information = np.zeros((1, SIZE, SIZE))
    information[0, :2, :2] = 100.0
    evidence = Evidence(information, information[:, :, 0])  # the sum is about 1
    update = updated(np.zeros((1, SIZE)), as_sum(prior), evidence)
    left = np.eye(SIZE) - update.explained(prior).reshape(SIZE, SIZE)
    unit = np.array([1.0, -1.0, 0, 0, 0]) / np.sqrt(2)
    assert unit @ left @ unit == pytest.approx(1.0)
    assert update.shift(prior)[:2, 0] == pytest.approx([0.5, 0.5], rel=0.01)
    assert np.diag(left)[2:] == pytest.approx(1.0)


def test_no_evidence_changes_nothing() -> None:
    prior = np.eye(SIZE).reshape(SIZE, 1, SIZE, 1)
    nothing = Evidence(np.zeros((1, SIZE, SIZE)), np.zeros((1, SIZE)))
    update = updated(np.ones((1, SIZE)), as_sum(prior), nothing)
    assert not update.shift(prior).any()
    assert not update.explained(prior).any()
