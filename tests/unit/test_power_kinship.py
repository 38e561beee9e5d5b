"""How alike deployments draw power, and the few that lead the others."""

import numpy as np
import pytest

from wh_uncertainty.model.board_power.kinship import kin_columns, leading_deployments, power_kinship
from wh_uncertainty.model.board_power.posterior import load_board_power
from wh_uncertainty.model.deployment import Deployment, parse_deployment_id

SEEN = "minimax-m3|b200|fp4|vllm|none|agg|g8|tp8|ep1|dp0"


@pytest.fixture(scope="module")
def measured() -> list[Deployment]:
    """Every deployment with measured power."""
    return [parse_deployment_id(name) for name in load_board_power().record["deployments"]]


@pytest.mark.parametrize(
    ("change", "expected"),
    [(("tp8", "tp4"), 1.0), (("minimax-m3", "kimi-k2.5"), 0.5), (("|b200|", "|b300|"), 0.6)],
)
def test_kinship_by_hand(change: tuple[str, str], expected: float) -> None:
    one, other = (parse_deployment_id(name) for name in (SEEN, SEEN.replace(*change)))
    assert power_kinship([one], [other])[0, 0] == pytest.approx(expected)


def test_the_columns_of_those_that_lead_make_nearly_all_of_the_kinship(
    measured: list[Deployment],
) -> None:
    lead = leading_deployments(measured)
    assert len(set(lead)) == len(lead) < len(measured)
    columns = kin_columns(measured, [measured[i] for i in lead])
    left = power_kinship(measured, measured) - columns @ columns.T
    assert np.trace(left) <= 0.005 * len(measured)
    assert np.linalg.eigvalsh(left).min() > -1e-9
    assert np.diag(left)[list(lead)] == pytest.approx(0.0, abs=1e-9)


def test_a_new_deployment_is_as_alike_to_those_that_lead_as_the_kinship_says(
    measured: list[Deployment],
) -> None:
    """With what it draws beside, its variance is one; a double of a leading one has nothing."""
    leading = [measured[i] for i in leading_deployments(measured)]
    names = [SEEN.replace("g8", "g32"), SEEN.replace("vllm", "trt"), SEEN.replace("m3", "m9")]
    new = [parse_deployment_id(name) for name in names]
    columns = kin_columns(new, leading)
    covariance = columns @ kin_columns(leading, leading).T
    assert covariance == pytest.approx(power_kinship(new, leading), abs=1e-9)
    told = (columns**2).sum(axis=1)
    assert ((told > 0) & (told < 1)).all()


def test_the_shipped_fit_is_led_by_whom_this_machine_finds(measured: list[Deployment]) -> None:
    lead = leading_deployments(measured)
    record = load_board_power().record
    assert [record["deployments"][i] for i in lead] == record["leading"]


def test_doubles_are_not_chosen_twice() -> None:
    double = [parse_deployment_id(SEEN.replace("tp8", f"tp{tp}")) for tp in (8, 4, 2)]
    assert leading_deployments(double) == (0,)
    assert kin_columns(double, double[:1]) == pytest.approx(np.ones((3, 1)))
