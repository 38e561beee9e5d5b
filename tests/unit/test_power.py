"""From boards to the meter, by hand."""

import numpy as np
import pytest

from wh_uncertainty.model.board_power.posterior import (
    POWER_GROUPS,
    POWER_NUMBERS,
    board_coefficients,
    fraction_of_tdp,
    is_measured,
    load_board_power,
    power_features,
)
from wh_uncertainty.model.power import (
    board_energy_wh,
    energy_wh,
    provisioned_wh,
)


def test_an_hour_of_a_kilowatt_board() -> None:
    assert board_energy_wh(3600.0, 1000.0) == pytest.approx(1000.0)


@pytest.mark.parametrize(
    ("boundary", "expected_wh"), [("board", 2.0), ("it", 2.5), ("facility", 3.0)]
)
def test_each_boundary_by_hand(boundary: str, expected_wh: float) -> None:
    assert energy_wh(7.2, 1000.0, 250.0, 1.2, boundary) == pytest.approx(expected_wh)


def test_provisioned_power_takes_neither_host_nor_pue() -> None:
    # the article's first table: 2.17 kW, 9,216 tokens at 1,638.7 tok/s
    assert provisioned_wh(9216 / 1638.7, 2.17) == pytest.approx(3.39, abs=0.005)


def test_an_hour_at_a_provisioned_kilowatt() -> None:
    assert provisioned_wh(3600.0, 1.0) == pytest.approx(1000.0, rel=1e-12)


def test_board_fraction_by_hand() -> None:
    features = power_features(4 * np.e, 2048.0, 1024.0)  # four requests per GPU are where x is 0
    assert features == pytest.approx((1.0, 1.0, np.log(2)))
    fraction = fraction_of_tdp((np.log(0.5), 0.1, -0.02, 0.05), features)
    assert fraction == pytest.approx(0.5 * np.exp(0.08) * 2**0.05)


def test_a_measured_deployment_keeps_its_effect_and_a_new_one_draws_it() -> None:
    power = load_board_power()
    known: str = power.record["leading"][0]
    new = known.replace("|tp", "|tp1")  # of the same kin in all but its name
    assert new not in power.record["deployments"]
    numbers = board_coefficients(power, [known, new], draw=np.arange(power.draws))
    level = numbers[0]
    own = power.arrays["deployment_effect"][:, power.record["deployments"].index(known)]
    apart = level[:, 1] - (level[:, 0] - own)  # all else is the same
    assert abs(float(np.corrcoef(apart, own)[0, 1])) < 0.2
    assert apart.std() == pytest.approx(power.arrays["deployment_sd"].mean(), rel=0.2)
    assert numbers[1:, :, 0] == pytest.approx(numbers[1:, :, 1], abs=1e-6)


def test_the_further_from_its_kin_the_less_is_known_of_a_deployment() -> None:
    power = load_board_power()
    near = "minimax-m3|b200|fp8|vllm|none|agg|g4|tp9|ep1|dp0"
    far = near.replace("|g4|", "|g64|").replace("|ep1|", "|ep64|")
    numbers = board_coefficients(power, [near, far], draw=np.arange(power.draws))
    spread = dict(zip(POWER_NUMBERS, numbers.std(axis=1), strict=True))
    for number, kin_sd in zip(POWER_NUMBERS, power.arrays["kin_sd"].mean(axis=0), strict=True):
        of_near, of_far = spread[number]
        assert of_near < of_far
        assert of_far > 0.8 * kin_sd


def test_an_effect_that_was_not_measured_belongs_to_a_name_and_not_to_a_question() -> None:
    power = load_board_power()
    names = [
        f"{model}|h100|fp8|vllm|none|agg|g{gpus}|tp{gpus}|ep1|dp0"
        for model in ("new-a", "new-b")
        for gpus in (8, 4)
    ]
    draw = np.arange(power.draws)
    numbers = board_coefficients(power, names, draw=draw)
    for k, name in enumerate(names):
        alone = board_coefficients(power, [name], draw=draw)[:, :, 0]
        assert alone == pytest.approx(numbers[:, :, k], abs=1e-12)
    # Deployments of one new model share what is not known of it; two new models do not.
    level = numbers[0]
    of_one, of_two = (float(np.corrcoef(level[:, 0], level[:, k])[0, 1]) for k in (1, 2))
    assert of_one > of_two + 0.1


def test_what_was_measured_is_what_the_record_lists() -> None:
    power = load_board_power()
    assert set(power.record["levels"]) == set(POWER_GROUPS)
    assert is_measured(power, "b200")
    assert not is_measured(power, "abacus")
