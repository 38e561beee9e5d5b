from dataclasses import replace

import numpy as np
import pytest

from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.scoring.held_out import held_out_deployments, surely_unseen


@pytest.fixture(scope="module")
def observations() -> Observations:
    return load_observations()


def test_same_seed_same_choice_in_any_row_order(observations: Observations) -> None:
    shuffled = observations.rows(np.random.default_rng(3).permutation(len(observations)))
    assert held_out_deployments(observations, seed=0) == held_out_deployments(shuffled, seed=0)
    assert held_out_deployments(observations, seed=0) != held_out_deployments(observations, seed=1)


def test_every_model_gives_its_share(observations: Observations) -> None:
    held = held_out_deployments(observations, 0.15, seed=0)
    fitted = observations.rows(observations.fit)
    for model in ("gpt-oss-120b", "deepseek-r1-0528", "glm-5.1"):
        names = np.unique(fitted.configuration[fitted.model == model])
        assert np.isin(names, held).mean() == pytest.approx(0.15, abs=0.05)


def test_vaguer_descriptions_follow_the_deployment_they_may_be(
    observations: Observations,
) -> None:
    stem = "m|b200|fp4|vllm|none|agg|g8|tp8"
    names = [f"{stem}|ep{ep}|dp{dp}" for ep in (1, 2, 4, 8) for dp in (0, 1)]
    names.append(f"{stem}|ep?|dp0")
    few = replace(
        observations.rows(np.arange(len(names))),
        configuration=np.array(names),
        model=np.full(len(names), "m"),
        fit=np.ones(len(names), dtype=np.bool_),
    )
    for seed in range(20):
        held = held_out_deployments(few, 0.15, seed=seed)
        assert (names[-1] in held) == held[0].endswith("dp0")
        assert len(held) == 1 + held[0].endswith("dp0")


def test_what_may_be_machines_of_the_fit_is_not_surely_unseen(observations: Observations) -> None:
    stem = "m|b200|fp4|vllm|none|agg|g8|tp8"
    chosen, kept = f"{stem}|ep8|dp0", f"{stem}|ep1|dp0"
    vague, vaguer = f"{stem}|ep8|dp?", f"{stem}|ep?|dp0"
    names = [chosen, kept, vague, vaguer]
    few = replace(
        observations.rows(np.arange(len(names))),
        configuration=np.array(names),
        fit=np.ones(len(names), dtype=np.bool_),
    )
    assert surely_unseen((chosen, vague, vaguer), few) == (chosen, vague)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, float("nan")])
def test_fraction_must_be_a_share(observations: Observations, fraction: float) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        held_out_deployments(observations, fraction, seed=0)
