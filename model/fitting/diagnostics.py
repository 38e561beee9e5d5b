"""Whether a sampler's draws may be used: the gates of every fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

__all__ = [
    "GATES",
    "ConvergenceError",
    "Diagnostics",
    "Mixing",
    "check_gates",
    "diagnose",
    "energy_fractions",
    "extremes",
    "missed_gates",
    "mixing",
]


class ConvergenceError(RuntimeError):
    """A fit that failed a gate; names the worst parameter. Nothing is written."""


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Extremes over every sampled and every derived parameter.

    Parameters
    ----------
    r_hat_max : float
        Rank-normalised split R-hat.
    ess_bulk_min, ess_tail_min : float
        Effective sample sizes.
    divergent_fraction : float
        Of the draws kept.
    r_hat_worst, ess_worst : str
        Which parameters these are.
    """

    r_hat_max: float
    ess_bulk_min: float
    ess_tail_min: float
    divergent_fraction: float
    r_hat_worst: str
    ess_worst: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


#: Vehtari et al. 2021 recommend R-hat <= 1.01 and 400 effective draws.
GATES = {"r_hat_max": 1.01, "ess_min": 400.0, "divergent_fraction": 0.001}


@dataclass(frozen=True, slots=True)
class Mixing:
    """How the worst element of one variable has mixed.

    Parameters
    ----------
    variable : str
    elements : int
    r_hat_max, ess_bulk_min, ess_tail_min : float
        NaN if that of any element is.
    """

    variable: str
    elements: int
    r_hat_max: float
    ess_bulk_min: float
    ess_tail_min: float


def mixing(trace: Any, variables: Sequence[str]) -> tuple[Mixing, ...]:
    """Measure how each variable of a trace has mixed.

    Parameters
    ----------
    trace : xarray.DataTree
        With group ``posterior``.
    variables : sequence of str

    Returns
    -------
    tuple of Mixing
    """
    az: Any = import_module("arviz")
    posterior = trace["posterior"].to_dataset()[list(variables)]
    r_hat = _by_variable(az.rhat(posterior), "max")
    bulk = _by_variable(az.ess(posterior, method="bulk"), "min")
    tail = _by_variable(az.ess(posterior, method="tail"), "min")
    draws = posterior.sizes["chain"] * posterior.sizes["draw"]
    return tuple(
        Mixing(name, posterior[name].size // draws, r_hat[name], bulk[name], tail[name])
        for name in variables
    )


def energy_fractions(trace: Any) -> list[float]:
    """Estimate each chain's Bayesian fraction of missing information.

    ``E-BFMI = sum (E_n - E_(n-1))^2 / sum (E_n - mean E)^2``: below 0.3 the sampler hardly changes
    its energy from draw to draw, and tails may be missing.

    Parameters
    ----------
    trace : xarray.DataTree
        With group ``sample_stats``.

    Returns
    -------
    list of float

    References
    ----------
    Betancourt 2016, arXiv:1604.00695
    """
    az: Any = import_module("arviz")
    return [float(value) for value in az.bfmi(trace)["energy"].to_numpy()]


def diagnose(trace: Any, variables: Sequence[str]) -> Diagnostics:
    """Measure how well a trace has mixed.

    Parameters
    ----------
    trace : xarray.DataTree
        With groups ``posterior`` and ``sample_stats``.
    variables : sequence of str
        Parameters to look at.

    Returns
    -------
    Diagnostics
    """
    return extremes(trace, mixing(trace, variables))


def extremes(trace: Any, mixed: Sequence[Mixing]) -> Diagnostics:
    """Pick the worst of all variables.

    Parameters
    ----------
    trace : xarray.DataTree
    mixed : sequence of Mixing
        Of its variables.

    Returns
    -------
    Diagnostics
    """
    # Python's own max and min would pass over a NaN, which is the worst there is.
    r_hat = max(mixed, key=lambda m: (math.isnan(m.r_hat_max), m.r_hat_max))
    bulk = min(mixed, key=lambda m: (not math.isnan(m.ess_bulk_min), m.ess_bulk_min))
    tail = min(mixed, key=lambda m: (not math.isnan(m.ess_tail_min), m.ess_tail_min))
    return Diagnostics(
        r_hat_max=r_hat.r_hat_max,
        ess_bulk_min=bulk.ess_bulk_min,
        ess_tail_min=tail.ess_tail_min,
        divergent_fraction=float(trace["sample_stats"]["diverging"].mean()),
        r_hat_worst=r_hat.variable,
        ess_worst=bulk.variable,
    )


def _by_variable(statistic: Any, extreme: str) -> dict[str, float]:
    """Worst element of each variable; a NaN among them stays."""
    return {v: float(getattr(statistic[v], extreme)(skipna=False)) for v in statistic.data_vars}


def check_gates(name: str, d: Diagnostics) -> None:
    """Refuse draws that have not converged.

    Parameters
    ----------
    name : str
        What was fitted.
    d : Diagnostics

    Raises
    ------
    ConvergenceError
        With every gate that was missed, its value and its limit.
    """
    if missed := missed_gates(d):
        raise ConvergenceError(
            f"fit of {name} has not converged: {'; '.join(missed)}; nothing was written - "
            "draw more (--draws, --tune), or change the seed"
        )


def missed_gates(d: Diagnostics) -> list[str]:
    """Say every gate that was missed, its value and its limit.

    Parameters
    ----------
    d : Diagnostics

    Returns
    -------
    list of str
        Empty if the draws may be used.
    """
    # "not (a <= b)" also refuses a NaN.
    missed: list[str] = []
    if not d.r_hat_max <= GATES["r_hat_max"]:
        missed.append(f"R-hat {d.r_hat_max:.3f} of {d.r_hat_worst} above {GATES['r_hat_max']}")
    for kind, ess in (("bulk", d.ess_bulk_min), ("tail", d.ess_tail_min)):
        if not ess >= GATES["ess_min"]:
            missed.append(f"{kind} ESS {ess:.0f} ({d.ess_worst}) below {GATES['ess_min']:.0f}")
    allowed = GATES["divergent_fraction"]
    if not d.divergent_fraction <= allowed:
        missed.append(f"{d.divergent_fraction:.2%} divergent draws above {100 * allowed:g} %")
    return missed
