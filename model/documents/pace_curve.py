"""Watt-hours per query over the speed that a user is given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from wh_uncertainty.model.context import Context
from wh_uncertainty.model.simulation import simulate

__all__ = ["PACES_TOK_S", "pace_curve"]

#: Equal steps on a logarithmic axis, over the range that services offer [tok/s].
PACES_TOK_S = (10.0, 15.0, 22.0, 33.0, 47.0, 68.0, 100.0, 150.0, 220.0)
_DRAWS = 10_000


def pace_curve(
    context: Context,
    *,
    posterior_dir: Path | None = None,
    most_draws: int = _DRAWS,
    seed: int = 0,
) -> list[dict[str, Any]] | None:
    """Ask the scenario's question at several speeds.

    Parameters
    ----------
    context : Context
    posterior_dir : Path, optional
    most_draws : int
        At each speed; more than 10,000 are not needed.
    seed : int

    Returns
    -------
    list of dict or None
        ``interactivity_tok_s``, quantiles of the mean query's Wh, and ``unreachable_share``: of
        draws whose deployment is slower than asked for. None where the scenario pins speed or load.
    """
    s = context.scenario
    if s.interactivity_tok_s is not None or s.concurrency is not None:
        return None
    points: list[dict[str, Any]] = []
    for pace in PACES_TOK_S:
        drawn = simulate(
            replace(s, interactivity_tok_s=pace),
            draws=min(most_draws, _DRAWS),
            seed=seed,
            catalogue=context.catalogue,
            posterior_dir=posterior_dir,
            site=context.site,
        )
        unreachable = drawn.tally.unreachable / drawn.tally.draws
        wh = drawn.quantiles()["mean"]
        points.append({"interactivity_tok_s": pace, "unreachable_share": unreachable, **wh})
    return points
