"""What lengths cost that were not benchmarked: longer than all, or than those of a deployment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients
from wh_uncertainty.model.token_lengths.measured_lengths import LN_STEP
from wh_uncertainty.priors import Catalogue

__all__ = ["growth_beyond", "with_error_of_lengths"]

Floats = NDArray[np.float64]


def growth_beyond(
    catalogue: Catalogue, model: str, ratio: Any, z: float | Floats
) -> tuple[Any, Any]:
    """Factors on the terms that grow with context, beyond the contexts that were benchmarked.

    ``alpha' = alpha r^(a + s z)`` and ``gamma' = gamma r^(s z)`` for r > 1: attention makes prefill
    grow with the square of a long prompt, by an exponent a where each token attends to all others;
    the error s is common to both terms, which change regime together. The terms that do not see
    the context stay.

    Parameters
    ----------
    catalogue : Catalogue
    model : str
    ratio : float or ndarray of shape (draw,)
        r, context over the longest benchmarked.
    z : float or ndarray of shape (draw,)
        Standard normal, one per provider; 0 for what is expected.

    Returns
    -------
    of_prefill, of_cache_reads : float or ndarray of shape (draw,)
    """
    sd = catalogue.priors["length_extrapolation_sd"].parameters["value"]
    attention = 0.0
    if not catalogue.models[model].attends_sparsely:
        attention = catalogue.priors["prefill_attention_exponent"].parameters["value"]
    beyond = np.log(np.maximum(ratio, 1))
    error = np.exp(sd * beyond * z)
    return error * np.exp(attention * beyond), error


def with_error_of_lengths(
    law: Coefficients, steps: Sequence[Floats], z: Floats, catalogue: Catalogue
) -> Coefficients:
    """Err where a deployment was benchmarked at other prompts or answers only.

    ``alpha' = alpha exp(s_I d_I z)``; the terms of decoding alike, with ``s_O d_O``. Each term errs
    with the length that it is proportional to, so that more tokens never cost less.

    Parameters
    ----------
    law : Coefficients
        Of each draw's deployment.
    steps : sequence of two ndarray
        d_I and d_O: `MeasuredLengths.steps_outside`.
    z : ndarray
        Standard normal, one per provider; broadcasts against the law and the steps.
    catalogue : Catalogue

    Returns
    -------
    Coefficients
    """
    of_prompt, of_output = (
        _error(catalogue.priors[f"unlike_{name}_sd"].parameters["value"], away, z)
        for name, away in zip(("prompt", "output"), steps, strict=True)
    )
    return replace(
        law,
        alpha=law.alpha * of_prompt,
        beta_weight=law.beta_weight * of_output,
        beta_step=law.beta_step * of_output,
        gamma=law.gamma * of_output,
    )


def _error(sd: float, steps: Floats, z: Floats) -> Any:
    """``exp(sd steps z)``, with z no further out than where a term would fall with its length."""
    if not steps.any():
        return 1.0
    furthest = LN_STEP / sd
    return np.exp(sd * steps * np.clip(z, -furthest, furthest))
