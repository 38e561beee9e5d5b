"""Whether a sampler's draws may be used: the gates of every fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

__all__ = ["GATES", "ConvergenceError", "Diagnostics", "check_gates", "diagnose"]


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
    az: Any = import_module("arviz")
    posterior = trace["posterior"].to_dataset()[list(variables)]
    r_hat = _by_variable(az.rhat(posterior), "max")
    bulk = _by_variable(az.ess(posterior, method="bulk"), "min")
    tail = _by_variable(az.ess(posterior, method="tail"), "min")
    # Python's own max and min would pass over a NaN, which is the worst there is.
    worst_r_hat = max(r_hat, key=lambda v: (math.isnan(r_hat[v]), r_hat[v]))
    worst_ess = min(bulk, key=lambda v: (not math.isnan(bulk[v]), bulk[v]))
    worst_tail = min(tail, key=lambda v: (not math.isnan(tail[v]), tail[v]))
    return Diagnostics(
        r_hat_max=r_hat[worst_r_hat],
        ess_bulk_min=bulk[worst_ess],
        ess_tail_min=tail[worst_tail],
        divergent_fraction=float(trace["sample_stats"]["diverging"].mean()),
        r_hat_worst=worst_r_hat,
        ess_worst=worst_ess,
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
    # "not (a <= b)" also refuses a NaN.
    missed: list[str] = []
    if not d.r_hat_max <= GATES["r_hat_max"]:
        missed.append(f"R-hat {d.r_hat_max:.3f} of {d.r_hat_worst} above {GATES['r_hat_max']}")
    for kind, ess in (("bulk", d.ess_bulk_min), ("tail", d.ess_tail_min)):
        if not ess >= GATES["ess_min"]:
            missed.append(f"{kind} ESS {ess:.0f} ({d.ess_worst}) below {GATES['ess_min']:.0f}")
    if not d.divergent_fraction <= GATES["divergent_fraction"]:
        missed.append(f"{d.divergent_fraction:.2%} divergent draws above 0.1 %")
    if missed:
        raise ConvergenceError(
            f"fit of {name} has not converged: {'; '.join(missed)}; nothing was written - "
            "draw more (--draws, --tune), or change the seed"
        )
