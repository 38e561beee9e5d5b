"""The cost law without the sampler: the Gaussian sketch of all models, rows left out."""

from __future__ import annotations

import numpy as np

from calibration.question import Question
from calibration.splits import Split
from wh_uncertainty.model.kin.sketch import Sketch, sketch_models
from wh_uncertainty.model.kin.sketch_file import load_sketch
from wh_uncertainty.model.scoring.left_out import score_left_out
from wh_uncertainty.model.scoring.scores import RowScores
from wh_uncertainty.priors import Catalogue

__all__ = ["score_cost_sketch"]


def score_cost_sketch(
    question: Question,
    split: Split,
    catalogue: Catalogue,
    *,
    anew: bool,
    rng: np.random.Generator,
) -> RowScores:
    """Score the sketch on deployments that it has no rows of.

    Parameters
    ----------
    question : Question
        Of `cost_question`.
    split : Split
        Whose test rows are of whole deployments.
    catalogue : Catalogue
    anew : bool
        Make the sketch of the rows to learn from. Else drop deployments from the shipped one: it
        takes a tenth of the time, but the point around which the kept rows' evidence is expanded
        was found with the rows to score among the others.
    rng : numpy.random.Generator

    Returns
    -------
    RowScores
        In the order of the rows to score.
    """
    train, test = question.rows.rows(split.train), question.rows.rows(split.test)
    sketch = (
        sketch_models(train, catalogue) if anew else _without(load_sketch(), test.configuration)
    )
    return score_left_out(test, sketch, catalogue, rng=rng)


def _without(sketch: Sketch, dropped: np.ndarray) -> Sketch:
    return sketch.where(~np.isin(np.array(sketch.deployments), dropped))
