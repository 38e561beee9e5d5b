"""Coefficients out of a posterior: of deployments in the fit, and of new ones."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients
from wh_uncertainty.model.cost_posterior import known_coefficients, load_cost_law
from wh_uncertainty.model.kin.evidence import Evidence
from wh_uncertainty.model.kin.new_deployments import learnt_from, new_coefficients
from wh_uncertainty.model.kin.sketch import Sketch
from wh_uncertainty.model.kin.sketch_file import load_sketch
from wh_uncertainty.model.posterior import Posterior
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()
# One other model: all nine would take a second at each call.
SKETCH = load_sketch().of_model("minimax-m2.5")
NOTHING = Evidence(np.zeros((0, 5, 5)), np.zeros((0, 5)))
MODEL = "gpt-oss-120b"
SEEN = f"{MODEL}|b200|fp4|vllm|none|agg|g8|tp8|ep1|dp0"


@pytest.fixture(scope="module")
def posterior() -> Posterior:
    return load_cost_law(MODEL)


def new(posterior: Posterior, *names: str, seed: int = 0, sketch: Sketch = SKETCH) -> Coefficients:
    draw = np.arange(len(posterior.arrays["base"]))
    rng = np.random.default_rng(seed)
    siblings = learnt_from(sketch, CATALOGUE, without=MODEL)
    return new_coefficients(posterior, names, siblings, CATALOGUE, draw=draw, rng=rng)


def columns(law: Coefficients) -> list[NDArray[np.float64]]:
    return [law.alpha, law.beta_weight, law.beta_step, law.gamma, law.phi]


def test_known_coefficients_are_positive_and_shares_are_shares(posterior: Posterior) -> None:
    count = len(posterior.record["deployments"])
    law = known_coefficients(posterior, range(count))
    pooled = np.array([d["disaggregated"] for d in posterior.record["deployments"]])
    for values in columns(law):
        assert values.shape == (len(posterior.arrays["base"]), count)
        assert np.isfinite(values).all()
    assert all((values > 0).all() for values in columns(law)[:4])
    assert (law.phi[:, pooled] == 0).all()
    assert ((law.phi[:, ~pooled] > 0) & (law.phi[:, ~pooled] < 1)).all()


def test_known_coefficients_come_in_the_order_asked(posterior: Posterior) -> None:
    both, second = known_coefficients(posterior, [4, 2]), known_coefficients(posterior, [2])
    assert np.array_equal(both.alpha[:, 1], second.alpha[:, 0])


def test_a_deployment_treated_as_new_is_wider_and_near(posterior: Posterior) -> None:
    names = [d["name"] for d in posterior.record["deployments"]]
    known = known_coefficients(posterior, [names.index(SEEN)])
    fresh = new(posterior, SEEN)
    # Not so cache reads: few deployments' own rows say more of them than all their kin do.
    for mine, theirs in zip(columns(known)[:3], columns(fresh)[:3], strict=True):
        assert np.log(theirs).std() > np.log(mine).std()
        low, high = np.quantile(np.log(theirs), [0.001, 0.999])
        assert low < np.log(mine).mean() < high


def test_unknown_machines_are_wider_still(posterior: Posterior) -> None:
    strange = SEEN.replace("|b200|", "|b300|").replace("|vllm|", "|hand-written|")
    seen, unseen = new(posterior, SEEN), new(posterior, strange)
    assert np.log(unseen.alpha).std() > np.log(seen.alpha).std()
    assert np.isfinite(np.log(unseen.alpha)).all()


def test_close_kin_are_surer_than_distant_ones(posterior: Posterior) -> None:
    near = new(posterior, SEEN.replace("g8|tp8", "g6|tp6"))
    far = new(posterior, SEEN.replace("g8|tp8|ep1", "g512|tp512|ep64"))
    assert np.log(near.beta_weight).std() < np.log(far.beta_weight).std()


def test_a_precision_the_fit_has_never_seen_widens(posterior: Posterior) -> None:
    seen, unseen = new(posterior, SEEN), new(posterior, SEEN.replace("|fp4|", "|int4|"))
    for mine, theirs in zip(columns(seen)[:4], columns(unseen)[:4], strict=True):
        assert np.log(theirs).std() > 1.02 * np.log(mine).std()


def test_other_models_narrow_what_is_new(posterior: Posterior) -> None:
    """An engine that this model never ran on, but others did."""
    elsewhere = SEEN.replace("|vllm|", "|sglang|")
    nobody = replace(SKETCH, deployments=(), numbers=SKETCH.numbers[:0], evidence=NOTHING)
    told, alone = new(posterior, elsewhere), new(posterior, elsewhere, sketch=nobody)
    assert np.log(told.beta_weight).std() < np.log(alone.beta_weight).std()


def test_what_the_sketch_says_of_the_posteriors_own_model_is_not_looked_at(
    posterior: Posterior,
) -> None:
    own = load_sketch().of_model(MODEL)
    nobody = replace(SKETCH, deployments=(), numbers=SKETCH.numbers[:0], evidence=NOTHING)
    mine, theirs = (new(posterior, SEEN, sketch=sketch).alpha for sketch in (own, nobody))
    assert np.array_equal(mine, theirs)


def test_new_levels_are_shared_by_the_deployments_that_have_them(posterior: Posterior) -> None:
    strange = [
        SEEN.replace("|vllm|", "|hand-written|").replace("g8|tp8", g) for g in ("g8|tp8", "g4|tp4")
    ]
    law = new(posterior, *strange)
    ln = np.log(law.alpha)
    apart, single = (ln[:, 0] - ln[:, 1]).std(), ln.std(axis=0).mean()
    assert apart < 1.4 * single  # independent ones would stand sqrt(2) apart
    assert np.corrcoef(ln[:, 0], ln[:, 1])[0, 1] > 0.1


def test_new_pools_do_not_stall(posterior: Posterior) -> None:
    pools = f"{MODEL}|gb200|fp4|dynamo-trt|none|disagg|g6|p1|d5|tp?|ep?|dp1"
    assert (new(posterior, pools).phi == 0).all()


def test_one_seed_one_answer(posterior: Posterior) -> None:
    first, again, other = (new(posterior, SEEN, seed=s) for s in (0, 0, 1))
    assert np.array_equal(first.gamma, again.gamma)
    assert not np.array_equal(first.gamma, other.gamma)
