"""Which effects and slopes act on a deployment: the columns of the hierarchy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import Deployment, parse_deployment_id
from wh_uncertainty.model.kin.kinship import kinship_basis
from wh_uncertainty.model.layout import log2_gpus, logit_prefill_share
from wh_uncertainty.model.roofline import architecture

__all__ = ["FEATURES", "GROUPS", "Design", "design_of", "feature_matrix", "group_label"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

GROUPS = ("hardware", "precision", "framework", "speculation")
FEATURES = (
    "log2_gpus",
    "log2_ep",
    "dp_attention",
    "disaggregated",
    "log2_gpus_disaggregated",
    "logit_prefill_share",
    "log2_gpus_speculative",
)

_LOG2_POOLED_NODES = float(np.log2(3))  # the median disaggregated deployment has 24 GPUs


def group_label(deployment: Deployment, group: str, stated: Mapping[str, str] | None = None) -> str:
    """Level of one grouping that a deployment belongs to.

    Parameters
    ----------
    deployment : Deployment
    group : str
        One of `GROUPS`.
    stated : mapping of str to str, optional
        Generations that users state (`stated_architectures`).

    Returns
    -------
    str
    """
    d = deployment
    parts = {
        "hardware": (d.hardware,),
        "precision": (d.precision, architecture(d.hardware, stated)),
        "framework": (d.framework,),
        "speculation": (d.spec_decoding, d.framework),
    }
    return "|".join(str(part) for part in parts[group])


def feature_matrix(deployments: Sequence[Deployment]) -> Floats:
    """Numbers that the coefficients have a slope in, in the order of `FEATURES`.

    Parameters
    ----------
    deployments : sequence of Deployment

    Returns
    -------
    ndarray of shape (deployment, feature)
    """
    return np.array([_features(d) for d in deployments], dtype=np.float64)


def _features(d: Deployment) -> tuple[float, ...]:
    nodes = log2_gpus(d)
    speculative = d.spec_decoding != "none"
    dp_attention = float(d.dp_attention or 0)
    if not d.disaggregated:
        return (nodes, float(np.log2(d.ep or 1)), dp_attention, 0.0, 0.0, 0.0, nodes * speculative)
    pools = nodes - _LOG2_POOLED_NODES
    return (0.0, 0.0, dp_attention, 1.0, pools, logit_prefill_share(d), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The hierarchy's columns for the deployments of one fit.

    Parameters
    ----------
    deployments : tuple of str
        Names, in the order of the posterior's arrays.
    levels : mapping of str to tuple of str
        Levels of every grouping that tells the deployments apart. One that splits them as another
        does, or not at all, or one by one, is left out: the data could not tell it from others.
    members : mapping of str to ndarray of shape (deployment,)
        Position of each deployment's level.
    features : ndarray of shape (deployment, feature)
        Standardised; columns that do not vary are left out.
    kept : ndarray of bool, shape (7,)
        Which of `FEATURES` vary.
    centre, scale : ndarray of shape (feature,)
        Of the standardisation.
    basis : ndarray of shape (deployment, column)
        Of the kinship between the deployments.
    """

    deployments: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    members: Mapping[str, Indices]
    features: Floats
    kept: NDArray[np.bool_]
    centre: Floats
    scale: Floats
    basis: Floats


def design_of(names: Sequence[str]) -> Design:
    """Lay out the hierarchy for some deployments.

    Parameters
    ----------
    names : sequence of str
        Deployment names (`deployment_id`).

    Returns
    -------
    Design
    """
    deployments = [parse_deployment_id(name) for name in names]
    levels: dict[str, tuple[str, ...]] = {}
    members: dict[str, Indices] = {}
    seen: set[tuple[int, ...]] = set()
    for group in GROUPS:
        labels = [group_label(d, group) for d in deployments]
        found = tuple(dict.fromkeys(labels))
        position = [found.index(label) for label in labels]
        if 1 < len(found) < len(names) and tuple(position) not in seen:
            seen.add(tuple(position))
            levels[group], members[group] = found, np.array(position, dtype=np.intp)
    raw = feature_matrix(deployments)
    kept = raw.std(axis=0) > 0
    centre, scale = raw.mean(axis=0)[kept], raw.std(axis=0)[kept]
    return Design(
        deployments=tuple(names),
        levels=levels,
        members=members,
        features=(raw[:, kept] - centre) / scale,
        kept=kept,
        centre=centre,
        scale=scale,
        basis=kinship_basis(deployments),
    )
