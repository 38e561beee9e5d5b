"""From the quantiles an author states to the parameters of a family."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.priors.families import quantile
from wh_uncertainty.priors.spec import PROBABILITIES, PriorError, PriorSpec

__all__ = ["misfit", "solve", "solved"]

Z95 = 1.6448536269514722
"""Standard normal quantile of 0.95."""

_SIGNIFICANT_DIGITS = 8
"""Solvers of different versions agree to about ten digits; eight keep the compiled file stable."""


def solve(
    family: str, quantiles: Mapping[str, float], shift: float, support: tuple[float, float]
) -> dict[str, float]:
    """Return the parameters whose quantiles come closest to the stated ones.

    Lognormal families keep the stated median exactly and take the scale from the outer quantiles;
    ``split_lognormal`` meets all three. A normal takes mean and scale from the outer quantiles.
    ``beta`` and ``truncated_normal`` are fitted by least squares on the quantiles.

    Parameters
    ----------
    family
        One of ``spec.FAMILIES`` that has quantiles.
    quantiles
        ``p05``, ``p50``, ``p95``.
    shift
        Lower end of a shifted family.
    support
        Truncation of ``truncated_normal``.

    Returns
    -------
    dict
        Parameters rounded to eight significant digits.

    Raises
    ------
    PriorError
        If the family has no quantiles.
    """
    low, mid, high = (quantiles[key] for key in PROBABILITIES)
    if family == "normal":
        found = {"mean": (low + high) / 2, "sd": (high - low) / (2 * Z95)}
    elif family in ("lognormal", "shifted_lognormal"):
        found = {
            "mu": math.log(mid - shift),
            "sigma": math.log((high - shift) / (low - shift)) / (2 * Z95),
        }
    elif family == "split_lognormal":
        found = {
            "mu": math.log(mid - shift),
            "sigma_low": math.log((mid - shift) / (low - shift)) / Z95,
            "sigma_high": math.log((high - shift) / (mid - shift)) / Z95,
        }
    elif family == "beta":
        found = _solve_beta(np.array([low, mid, high]))
    elif family == "truncated_normal":
        found = _solve_truncated_normal(np.array([low, mid, high]), support)
    else:
        raise PriorError(f"family {family!r} has no quantiles to solve; state its parameters")
    return {key: float(f"{value:.{_SIGNIFICANT_DIGITS}g}") for key, value in found.items()}


def solved(spec: PriorSpec) -> PriorSpec:
    """Return the prior with parameters solved from its quantiles and the misfit checked.

    Raises
    ------
    PriorError
        If a fitted quantile misses the stated one by more than ``spec.tolerance``.
    """
    if not spec.quantiles:
        return spec
    if min(spec.quantiles.values()) <= spec.shift and "lognormal" in spec.family:
        raise PriorError(
            f"[{spec.name}].quantiles.p05: {spec.quantiles['p05']} is not above {spec.shift};"
            " a lognormal never reaches its lower end, state a small positive excess"
        )
    found = solve(spec.family, spec.quantiles, spec.shift, spec.support)
    fitted = replace(spec, parameters=found)
    for key, error in misfit(fitted).items():
        if not error <= spec.tolerance:
            value = float(quantile(fitted, PROBABILITIES[key]))
            raise PriorError(
                f"[{spec.name}].quantiles.{key}: stated {spec.quantiles[key]:.6g}, the fitted"
                f" {spec.family} has {value:.6g}, off by {error:.1%} with {spec.tolerance:.1%}"
                " allowed; take another family (split_lognormal meets three quantiles) or state"
                " a tolerance"
            )
    return fitted


def misfit(spec: PriorSpec) -> dict[str, float]:
    """Return how far each fitted quantile is from the stated one.

    Positive families are judged on a ratio scale, ``|fitted - stated| / (stated - shift)``; normal
    families, whose quantiles may be zero, on their spread, ``|fitted - stated| / (p95 - p05)``.
    """
    spread = spec.quantiles["p95"] - spec.quantiles["p05"]
    normal = spec.family in ("normal", "truncated_normal")
    errors: dict[str, float] = {}
    for key, probability in PROBABILITIES.items():
        stated = spec.quantiles[key]
        scale = spread if normal else stated - spec.shift
        errors[key] = abs(float(quantile(spec, probability)) - stated) / scale
    return errors


def _solve_beta(stated: NDArray[np.float64]) -> dict[str, float]:
    """Fit ln(alpha), ln(beta) on the relative errors of the three quantiles."""
    special = import_module("scipy.special")
    optimise = import_module("scipy.optimize")
    levels = np.array(list(PROBABILITIES.values()))

    def residuals(log_parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        alpha, beta = np.exp(log_parameters)
        return np.asarray(special.betaincinv(alpha, beta, levels) / stated - 1, dtype=np.float64)

    mean, sd = stated[1], (stated[2] - stated[0]) / (2 * Z95)
    size = max(mean * (1 - mean) / sd**2 - 1, 0.1)
    start = np.log([mean * size, (1 - mean) * size])
    alpha, beta = np.exp(optimise.least_squares(residuals, start, xtol=1e-15, ftol=1e-15).x)
    return {"alpha": float(alpha), "beta": float(beta)}


def _solve_truncated_normal(
    stated: NDArray[np.float64], support: tuple[float, float]
) -> dict[str, float]:
    """Fit mean and ln(sd) on the errors of the three quantiles in units of their spread."""
    special = import_module("scipy.special")
    optimise = import_module("scipy.optimize")
    levels = np.array(list(PROBABILITIES.values()))
    spread = stated[2] - stated[0]

    def residuals(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        mean, sd = parameters[0], np.exp(parameters[1])
        low, high = special.ndtr((np.asarray(support) - mean) / sd)
        fitted = mean + sd * special.ndtri(low + levels * (high - low))
        return np.asarray((fitted - stated) / spread, dtype=np.float64)

    start = np.array([stated[1], np.log(spread / (2 * Z95))])
    mean, log_sd = optimise.least_squares(residuals, start, xtol=1e-15, ftol=1e-15).x
    return {"mean": float(mean), "sd": float(np.exp(log_sd))}
