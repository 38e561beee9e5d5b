"""Board power of deployments: the rows, their features and the posterior's predictions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.board_power.kinship import kin_columns
from wh_uncertainty.model.deployment import Deployment, parse_deployment_id
from wh_uncertainty.model.posterior import Posterior, load_posterior
from wh_uncertainty.model.roofline import architecture

__all__ = [
    "POWER_GROUPS",
    "POWER_NUMBERS",
    "board_coefficients",
    "fraction_of_tdp",
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
#: What a deployment's power is made of: a level and its answers to load and to lengths.
POWER_NUMBERS = ("level", "load", "bend", "length")
_NODE_GPUS = 8
_TYPICAL_LOAD = 4.0  # requests per GPU; about the geometric mean of the rows with power


def load_board_power(directory: Path | None = None) -> Posterior:
    """Read the board-power posterior (see `load_posterior`)."""
    return load_posterior(POWER_NAME, directory)


def power_features(load: Any, isl_tok: Any, osl_tok: Any) -> tuple[Any, Any, Any]:
    """Features that change within a deployment: x = ln(b / 4), its square and ln(I / O).

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
    x = np.log(load / _TYPICAL_LOAD)
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


def board_coefficients(
    posterior: Posterior, names: Sequence[str], *, draw: Indices
) -> NDArray[np.float64]:
    """Numbers of deployments, in the order of `POWER_NUMBERS`.

    Measured deployments keep their own effect; others draw one from the hierarchy, around what
    their kin say. What is drawn is part of the posterior draw and belongs to a name: a deployment,
    accelerator or engine has one effect, whichever others are asked about.

    Parameters
    ----------
    posterior : Posterior
    names : sequence of str
    draw : ndarray of int, shape (n,)

    Returns
    -------
    ndarray of shape (4, n, deployment)
    """
    a = posterior.arrays
    deployments = [parse_deployment_id(name) for name in names]
    slopes = a["slope"][draw].astype(np.float64)  # GPUs, pools, x_b, its square, ln(I/O)
    out = _of_kin(posterior, names, deployments, draw)
    out[0] += a["typical"][draw][:, None] + slopes[:, :2] @ static_features(deployments).T
    out[1:] += slopes[:, 2:].T[:, :, None]
    for group in POWER_GROUPS:
        out[0] += _levels(posterior, f"{group}_effect", group, deployments, draw)
    out[1] += _levels(posterior, "load_effect", "hardware", deployments, draw)
    known = {name: i for i, name in enumerate(posterior.record["deployments"])}
    for j, name in enumerate(names):
        if name in known:
            out[0, :, j] += a["deployment_effect"][draw, known[name]]
        else:
            out[0, :, j] += a["deployment_sd"][draw] * _normals_of(len(draw), name)
    return out


def fraction_of_tdp(coefficients: Any, features: tuple[Any, Any, Any]) -> Any:
    """``exp(level + load x_b + bend x_b^2 + length ln(I/O))``, not yet capped.

    Parameters
    ----------
    coefficients
        Four arrays, as of `board_coefficients`.
    features
        `power_features`.

    Returns
    -------
    fraction
        Board W / TDP.
    """
    level, of_load, bend, length = coefficients
    x, square, lengths = features
    return np.exp(level + of_load * x + bend * square + length * lengths)


def _of_kin(
    posterior: Posterior, names: Sequence[str], deployments: Sequence[Deployment], draw: Indices
) -> Floats:
    """Draw what deployments have of their kin and, if new, beside it: shape (4, n, deployment)."""
    leading = [parse_deployment_id(name) for name in posterior.record["leading"]]
    columns = kin_columns(deployments, leading)
    weight = posterior.draws_of("kin_weight")[draw]
    out: Floats = np.moveaxis(weight @ columns.T, 1, 0).copy()
    sd, measured = posterior.arrays["kin_sd"][draw].T, set(posterior.record["deployments"])
    apart = np.sqrt(np.clip(1 - (columns**2).sum(axis=1), 0.0, None))
    for j, name in enumerate(names):
        if name not in measured:
            out[:, :, j] += apart[j] * sd * _normals_of(sd.size, "kin", name).reshape(sd.shape)
    return out


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
