"""How much context the memory of a deployment holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import Deployment
from wh_uncertainty.model.roofline import weight_gb
from wh_uncertainty.priors import Catalogue

__all__ = ["cache_room_tok"]

_BYTES_PER_GB = 1e9
# Own judgement, on the generous side: 8 bits where many keep 16; in 4 it would hold twice as much.
_CACHE_OVER_BF16 = 0.5


def cache_room_tok(deployments: Sequence[Deployment], catalogue: Catalogue) -> NDArray[np.float64]:
    """Tokens of context that a deployment can hold at the most, per GPU.

    ``(M - P w / n) / (k / 2)`` with M memory of a GPU, P parameters of w bytes that n GPUs hold but
    once, and k bytes of key-value cache per token in bf16.

    Parameters
    ----------
    deployments : sequence of Deployment
    catalogue : Catalogue

    Returns
    -------
    ndarray of shape (deployment,)
        [tok / GPU]; infinite where GPUs or cache bytes are not known, or where the weights alone
        would not fit: something else is then not as we think.
    """
    return np.array([_room_tok(d, catalogue) for d in deployments])


def _room_tok(d: Deployment, catalogue: Catalogue) -> float:
    per_token = catalogue.models[d.model].kv_bytes_per_token_bf16
    if per_token is None or d.gpus is None:
        return np.inf
    weights_gb = weight_gb(catalogue, d.model, d.precision) / d.gpus
    room_gb = catalogue.hardware[d.hardware].hbm_gb - weights_gb
    return room_gb * _BYTES_PER_GB / (_CACHE_OVER_BF16 * per_token) if room_gb > 0 else np.inf
