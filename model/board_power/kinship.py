"""How alike two deployments draw power, and the columns that say it.

The kinship of the cost law, with the model as one more label. A fit does not carry every
deployment: a few that lead stand for what the others have in common with them, in an order that
any machine finds again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import Deployment
from wh_uncertainty.model.kin.kinship import kinship

__all__ = ["fitted_kin_columns", "kin_columns", "leading_deployments", "power_kinship"]

Floats = NDArray[np.float64]

# Own judgement: boards obey one physics under each model. Between 0.3 and 0.7 the mean absolute
# error of unseen deployments moves by 0.002.
_OTHER_MODEL = 0.5
_KEPT_VARIANCE = 0.995


def power_kinship(deployments: Sequence[Deployment], others: Sequence[Deployment]) -> Floats:
    """Correlation between what deployments' labels leave over: `kinship`, less between models.

    Parameters
    ----------
    deployments, others : sequence of Deployment

    Returns
    -------
    ndarray of shape (deployment, other)
    """
    ours, theirs = (np.array([d.model for d in group]) for group in (deployments, others))
    same_model = ours[:, None] == theirs
    alike: Floats = kinship(deployments, others) * np.where(same_model, 1.0, _OTHER_MODEL)
    return alike


def leading_deployments(deployments: Sequence[Deployment]) -> tuple[int, ...]:
    """Choose deployments until what they say of all explains nearly all of the kinship.

    Each is the one that those before it say least of (a pivoted Cholesky decomposition); of equals
    the first.

    Parameters
    ----------
    deployments : sequence of Deployment

    Returns
    -------
    tuple of int
        Positions.
    """
    alike = power_kinship(deployments, deployments)
    left, columns, chosen = np.diag(alike).copy(), np.zeros((len(alike), 0)), list[int]()
    while left.sum() > (1 - _KEPT_VARIANCE) * len(alike):
        at = int(np.argmax(np.round(left, 9)))  # rounding must not decide between equals
        column = (alike[:, at] - columns @ columns[at]) / np.sqrt(left[at])
        columns = np.column_stack([columns, column])
        left = np.maximum(left - column**2, 0.0)
        chosen.append(at)
    return tuple(chosen)


def kin_columns(deployments: Sequence[Deployment], leading: Sequence[Deployment]) -> Floats:
    """Columns ``B`` with ``B B'`` close to the kinship: ``K(d, l) C^-T``, ``C C' = K(l, l)``.

    ``1 - |B_d|^2`` is what the leading deployments say nothing of.

    Parameters
    ----------
    deployments : sequence of Deployment
    leading : sequence of Deployment
        `leading_deployments` of the fit.

    Returns
    -------
    ndarray of shape (deployment, leading)
    """
    factor = np.linalg.cholesky(power_kinship(leading, leading))
    columns: Floats = np.linalg.solve(factor, power_kinship(leading, deployments)).T
    return columns


def fitted_kin_columns(deployments: Sequence[Deployment]) -> Floats:
    """Return `kin_columns` of a fit's own deployments, led by those that it finds among them.

    Parameters
    ----------
    deployments : sequence of Deployment

    Returns
    -------
    ndarray of shape (deployment, leading)
    """
    leading = [deployments[i] for i in leading_deployments(deployments)]
    return kin_columns(deployments, leading)
