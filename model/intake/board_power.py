"""Board power and joules per token, and which of them mean what they seem to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.findings import Group, Outcome
from wh_uncertainty.model.intake.points import Points

__all__ = ["BoardPower", "board_power"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_SCHEMA = 2  # since InferenceX #2599 (2026-08-18): energy of the whole deployment
_TOLERANCE = 0.02  # rounding; 26 of 26 rows with independent throughput agree to 4e-6


@dataclass(frozen=True, slots=True)
class BoardPower:
    """Measured power; arrays of shape ``(rows,)``, NaN where there is none that can be used.

    Parameters
    ----------
    board_w : ndarray
        Mean power of one GPU's board [W].
    joules_per_output_token : ndarray
        Energy of all boards per output token [J].
    mean_isl, mean_osl : ndarray
        Actual mean lengths [tokens], from joules per query and per token of schema 2.
    reported : ndarray of bool
        `board_w` is stated, and not computed from joules.
    one_pool : ndarray of bool
        Disaggregated and without schema: joules counted one pool only.
    groups : list of Group
    """

    board_w: Floats
    joules_per_output_token: Floats
    mean_isl: Floats
    mean_osl: Floats
    reported: Mask
    one_pool: Mask
    groups: list[Group]


def board_power(points: Points, output_tok_s_per_gpu: Floats, disaggregated: Mask) -> BoardPower:
    """Take what can be used.

    Parameters
    ----------
    points : Points
    output_tok_s_per_gpu : ndarray, shape (rows,)
        Averaged over all GPUs.
    disaggregated : ndarray of bool, shape (rows,)

    Returns
    -------
    BoardPower
    """
    n = points.number
    whole = n["power_schema"] == _SCHEMA
    stated, joules = n["board_w"], n["joules_per_output_token"]
    has_power = np.isfinite(stated) | np.isfinite(joules)
    invalid = has_power & np.isfinite(n["power_valid"]) & (n["power_valid"] != 1)
    foreign = has_power & np.isfinite(n["power_schema"]) & ~whole & ~invalid
    one_pool = disaggregated & ~whole & has_power & ~invalid & ~foreign
    usable = np.where(invalid | one_pool, np.nan, joules)
    implied = usable * output_tok_s_per_gpu
    contradicted = np.abs(implied - stated) > _TOLERANCE * np.abs(stated)
    mean_isl = n["joules_per_query"] / n["joules_per_input_token"]
    mean_osl = n["joules_per_query"] / joules
    lost = invalid | foreign | contradicted
    board = np.where(lost, np.nan, np.where(np.isnan(stated), implied, stated))
    lengths_known = whole & ~lost
    return BoardPower(
        board,
        np.where(lost, np.nan, usable),
        np.where(lengths_known, mean_isl, np.nan),
        np.where(lengths_known, mean_osl, np.nan),
        np.isfinite(stated),
        one_pool,
        _findings(points, invalid, foreign, one_pool & np.isfinite(joules), contradicted, implied),
    )


def _findings(
    points: Points,
    invalid: Mask,
    foreign: Mask,
    one_pool: Mask,
    contradicted: Mask,
    implied: Floats,
) -> list[Group]:
    n = points.number
    checks = (
        ("power_valid", "power_valid", invalid, n["power_valid"], "1"),
        ("power_schema", "power_metric_schema_version", foreign, n["power_schema"], "none or 2"),
        (
            *("disagg_joules_versioned", "joules_per_output_token", one_pool),
            *(n["joules_per_output_token"], f"power_metric_schema_version {_SCHEMA}"),
        ),
        ("power_identity", "avg_power_w", contradicted, n["board_w"], implied),
    )
    return [
        Group(
            *(rule, column, at, value[at]),
            expected if isinstance(expected, str) else expected[at],
            Outcome.CELL_DROPPED,
        )
        for rule, column, mask, value, expected in checks
        if (at := np.flatnonzero(mask)).size
    ]
