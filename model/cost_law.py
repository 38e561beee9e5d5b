"""GPU-seconds and inter-token time of a query from four coefficients.

Every function takes numpy arrays and PyTensor tensors alike: only ``+ - * / **`` and ``exp``-free
arithmetic, so that the fit and the simulation share one set of equations.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Coefficients",
    "TokenMoments",
    "gpu_s_per_query",
    "inter_token_time_s",
    "load_at_inter_token_time",
    "tokens_of_one_query",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Coefficients:
    """The cost law of one deployment; arrays or tensors that broadcast against each other.

    Parameters
    ----------
    alpha
        Prefill compute [GPU-s / tok].
    beta_weight
        Decode weight traffic, shared sub-linearly by the batch [GPU-s / tok at one request/GPU].
    beta_step
        Fixed cost of a decode step, shared by the whole batch [GPU-s / tok at one request/GPU].
    gamma
        Key-value cache reads [GPU-s / tok^2].
    phi
        Share of prefill time that stalls decoding [1], in [0, 1].
    """

    alpha: Any
    beta_weight: Any
    beta_step: Any
    gamma: Any
    phi: Any

    def map(self, change: Callable[[Any], Any]) -> "Coefficients":
        """Apply one change, such as choosing rows, to every coefficient."""
        return Coefficients(
            change(self.alpha),
            change(self.beta_weight),
            change(self.beta_step),
            change(self.gamma),
            change(self.phi),
        )


@dataclass(frozen=True, slots=True)
class TokenMoments:
    """What the law needs to know of a query, or of the mean over queries.

    Parameters
    ----------
    uncached_tok
        E[I_u], prompt tokens that are prefilled.
    output_tok
        E[O].
    context_tok2
        E[O (I + O/2)], tokens of context read while decoding.
    """

    uncached_tok: Any
    output_tok: Any
    context_tok2: Any


def tokens_of_one_query(uncached_tok: Any, isl_tok: Any, osl_tok: Any) -> TokenMoments:
    """Moments of a single query: ``O (I + O/2)`` is the context that its decoding reads.

    Parameters
    ----------
    uncached_tok, isl_tok, osl_tok
        Prompt tokens prefilled, prompt tokens in all, output tokens; shape ``(query,)``.

    Returns
    -------
    TokenMoments
    """
    return TokenMoments(uncached_tok, osl_tok, osl_tok * (isl_tok + osl_tok / 2))


def gpu_s_per_query(c: Coefficients, tokens: TokenMoments, load: Any) -> tuple[Any, Any]:
    """GPU-seconds of prefill and of decoding.

    ``t = alpha I_u + [beta_weight O / sqrt(b) + beta_step O / b + gamma O (I + O/2)]``

    Linear in the moments, so the moments of a workload give the exact mean over its queries.
    Seen between 0.01 and 2,000 requests per GPU and up to 9,216 tokens of context.

    Parameters
    ----------
    c : Coefficients
    tokens : TokenMoments
    load
        b, requests in flight per GPU.

    Returns
    -------
    prefill, decode
        The two terms [GPU-s]; their sum is the query's cost.
    """
    shared = c.beta_weight / load**0.5 + c.beta_step / load
    return c.alpha * tokens.uncached_tok, shared * tokens.output_tok + c.gamma * tokens.context_tok2


def inter_token_time_s(c: Coefficients, tokens: TokenMoments, load: Any) -> Any:
    """Time between two output tokens of one user.

    ``tpot = (b/O) [phi alpha I_u + decode]``; interactivity is ``1 / tpot``.

    Parameters
    ----------
    c : Coefficients
    tokens : TokenMoments
    load
        b, requests in flight per GPU.

    Returns
    -------
    tpot
        [s / tok]
    """
    prefill, decode = gpu_s_per_query(c, tokens, load)
    return load / tokens.output_tok * (c.phi * prefill + decode)


def load_at_inter_token_time(c: Coefficients, tokens: TokenMoments, tpot_s: Floats) -> Floats:
    """Invert `inter_token_time_s` for the load (numpy only).

    With ``x = sqrt(b)`` the law is ``A x^2 + beta_weight x + beta_step = tpot``, where
    ``A = (phi alpha I_u + gamma O (I + O/2)) / O``; the positive root, or 0 where even an idle
    deployment is slower than asked.

    Parameters
    ----------
    c : Coefficients
    tokens : TokenMoments
    tpot_s : ndarray
        Wanted time between tokens [s].

    Returns
    -------
    ndarray
        b [requests per GPU].
    """
    a = (c.phi * c.alpha * tokens.uncached_tok + c.gamma * tokens.context_tok2) / tokens.output_tok
    spare = np.maximum(tpot_s - c.beta_step, 0.0)
    # Rationalised root: it does not cancel where A is small.
    root = 2 * spare / (c.beta_weight + np.sqrt(c.beta_weight**2 + 4 * a * spare))
    load: Floats = root**2
    return load
