"""What of a cost-law fit is stored, and in what precision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.design import Design
from wh_uncertainty.model.posterior import mean_and_deviation
from wh_uncertainty.model.rows import CostRows, covered, load_max_by_lengths

__all__ = ["pack_cost_law"]

Floats = NDArray[np.float64]


def pack_cost_law(
    draws: Mapping[str, Floats], rows: CostRows, design: Design
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Turn draws into what is stored.

    Parameters
    ----------
    draws : mapping of str to ndarray
        Of the graph's variables, draws along the first axis, already thinned.
    rows : CostRows
    design : Design

    Returns
    -------
    arrays, labels
        Deployments and group effects as mean and half-precision deviation.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for group in design.levels:
        arrays |= mean_and_deviation(f"{group}_effect", draws[f"{group}_effect"])
        arrays[f"{group}_sd"] = draws[f"{group}_sd"].astype(np.float32)
    arrays |= mean_and_deviation("deployment", draws["deployment"])
    plain = ["base", "deployment_sd", "stall_logit", "stall_logit_sd", "run_sd"]
    plain += ["cost_error_sd", "tpot_error_sd"]
    if design.features.shape[1]:
        plain.append("slope")
    arrays |= {name: draws[name].astype(np.float32) for name in plain}
    run = draws["run_effect"]
    arrays["run_mean"] = run.mean(axis=0).astype(np.float32)
    arrays["run_deviation_sd"] = run.std(axis=0).astype(np.float32)
    labels = {
        "deployments": [_summary(rows, d) for d in range(len(rows.deployments))],
        "series": list(rows.series),
        "levels": {group: list(levels) for group, levels in design.levels.items()},
        "features_kept": design.kept.tolist(),
        "features_centre": design.centre.tolist(),
        "features_scale": design.scale.tolist(),
    }
    return arrays, labels


def _summary(rows: CostRows, d: int) -> dict[str, Any]:
    """Facts about a deployment's rows that the frontier and the flags need."""
    least, greatest, day = covered(rows, d)
    return {
        "name": rows.deployments[d],
        "rows": int((rows.deployment == d).sum()),
        "disaggregated": bool(rows.disaggregated[d]),
        "load_min": least,
        "load_max": greatest,
        "load_max_by_lengths": load_max_by_lengths(rows, d),
        "median_day": str(day),
    }
