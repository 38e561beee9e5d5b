"""Leave one model out of the shipped sketch, and find the stored scores again.

The script makes the sketch anew without the model; here its deployments are dropped from the
shipped one, whose point its rows helped to find. That they agree says that the point hardly
matters. Both draw 400 times: the 5th percentile of a row has a standard error of
sqrt(0.05 * 0.95 / 400) / f(q05) = 0.011 / 0.103 sd = 0.11 sd, so the mean over 86 rows, whose draws
share their deployments, may move by some hundredths of a width of 3.3 sd.
"""

from dataclasses import replace

import numpy as np

from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.kin.sketch_file import load_sketch
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.scoring.left_out import score_left_out, stored_left_out
from wh_uncertainty.model.scoring.scores import summarise
from wh_uncertainty.priors import load_catalogue

MODEL = "glm-5.1"


def test_one_model_left_out_scores_as_stored() -> None:
    rows, catalogue = load_observations(), load_catalogue()
    mine = rows.rows(rows.fit & (rows.model == MODEL))
    siblings = load_sketch().of_model(MODEL, others=True)
    assert MODEL not in {parse_deployment_id(name).model for name in siblings.deployments}
    rng = np.random.default_rng(0)
    found = summarise(score_left_out(mine, siblings, catalogue, rng=rng))
    stored = stored_left_out()["model"]["by"][MODEL]
    assert found["n"] == stored["n"]
    assert abs(found["ln_mae"] - stored["ln_mae"]) < 0.08
    assert abs(found["coverage_90"] - stored["coverage_90"]) < 0.05
    assert abs(found["ln_width_90"] / stored["ln_width_90"] - 1) < 0.1


def test_siblings_make_the_prediction_narrower() -> None:
    rows, catalogue = load_observations(), load_catalogue()
    mine = rows.rows(rows.fit & (rows.model == MODEL))
    nobody = load_sketch().where(np.zeros(len(load_sketch().deployments), dtype=bool))
    alone = summarise(score_left_out(mine, nobody, catalogue, rng=np.random.default_rng(0)))
    assert alone["ln_width_90"] > 1.1 * stored_left_out()["model"]["by"][MODEL]["ln_width_90"]


def test_a_model_described_wrongly_is_told_by_its_scores() -> None:
    """A hundred times too few parameters: ln 100 is far more than half the width of 2.9."""
    rows, catalogue = load_observations(), load_catalogue()
    mine = rows.rows(rows.fit & (rows.model == MODEL))
    card = catalogue.models[MODEL]
    wrong = replace(card, active_params_b=card.active_params_b / 100)
    described = replace(catalogue, models={**catalogue.models, MODEL: wrong})
    siblings = load_sketch().of_model(MODEL, others=True)
    found = summarise(score_left_out(mine, siblings, described, rng=np.random.default_rng(0)))
    assert found["coverage_90"] < 0.2
