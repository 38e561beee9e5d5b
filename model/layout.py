"""Numbers that describe how a deployment is laid out, with stand-ins where a source is silent."""

from __future__ import annotations

import math

from wh_uncertainty.model.deployment import Deployment

__all__ = ["log2_gpus", "logit_prefill_share"]

_NODE_GPUS = 8
_UNKNOWN_PREFILL_SHARE = 1 / 3  # the median of the deployments that state their pools
_SHARE_RANGE = (0.05, 0.95)


def log2_gpus(deployment: Deployment) -> float:
    """Return the number of GPUs in doublings of an eight-GPU node, which stands in for unknown."""
    return math.log2((deployment.gpus or _NODE_GPUS) / _NODE_GPUS)


def logit_prefill_share(deployment: Deployment) -> float:
    """Return the logit of the share of GPUs in the prefill pool, away from its ends."""
    share = _UNKNOWN_PREFILL_SHARE
    if deployment.prefill_gpus is not None and deployment.gpus:
        share = deployment.prefill_gpus / deployment.gpus
    share = min(max(share, _SHARE_RANGE[0]), _SHARE_RANGE[1])
    return math.log(share / (1 - share))
