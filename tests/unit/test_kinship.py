"""How alike deployments are, and the columns that say it."""

import numpy as np
import pytest

from wh_uncertainty.model.deployment import Deployment, parse_deployment_id
from wh_uncertainty.model.hierarchy import own_share
from wh_uncertainty.model.kin.kinship import kinship, kinship_basis
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()
SEEN = "gpt-oss-120b|b200|fp4|vllm|none|agg|g8|tp8|ep1|dp0"
POOLS = "gpt-oss-120b|b200|fp4|vllm|none|disagg|g24|p8|d16|tp?|ep?|dp0"


@pytest.fixture(scope="module")
def benchmarked() -> list[Deployment]:
    """Every deployment of one model."""
    table = load_observations()
    names = np.unique(table.configuration[table.model == "minimax-m2.5"])
    return [parse_deployment_id(name) for name in names.tolist()]


def alike(one: str, other: str) -> float:
    return float(kinship([parse_deployment_id(one)], [parse_deployment_id(other)])[0, 0])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("g8", "g8"), 1.0),
        (("|b200|", "|b300|"), 0.6),  # another accelerator of one architecture
        (("|b200|", "|h200|"), 0.6 * 0.5),
        (("|fp4|", "|fp8|"), 0.5),
        (("|none|", "|mtp|"), 0.85),
        (("g8|", "g4|"), np.exp(-0.5 / 1.5**2)),  # one doubling
        (("ep1", "ep8"), np.exp(-0.5 * (3 / 2) ** 2)),
    ],
)
def test_kinship_by_hand(change: tuple[str, str], expected: float) -> None:
    assert alike(SEEN, SEEN.replace(*change)) == pytest.approx(expected)


def test_separate_pools_share_nothing_with_one_pool() -> None:
    assert alike(SEEN, POOLS) == 0.0
    assert alike(POOLS, POOLS.replace("p8|d16", "p16|d8")) == pytest.approx(
        np.exp(-0.5 * (2 * np.log(2) / 1.5) ** 2)  # logit 1/3 against logit 2/3
    )


def test_kinship_is_a_correlation(benchmarked: list[Deployment]) -> None:
    matrix = kinship(benchmarked, benchmarked)
    assert np.array_equal(matrix, matrix.T)
    assert (np.diag(matrix) == 1).all()
    assert np.linalg.eigvalsh(matrix).min() > -1e-9


def test_the_basis_keeps_nearly_all_of_it(benchmarked: list[Deployment]) -> None:
    matrix, basis = kinship(benchmarked, benchmarked), kinship_basis(benchmarked)
    assert basis.shape[1] < len(benchmarked)
    left = matrix - basis @ basis.T
    assert np.trace(left) < 0.05 * len(benchmarked)
    assert np.linalg.eigvalsh(left).min() > -1e-9
    gram = basis.T @ basis
    assert gram == pytest.approx(np.diag(np.diag(gram)), abs=1e-9)


def test_every_deployment_keeps_something_of_its_own(benchmarked: list[Deployment]) -> None:
    share = CATALOGUE.priors["kinship_share"].parameters["value"]
    own = own_share(kinship_basis(benchmarked), CATALOGUE)
    assert (own >= 1 - share - 1e-12).all()
    assert (own <= 1).all()
