"""The whitelist of families: inverse cdf, cdf, draws and the PyMC counterpart.

With ``z = Phi^-1(u)`` the quantile functions are

* ``fixed``              value
* ``normal``             mean + sd * z
* ``truncated_normal``   the same on the part of the normal inside the support
* ``lognormal``          exp(mu + sigma * z)
* ``shifted_lognormal``  shift + exp(mu + sigma * z)
* ``split_lognormal``    shift + exp(mu + sigma_low * z) below the median, sigma_high above
* ``beta``               the inverse regularised incomplete beta function
* ``dirichlet``          shares that sum to 1; many-valued, so it has draws but no quantile

Drawing needs numpy alone; scipy and PyMC are imported by the functions that need them, because
the daily path of the command line must start without either.
"""

from __future__ import annotations

import math
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wh_uncertainty.priors.spec import PriorError, PriorSpec

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["cdf", "ln_scale", "pymc_distribution", "quantile", "sample"]

FloatArray = NDArray[np.float64]

_LEAST_INSIDE = 0.1
_KEPT = 8  # arrays of beta quantiles, of some megabyte each


def quantile(spec: PriorSpec, u: ArrayLike) -> FloatArray:
    """Return the inverse cdf of a prior.

    Parameters
    ----------
    spec
        A prior of any family but ``dirichlet``.
    u
        Probabilities in [0, 1], any shape.

    Returns
    -------
    numpy.ndarray
        Values in ``spec.unit``, shape of ``u``.

    Raises
    ------
    PriorError
        For a Dirichlet prior, or a probability outside [0, 1].
    """
    probability = _floats(u)
    if not bool(np.all((probability >= 0) & (probability <= 1))):
        raise PriorError(f"[{spec.name}] quantile: u must lie in [0, 1]")
    special = import_module("scipy.special")
    p = spec.parameters
    if spec.family == "beta":
        values = _beta_quantiles(p["alpha"], p["beta"], probability.tobytes())
        return values.reshape(probability.shape)
    if spec.family == "truncated_normal":
        low, high = special.ndtr(_standardised(spec, _floats(spec.support)))
        z = special.ndtri(low + probability * (high - low))
        return _floats(np.clip(p["mean"] + p["sd"] * z, *spec.support))
    return _from_standard_normal(spec, _floats(special.ndtri(probability)))


@lru_cache(maxsize=_KEPT)
def _beta_quantiles(alpha: float, beta: float, probabilities: bytes) -> FloatArray:
    """Invert the cdf of a beta distribution: ten times slower than all else that a design takes.

    Designs with one seed have the same points in every scenario, so the last ones are kept.
    """
    special = import_module("scipy.special")
    values = _floats(special.betaincinv(alpha, beta, np.frombuffer(probabilities)))
    values.flags.writeable = False
    return values


def cdf(spec: PriorSpec, x: ArrayLike) -> FloatArray:
    """Return the probability that the quantity is at most ``x``.

    Parameters
    ----------
    spec
        A prior of any family but ``dirichlet``.
    x
        Values in ``spec.unit``, any shape.

    Returns
    -------
    numpy.ndarray
        Probabilities, shape of ``x``.

    Raises
    ------
    PriorError
        For a Dirichlet prior.
    """
    value = _floats(x)
    special = import_module("scipy.special")
    p = spec.parameters
    if spec.family == "fixed":
        return _floats(value >= p["value"])
    if spec.family == "beta":
        return _floats(special.betainc(p["alpha"], p["beta"], np.clip(value, 0, 1)))
    if spec.family == "truncated_normal":
        low, high = special.ndtr(_standardised(spec, _floats(spec.support)))
        inside = np.clip(value, *spec.support)
        return _floats((special.ndtr(_standardised(spec, inside)) - low) / (high - low))
    return _floats(special.ndtr(_standardised(spec, value)))


def sample(spec: PriorSpec, size: int | tuple[int, ...], *, rng: np.random.Generator) -> FloatArray:
    """Draw from a prior with numpy alone.

    Parameters
    ----------
    spec
        Any prior.
    size
        Number or shape of the draws.
    rng
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Draws in ``spec.unit``, shape ``size``; for ``dirichlet`` shape ``(*size, labels)`` in the
        order of ``spec.parameters``.
    """
    p = spec.parameters
    if spec.family == "beta":
        return rng.beta(p["alpha"], p["beta"], size)
    if spec.family == "dirichlet":
        return rng.dirichlet(list(p.values()), size)
    if spec.family == "fixed":
        return np.full(size, p["value"])
    if spec.family == "truncated_normal":
        return _sample_truncated_normal(spec, size, rng)
    return _from_standard_normal(spec, rng.standard_normal(size))


