"""What is to be predicted of which rows, and the columns that a plain predictor sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import LABELS
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.priors import Catalogue

__all__ = ["Question", "board_power_question", "cost_question"]

Floats = NDArray[np.float64]

_LABELS = (*LABELS, "aggregation")
_COUNTS = (
    "gpus",
    "prefill_gpus",
    "decode_gpus",
    "tp",
    "ep",
    "load",
    "mean_isl_tok",
    "mean_osl_tok",
)
_FLAGS = ("disaggregated", "dp_attention")
_CARD = ("active_params_b", "total_params_b")
_MACHINE = ("tdp_w", "hbm_tbps", "hbm_gb", "fp8_dense_tflops")


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Rows, and a logarithm to predict of each.

    Parameters
    ----------
    rows : Observations
    answer : ndarray of shape (row,)
        ln GPU-seconds per query, or ln(board W / TDP).
    columns : ndarray of shape (row, column)
        Labels as codes, then numbers. Sizes of models and figures of accelerators are among them:
        what there is to go by when one was never seen.
    labels : int
        How many of the columns are codes of labels.
    ln_active_params : ndarray of shape (row,)
        Of its model [10^9].
    """

    rows: Observations
    answer: Floats
    columns: Floats
    labels: int
    ln_active_params: Floats


def cost_question(observations: Observations, catalogue: Catalogue) -> Question:
    """Ask for ln GPU-seconds per query of the rows that may enter the fit.

    Parameters
    ----------
    observations : Observations
    catalogue : Catalogue

    Returns
    -------
    Question
    """
    rows = observations.rows(observations.fit)
    return _asked(rows, np.log(rows.gpu_s_per_query), catalogue)


def board_power_question(observations: Observations, catalogue: Catalogue) -> Question:
    """Ask for ln(board W / TDP) of the rows whose board power is sound.

    Parameters
    ----------
    observations : Observations
    catalogue : Catalogue

    Returns
    -------
    Question
    """
    rows = observations.rows(observations.power_fit)
    tdp = np.array([catalogue.hardware[name].tdp_w for name in rows.hardware.tolist()])
    return _asked(rows, np.log(rows.board_w / tdp), catalogue)


def _asked(rows: Observations, answer: Floats, catalogue: Catalogue) -> Question:
    coded = [np.unique(getattr(rows, name), return_inverse=True)[1] for name in _LABELS]
    counts = [np.log(getattr(rows, name)) for name in _COUNTS]
    plain = [getattr(rows, name) for name in _FLAGS]
    cards = [catalogue.models[name] for name in rows.model.tolist()]
    machines = [catalogue.hardware[name] for name in rows.hardware.tolist()]
    sizes = [np.log([getattr(card, name) for card in cards]) for name in _CARD]
    figures = [np.log([getattr(one, name) for one in machines]) for name in _MACHINE]
    columns = np.column_stack([*coded, *counts, *plain, *sizes, *figures]).astype(np.float64)
    return Question(rows, answer, columns, len(_LABELS), sizes[0])
