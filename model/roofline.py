"""Scales of the cost law's coefficients from peak speeds, so that hardware can be compared."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.priors import Catalogue, Hardware, ModelCard

__all__ = ["architecture", "ln_roofline", "stated_architectures", "weight_gb"]

Floats = NDArray[np.float64]

# GPU generations: kernels and number formats are shared within one.
_ARCHITECTURES = {
    "h100": "hopper",
    "h200": "hopper",
    "b200": "blackwell",
    "b300": "blackwell",
    "gb200": "blackwell",
    "gb300": "blackwell",
    "mi300x": "cdna3",
    "mi325x": "cdna3",
    "mi355x": "cdna4",
}

_BITS_PER_BYTE = 8
_WEIGHT_BITS = {"fp4": 4, "int4": 4, "fp8": 8, "bf16": 16}


def architecture(hardware: str, stated: Mapping[str, str] | None = None) -> str:
    """Return the generation of an accelerator; one that nobody knows has its own.

    Parameters
    ----------
    hardware : str
    stated : mapping of str to str, optional
        By accelerator, what its user says (`stated_architectures`).

    Returns
    -------
    str
    """
    return {**_ARCHITECTURES, **(stated or {})}.get(hardware, f"only {hardware}")


def stated_architectures(catalogue: Catalogue) -> dict[str, str]:
    """Return the generations that users state of the accelerators they describe.

    Parameters
    ----------
    catalogue : Catalogue

    Returns
    -------
    dict
    """
    return {key: gpu.generation for key, gpu in catalogue.hardware.items() if gpu.generation}


def weight_gb(catalogue: Catalogue, model: str, precision: str) -> float:
    """Memory that all parameters take [GB].

    Parameters
    ----------
    catalogue : Catalogue
    model, precision : str

    Returns
    -------
    float
    """
    return catalogue.models[model].total_params_b * _WEIGHT_BITS[precision] / _BITS_PER_BYTE


def ln_roofline(catalogue: Catalogue, model: str, hardware: str, precision: str) -> Floats:
    """Natural logarithms of the coefficients that perfect hardware would reach.

    ``alpha = 2 P / F``, ``beta = P w / B`` (weight and step share it) and ``gamma = k / B`` with
    P active parameters, F peak dense FLOP/s of the format, w bytes per weight, B memory bandwidth
    and k bytes of key-value cache per token. The posterior learns how far reality is from them, so
    only their ratios between accelerators and formats matter.

    Parameters
    ----------
    catalogue : Catalogue
    model, hardware, precision : str

    Returns
    -------
    ndarray of shape (4,)
        ln alpha, ln beta_weight, ln beta_step [GPU-s / tok], ln gamma [GPU-s / tok^2].
    """
    card, gpu = catalogue.models[model], catalogue.hardware[hardware]
    bandwidth = gpu.hbm_tbps * 1e12
    weight_bytes = card.active_params_b * 1e9 * _WEIGHT_BITS[precision] / _BITS_PER_BYTE
    alpha = 2 * card.active_params_b * 1e9 / (_tflops(gpu, precision) * 1e12)
    beta, gamma = weight_bytes / bandwidth, _kv_bytes(catalogue, card) / bandwidth
    return np.log([alpha, beta, beta, gamma])


def _tflops(gpu: Hardware, precision: str) -> float:
    """Peak of the format the kernels compute in: 4-bit weights without 4-bit units run as 8-bit."""
    if precision in ("bf16", "int4"):
        return gpu.bf16_dense_tflops
    if precision == "fp4" and gpu.fp4_dense_tflops is not None:
        return gpu.fp4_dense_tflops
    return gpu.fp8_dense_tflops


def _kv_bytes(catalogue: Catalogue, card: ModelCard) -> float:
    """Cache bytes per token; the median of the known models where a design has no such number."""
    if card.kv_bytes_per_token_bf16 is not None:
        return card.kv_bytes_per_token_bf16
    known = [m.kv_bytes_per_token_bf16 for m in catalogue.models.values()]
    return float(np.median([k for k in known if k is not None]))