def pymc_distribution(spec: PriorSpec, name: str) -> Any:
    """Return the prior as a PyMC variable, inside a model context.

    Parameters
    ----------
    spec
        Any prior.
    name
        Name of the variable; families without a PyMC class of their own become a
        ``pm.Deterministic`` of this name over ``<name>_z``, a standard normal.

    Returns
    -------
    pytensor variable
        Scalar, or a vector of shares for ``dirichlet``.
    """
    pm = import_module("pymc")
    p = dict(spec.parameters)
    direct: dict[str, Callable[[], Any]] = {
        "normal": lambda: pm.Normal(name, p["mean"], p["sd"]),
        "truncated_normal": lambda: pm.TruncatedNormal(
            name, p["mean"], p["sd"], lower=spec.support[0], upper=spec.support[1]
        ),
        "lognormal": lambda: pm.LogNormal(name, p["mu"], p["sigma"]),
        "beta": lambda: pm.Beta(name, p["alpha"], p["beta"]),
        "dirichlet": lambda: pm.Dirichlet(name, list(p.values())),
        "fixed": lambda: pm.Deterministic(name, pm.math.constant(p["value"])),
    }
    if spec.family in direct:
        return direct[spec.family]()
    z = pm.Normal(f"{name}_z", 0, 1)
    low, high = _sigmas(spec)
    sigma = pm.math.switch(pm.math.lt(z, 0), low, high)
    return pm.Deterministic(name, spec.shift + pm.math.exp(p["mu"] + sigma * z))


def ln_scale(spec: PriorSpec) -> tuple[float, float]:
    """Return mean and standard deviation of the logarithm.

    Parameters
    ----------
    spec
        A ``lognormal`` prior, or a ``fixed`` one, whose standard deviation is 0.

    Returns
    -------
    mu, sigma
    """
    if spec.family == "fixed":
        return float(np.log(spec.parameters["value"])), 0.0
    return spec.parameters["mu"], spec.parameters["sigma"]


def _floats(values: ArrayLike) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def _sigmas(spec: PriorSpec) -> tuple[float, float]:
    """Return the log-scale below and above the median of a lognormal family."""
    p = spec.parameters
    if spec.family == "split_lognormal":
        return p["sigma_low"], p["sigma_high"]
    return p["sigma"], p["sigma"]


def _from_standard_normal(spec: PriorSpec, z: FloatArray) -> FloatArray:
    """Map standard normal scores to values, for the families that are monotone in one score.

    The values take the place of the scores: every new array of a large sample costs more time
    than the arithmetic in it.
    """
    p = spec.parameters
    if spec.family == "dirichlet":
        raise PriorError(f"[{spec.name}] dirichlet has no quantile; draw from it instead")
    if spec.family == "fixed":
        z.fill(p["value"])
    elif spec.family == "normal":
        z *= p["sd"]
        z += p["mean"]
    else:
        low, high = _sigmas(spec)
        z *= high if low == high else np.where(z < 0, low, high)
        z += p["mu"]
        np.exp(z, out=z)
        z += spec.shift
    return z


def _standardised(spec: PriorSpec, x: FloatArray) -> FloatArray:
    """Invert ``_from_standard_normal``; values at or below the shift map to -inf."""
    p = spec.parameters
    if spec.family in ("normal", "truncated_normal"):
        return _floats((x - p["mean"]) / p["sd"])
    if spec.family == "dirichlet":
        raise PriorError(f"[{spec.name}] dirichlet has no one-valued cdf; draw from it instead")
    with np.errstate(divide="ignore"):
        centred = np.log(np.maximum(x - spec.shift, 0)) - p["mu"]
    low, high = _sigmas(spec)
    return _floats(np.where(centred < 0, centred / low, centred / high))


def _sample_truncated_normal(
    spec: PriorSpec, size: int | tuple[int, ...], rng: np.random.Generator
) -> FloatArray:
    """Draw by rejection, or by the quantile function where most draws would be thrown away."""
    low, high = spec.support
    if _share_inside(spec) < _LEAST_INSIDE:
        return quantile(spec, rng.random(size))
    draws = _normal_draws(spec, size, rng)
    outside = (draws < low) | (draws > high)
    while outside.any():
        draws[outside] = _normal_draws(spec, int(outside.sum()), rng)
        outside = (draws < low) | (draws > high)
    return draws


def _share_inside(spec: PriorSpec) -> float:
    """Probability of a normal within the support of a truncated one, without SciPy."""
    p, root = spec.parameters, 2**0.5
    low, high = ((end - p["mean"]) / (p["sd"] * root) for end in spec.support)
    return (math.erf(high) - math.erf(low)) / 2


def _normal_draws(
    spec: PriorSpec, size: int | tuple[int, ...], rng: np.random.Generator
) -> FloatArray:
    return rng.normal(spec.parameters["mean"], spec.parameters["sd"], size)
