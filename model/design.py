"""Which effects and slopes act on a deployment: the columns of the hierarchy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import Deployment, parse_deployment_id
from wh_uncertainty.model.roofline import ARCHITECTURES

__all__ = ["FEATURES", "GROUPS", "Design", "design_of", "feature_matrix", "group_label"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

GROUPS = ("hardware", "precision", "framework", "speculation", "configuration")
FEATURES = (
    "log2_gpus",
    "log2_ep",
    "dp_attention",
    "disaggregated",
    "log2_gpus_disaggregated",
    "logit_prefill_share",
    "log2_gpus_speculative",
)

_NODE_GPUS = 8  # features are relative to one eight-GPU node, ...
_POOLED_GPUS = 24  # ... and to the median disaggregated deployment of the table
_UNKNOWN_PREFILL_SHARE = 1 / 3  # where the pools are not stated: the median of those that are


def group_label(deployment: Deployment, group: str) -> str:
    """Level of one grouping that a deployment belongs to.

    Parameters
    ----------
    deployment : Deployment
    group : str
        One of `GROUPS`.

    Returns
    -------
    str
    """
    d = deployment
    parts = {
        "hardware": (d.hardware,),
        "precision": (d.precision, ARCHITECTURES[d.hardware]),
        "framework": (d.framework,),
        "speculation": (d.spec_decoding, d.framework),
        "configuration": (d.hardware, d.precision, d.framework, d.spec_decoding, d.disaggregated),
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
    gpus = d.gpus or _NODE_GPUS
    nodes = float(np.log2(gpus / _NODE_GPUS))
    speculative = d.spec_decoding != "none"
    dp_attention = float(d.dp_attention or 0)
    if not d.disaggregated:
        return (nodes, float(np.log2(d.ep or 1)), dp_attention, 0.0, 0.0, 0.0, nodes * speculative)
    share = _UNKNOWN_PREFILL_SHARE if d.prefill_gpus is None else d.prefill_gpus / gpus
    share = min(max(share, 0.05), 0.95)
    pools = float(np.log2(gpus / _POOLED_GPUS))
    return (0.0, 0.0, dp_attention, 1.0, pools, float(np.log(share / (1 - share))), 0.0)


@dataclass(frozen=True, slots=True)
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
    """

    deployments: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    members: Mapping[str, Indices]
    features: Floats
    kept: NDArray[np.bool_]
    centre: Floats
    scale: Floats


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
        tuple(names), levels, members, (raw[:, kept] - centre) / scale, kept, centre, scale
    )
