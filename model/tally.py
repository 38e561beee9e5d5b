"""What served in how many draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.context import Context
from wh_uncertainty.model.deployment import deployment_id
from wh_uncertainty.model.serving import Serving
from wh_uncertainty.model.unknowns import Unknowns
from wh_uncertainty.model.workload import uncached_tok

__all__ = ["Tally"]

Counts = NDArray[np.int64]

_SHOWN_DEPLOYMENTS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts over draws.

    Parameters
    ----------
    draws : int
    hardware : ndarray of shape (hardware,)
    candidate : ndarray of shape (candidate,)
    capped, unreachable, beyond_lengths : int
    effort : float
        Sum of the factors on the output.
    load, interactivity_tok_s : tuple of float
        Sums of logarithms: geometric means of what was served.
    """

    draws: int
    hardware: Counts
    candidate: Counts
    capped: int
    unreachable: int
    beyond_lengths: int
    effort: float
    load: float
    interactivity_tok_s: float

    @classmethod
    def empty(cls, context: Context) -> Tally:
        """Start counting for a scenario."""
        c = context.candidates
        return cls(
            draws=0,
            hardware=np.zeros(len(c.hardware), dtype=np.int64),
            candidate=np.zeros(len(c.deployments), dtype=np.int64),
            capped=0,
            unreachable=0,
            beyond_lengths=0,
            effort=0.0,
            load=0.0,
            interactivity_tok_s=0.0,
        )

    def plus(self, unknowns: Unknowns, serving: Serving) -> Tally:
        """Return the counts with those of one more chunk."""
        hardware = np.bincount(unknowns.hardware, minlength=len(self.hardware))
        candidate = np.bincount(serving.candidate, minlength=len(self.candidate))
        return Tally(
            draws=self.draws + len(serving.load),
            hardware=self.hardware + hardware,
            candidate=self.candidate + candidate,
            capped=self.capped + int(serving.capped.sum()),
            unreachable=self.unreachable + int(serving.unreachable.sum()),
            beyond_lengths=self.beyond_lengths + int(serving.beyond_lengths.sum()),
            effort=self.effort + float(unknowns.effort.sum()),
            load=self.load + float(np.log(serving.load).sum()),
            interactivity_tok_s=self.interactivity_tok_s
            + float(np.log(serving.interactivity_tok_s).sum()),
        )

    def resolved(self, context: Context) -> dict[str, Any]:
        """Say what the open answers of a scenario came to, JSON-ready."""
        c, m = context.candidates, context.workload.moments
        ranked: list[int] = np.argsort(-self.candidate, kind="stable").tolist()
        order = ranked[:_SHOWN_DEPLOYMENTS]
        typical_share = None if context.cached is None else _middle(context.cached)
        return {
            "workload_title": context.workload.title,
            "mean_isl_tok": m.isl_tok,
            "mean_uncached_tok": float(uncached_tok(m, typical_share)),
            "mean_osl_tok": m.osl_tok * self.effort / self.draws,
            "precision": sorted({d.precision for d in c.deployments}),
            "hardware_mix": [
                {
                    "hardware": h,
                    "share": self.hardware[k] / self.draws,
                    "measured_power": bool(context.measured[k]),
                }
                for k, h in enumerate(c.hardware)
            ],
            "deployments": [
                {
                    "deployment": deployment_id(c.deployments[k]),
                    "share": self.candidate[k] / self.draws,
                }
                for k in order
                if self.candidate[k]
            ],
            "interactivity_tok_s": float(np.exp(self.interactivity_tok_s / self.draws)),
            "load_requests_per_gpu": float(np.exp(self.load / self.draws)),
        }


def _middle(cached: Any) -> float:
    return cached if isinstance(cached, float) else cached.stated("p50")
