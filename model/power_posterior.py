"""Board power of deployments: the rows, their features and the posterior's predictions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import Deployment, parse_deployment_id
from wh_uncertainty.model.posterior import Posterior, load_posterior
from wh_uncertainty.model.roofline import architecture

__all__ = [
    "POWER_GROUPS",
    "fraction_of_tdp",
    "intercepts",
    "is_measured",
    "load_board_power",
    "power_features",
    "power_group_label",
    "static_features",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

POWER_NAME = "board-power"
POWER_GROUPS = ("hardware", "model", "format", "engine")
_NODE_GPUS = 8


def load_board_power(directory: Path | None = None) -> Posterior:
    """Read the board-power posterior (see `load_posterior`)."""
    return load_posterior(POWER_NAME, directory)


def power_features(load: Any, isl_tok: Any, osl_tok: Any) -> tuple[Any, Any, Any]:
    """Features that change within a deployment: ln b, its square and ln(I / O).

    Parameters
    ----------
    load
        Requests per GPU.
    isl_tok, osl_tok
        Mean lengths.

    Returns
    -------
    tuple
    """
    x = np.log(load)
    return x, x * x, np.log(isl_tok / osl_tok)


def power_group_label(d: Deployment, group: str) -> str:
    """Level of one grouping that a deployment belongs to."""
    return {
        "hardware": d.hardware,
        "model": d.model,
        "format": f"{d.precision}|{architecture(d.hardware)}",
        "engine": f"{d.framework}|{architecture(d.hardware)}",
    }[group]


def is_measured(posterior: Posterior, hardware: str) -> bool:
    """Whether any row of this accelerator reported its power."""
    return hardware in posterior.record["levels"]["hardware"]


def intercepts(
    posterior: Posterior, names: Sequence[str], *, draw: Indices
) -> tuple[Floats, Floats]:
    """Load-independent part of ln fraction, and the slope in ln b, of deployments.

    Measured deployments keep their own effect; others draw one from the hierarchy. What is drawn
    is part of the posterior draw and belongs to a name: a deployment, accelerator or engine has one
    effect, whichever others are asked about.

    Parameters
    ----------
    posterior : Posterior
    names : sequence of str
    draw : ndarray of int, shape (n,)

    Returns
    -------
    intercept, load_slope : ndarray of shape (n, deployment)
    """
    a, record = posterior.arrays, posterior.record
    deployments = [parse_deployment_id(name) for name in names]
    slopes = a["slope"][draw].astype(np.float64)  # GPUs, pools, ln b, its square, ln(I/O)
    out = a["typical"][draw][:, None] + slopes[:, :2] @ static_features(deployments).T
    slope = np.repeat(slopes[:, 2:3], len(names), axis=1)
    known = {name: i for i, name in enumerate(record["deployments"])}
    for group in POWER_GROUPS:
        out += _levels(posterior, f"{group}_effect", group, deployments, draw)
    slope = slope + _levels(posterior, "load_effect", "hardware", deployments, draw)
    for j, name in enumerate(names):
        if name in known:
            out[:, j] += a["deployment_effect"][draw, known[name]]
        else:
            out[:, j] += a["deployment_sd"][draw] * _normals_of(len(draw), name)
    return out, slope


def fraction_of_tdp(
    intercept: Any, load_slope: Any, bend: Any, length_slope: Any, features: tuple[Any, Any, Any]
) -> Any:
    """``exp(intercept + slope ln b + bend (ln b)^2 + length ln(I/O))``, not yet capped.

    Parameters
    ----------
    intercept, load_slope, bend, length_slope
        Of the posterior.
    features
        `power_features`.

    Returns
    -------
    fraction
        Board W / TDP.
    """
    x, square, lengths = features
    return np.exp(intercept + load_slope * x + bend * square + length_slope * lengths)


def _levels(
    posterior: Posterior, effect: str, group: str, deployments: Sequence[Deployment], draw: Indices
) -> Floats:
    """Effects of one grouping on every deployment, shape (n, deployment)."""
    labels = [power_group_label(d, group) for d in deployments]
    column = {label: k for k, label in enumerate(dict.fromkeys(labels))}
    of_label = np.stack([_level(posterior, effect, group, label, draw) for label in column], axis=1)
    return of_label[:, [column[label] for label in labels]]


def _level(posterior: Posterior, effect: str, group: str, label: str, draw: Indices) -> Floats:
    levels = posterior.record["levels"][group]
    if label in levels:
        fitted = posterior.arrays[effect][draw, levels.index(label)]
        return np.asarray(fitted, dtype=np.float64)
    sd = posterior.arrays[effect.replace("_effect", "_sd")][draw]
    return np.asarray(sd * _normals_of(len(draw), effect, label))


def _normals_of(n: int, *name: str) -> Floats:
    digest = hashlib.sha256("\0".join(name).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest)).standard_normal(n)


def static_features(deployments: Sequence[Deployment]) -> Floats:
    """Features that do not change with load: log2 of GPUs over a node; separate pools (0/1).

    Parameters
    ----------
    deployments : sequence of Deployment

    Returns
    -------
    ndarray of shape (deployment, 2)
    """
    return np.array(
        [[np.log2((d.gpus or _NODE_GPUS) / _NODE_GPUS), d.disaggregated] for d in deployments],
        dtype=np.float64,
    )
