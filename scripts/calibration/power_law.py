"""Board power's hierarchy as an exact Gaussian, its scales as the priors expect them.

The same terms as `model/board_power/graph.py`; quick enough to be made anew for every split.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calibration.question import Question
from calibration.splits import Split
from wh_uncertainty.model.board_power.kinship import kin_columns, leading_deployments
from wh_uncertainty.model.board_power.posterior import (
    POWER_GROUPS,
    POWER_NUMBERS,
    power_group_label,
)
from wh_uncertainty.model.board_power.rows import PowerRows, power_rows
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.scoring.scores import PROBABILITIES
from wh_uncertainty.priors import Catalogue

__all__ = ["power_quantiles"]

Floats = NDArray[np.float64]

_DRAWS = 2000
_PASSES = 12  # of the weights that tame outlying rows; they have settled by then


def power_quantiles(
    question: Question, split: Split, catalogue: Catalogue, *, rng: np.random.Generator
) -> Floats:
    """Predict board power of the rows to score.

    Parameters
    ----------
    question : Question
        Of `board_power_question`.
    split : Split
    catalogue : Catalogue
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (5, test row)
        Of ln(board W / TDP).
    """
    rows = power_rows(question.rows, catalogue)
    terms, variance = _terms(rows, split.train, catalogue)
    prior = catalogue.priors["board_typical_fraction"].parameters
    answer = question.answer - prior["mu"]
    mean, root = _posterior(terms[split.train], answer[split.train], variance, catalogue)
    drawn = mean + rng.standard_normal((_DRAWS, len(mean))) @ root
    expected = prior["mu"] + drawn @ terms[split.test].T
    dof = catalogue.priors["row_error_dof"].parameters["value"]
    error = _median("board_row_error_sd", catalogue) * rng.standard_t(dof, expected.shape)
    quantiles: Floats = np.quantile(expected + error, PROBABILITIES, axis=0)
    return quantiles


def _posterior(
    terms: Floats, answer: Floats, variance: Floats, catalogue: Catalogue
) -> tuple[Floats, Floats]:
    """Mean, and R with covariance ``R' R``, of the weights of all terms."""
    sd = _median("board_row_error_sd", catalogue)
    dof = catalogue.priors["row_error_dof"].parameters["value"]
    mean, factor = np.zeros(len(variance)), np.eye(len(variance))
    for _ in range(_PASSES):
        miss = (answer - terms @ mean) / sd
        weight = (dof + 1) / (dof + miss**2) / sd**2
        factor = np.linalg.cholesky((terms.T * weight) @ terms + np.diag(1 / variance))
        mean = np.linalg.solve(factor.T, np.linalg.solve(factor, terms.T @ (weight * answer)))
    return mean, np.linalg.inv(factor)


def _terms(
    rows: PowerRows, train: NDArray[np.bool_], catalogue: Catalogue
) -> tuple[Floats, Floats]:
    """Columns that are added up, and the prior variance of each one's weight."""
    deployments = [parse_deployment_id(name) for name in rows.deployments]
    fraction = catalogue.priors["board_typical_fraction"].parameters
    slope = catalogue.priors["board_slope_sd"].parameters["value"]
    group_sd, load_sd, own_sd = (
        _median(f"board_{name}_sd", catalogue) for name in ("group", "load", "deployment")
    )
    kin_sd = [_median(f"board_kin_{number}_sd", catalogue) for number in POWER_NUMBERS]
    at, count = rows.deployment, len(rows.ln_fraction)
    labels = {
        group: np.array([power_group_label(d, group) for d in deployments])
        for group in POWER_GROUPS
    }
    member = {g: (of[:, None] == np.unique(of)).astype(float)[at] for g, of in labels.items()}
    seen: list[int] = np.unique(at[train]).tolist()
    trained = [deployments[i] for i in seen]
    kin = kin_columns(deployments, [trained[i] for i in leading_deployments(trained)])
    apart = np.diag(np.sqrt(np.clip(1 - (kin**2).sum(axis=1), 0.0, None)))
    shares = np.hstack([kin, apart])[at]
    features = np.column_stack([np.ones(count), rows.load])
    parts = [
        (np.ones((count, 1)), fraction["sigma"]),
        (np.column_stack([rows.static[at], rows.load]), slope),
        (np.eye(len(deployments))[at], own_sd),
        (member["hardware"] * rows.load[:, :1], load_sd),
        *((member[group], group_sd) for group in POWER_GROUPS),
        *((shares * of[:, None], sd) for of, sd in zip(features.T, kin_sd, strict=True)),
    ]
    variance = [np.full(columns.shape[1], sd**2) for columns, sd in parts]
    return np.hstack([columns for columns, _ in parts]), np.concatenate(variance)


def _median(name: str, catalogue: Catalogue) -> float:
    return catalogue.priors[name].quantiles["p50"]
