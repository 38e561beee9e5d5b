"""How alike deployments of all models are before their rows are seen."""

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.kin.relatedness import prior_covariance, prior_mean
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.roofline import ln_roofline
from wh_uncertainty.priors import load_catalogue

Floats = NDArray[np.float64]
CATALOGUE = load_catalogue()
HERE = "gpt-oss-120b|b200|fp4|vllm|none|agg|g8|tp8|ep1|dp0"
ELSEWHERE = HERE.replace("gpt-oss-120b", "minimax-m2.5")


def value(name: str) -> float:
    return CATALOGUE.priors[name].parameters["value"]


def covariance(one: str, other: str) -> Floats:
    both = [parse_deployment_id(name) for name in (one, other)]
    return prior_covariance(both, both, CATALOGUE).array()[:, 0, :, 1]


def variance(name: str) -> Floats:
    alone = [parse_deployment_id(name)]
    return np.diag(prior_covariance(alone, alone, CATALOGUE).array()[:, 0, :, 0])


def test_the_mean_is_the_roofline_and_what_reality_takes_of_it() -> None:
    mean = prior_mean([parse_deployment_id(HERE)], CATALOGUE)[0]
    typical = [
        np.log(CATALOGUE.priors[f"{name}_over_roofline"].quantiles["p50"])
        for name in ("prefill", "weight", "step", "kv")
    ]
    roofline = ln_roofline(CATALOGUE, "gpt-oss-120b", "b200", "fp4")
    assert mean[:4] == pytest.approx(roofline + typical)
    assert mean[4] == pytest.approx(CATALOGUE.priors["stall_logit"].quantiles["p50"])


def test_one_layout_under_two_models_by_hand() -> None:
    """Four labels, no feature (eight GPUs are the origin), the same kin: shared terms alone."""
    shared, kin = value("shared_label_sd"), value("shared_kin_sd")
    generation, rho = value("deployment_spread_blackwell"), value("effect_correlation")
    ours, theirs = (value(f"model_spread_{d.split('|')[0]}") for d in (HERE, ELSEWHERE))
    expected = 4 * shared**2 + (kin * generation) ** 2 * ours * theirs
    found = covariance(HERE, ELSEWHERE)
    assert np.diag(found)[:4] == pytest.approx(expected)
    assert found[0, 1] == pytest.approx(rho * expected)
    assert found[4, 4] == pytest.approx(4 * shared**2 / 4)  # half the sd, and no kin
    assert not found[4, :4].any()


def test_a_model_knows_itself_best() -> None:
    neighbour = covariance(HERE, HERE.replace("g8|tp8", "g4|tp4"))
    other = covariance(HERE, ELSEWHERE)
    assert (variance(HERE) > np.diag(neighbour)).all()
    assert (np.diag(neighbour) > np.diag(other)).all()


def test_deployments_of_younger_software_stand_further_apart() -> None:
    assert (variance(HERE.replace("|b200|", "|mi355x|")) > variance(HERE)).all()


def test_a_model_or_an_accelerator_of_its_own_scatter_stands_further_apart() -> None:
    """What is particular to a deployment grows with the product of the spreads."""

    def own(name: str) -> float:
        with_its_double = covariance(name, name)  # two deployments alike in all that is named
        return float((variance(name) - np.diag(with_its_double))[0])

    usual = own(HERE)
    rack = own(HERE.replace("|b200|", "|gb200|"))
    assert rack / usual == pytest.approx(value("accelerator_spread_gb200") ** 2)
    model = value("model_spread_deepseek-v4-pro") / value("model_spread_gpt-oss-120b")
    assert own(HERE.replace("gpt-oss-120b", "deepseek-v4-pro")) / usual == pytest.approx(model**2)


def test_a_model_of_which_nothing_is_said_is_like_the_mean_of_the_others() -> None:
    said = [
        spec.parameters["value"]
        for name, spec in CATALOGUE.priors.items()
        if name.startswith("model_spread_") and not name.endswith("_unknown")
    ]
    assert len(said) == 10
    rms = float(np.sqrt(np.mean(np.square(said))))
    assert value("model_spread_unknown") == pytest.approx(rms, abs=0.05)


def test_it_is_a_covariance() -> None:
    """Symmetric and positive over every twentieth deployment of the table."""
    names = np.unique(load_observations().configuration)[::20].tolist()
    parsed = [parse_deployment_id(name) for name in names if name.split("|")[2] in ("fp4", "fp8")]
    matrix = prior_covariance(parsed, parsed, CATALOGUE).array().reshape(5 * len(parsed), -1)
    assert np.array_equal(matrix, matrix.T)
    assert np.linalg.eigvalsh(matrix).min() > 0
