"""What physics and arithmetic ask of a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.columns import Columns
from wh_uncertainty.model.intake.findings import Group, Outcome
from wh_uncertainty.model.observation_schema import COLUMNS, HOLDS
from wh_uncertainty.model.token_lengths.nominal_lengths import (
    BENCH_RANGE_RATIO,
    MEAN_LENGTH_FRACTION,
)
from wh_uncertainty.priors import Catalogue

__all__ = ["FLAGS", "cell_findings", "judgements", "other_runs"]

Floats = NDArray[np.float64]

#: The flag that a finding sets on the row that it keeps.
FLAGS: Mapping[str, str] = {
    "littles_law": "littles_law_gt_1.10",
    "power_le_tdp": "est_power_gt_tdp",
    "gpu_count": "num_gpus_unknown",
    "software_stated": "software_unknown",
}

_LAYOUT = ("gpus", "prefill_gpus", "decode_gpus", "tp", "ep", "dp_attention", "concurrency")
# Means of few prompts scatter: 1,668 dashboard rows have 0.888 to 1.013 of the nominal ratio.
_RATIO_TOLERANCE = 0.15
# Requests in flight over the stated concurrency: 0.43 to 1.08 in 1,640 dashboard rows.
_LITTLE_LOW, _LITTLE_HIGH = 0.4, 1.1
_TDP_MARGIN = 1.02  # sensors err: no accelerator's rows exceed 1.01 of its limit
# The benchmark draws lengths evenly from 0.8 of the nominal one up to it; 5 % for chat templates.
_SHORTEST_MEAN, _LONGEST_MEAN = BENCH_RANGE_RATIO - 0.05, 1.05
_FAILED_FRACTION = 0.05  # a run with more fails since InferenceX #1379 (2026-05-14)


def other_runs(columns: Columns) -> Iterator[Group]:
    """Find rows of other kinds of runs, whatever their cells say."""
    agentic = np.array(["agentic" in scenario for scenario in columns.text["scenario"]], dtype=bool)
    yield from _found("fixed_lengths", "scenario_type", agentic, "agentic", "a fixed sequence")
    failed = columns.number["run_error"] == 1
    yield from _found("run_succeeded", "error", failed, "an error", "none")


def cell_findings(columns: Columns) -> Iterator[Group]:
    """Find cells that cannot be used, whatever the others say.

    Yields
    ------
    Group
        A wrong cell that says what ran, or one needed and not stated, drops the row; another
        only itself.
    """
    for column in COLUMNS:
        if column.rule not in HOLDS:
            continue
        values = columns.number[column.name]
        missing = np.isnan(values)
        wrong = ~missing & ~HOLDS[column.rule](values)
        needed = not column.blank_allowed
        says_what_ran = needed or column.name in _LAYOUT
        outcome = Outcome.DROPPED if says_what_ran else Outcome.CELL_DROPPED
        if (at := np.flatnonzero(wrong)).size:
            rule = "a whole number" if column.rule == "count" else column.rule
            yield Group("schema", column.name, at, values[at], rule, outcome)
        if needed and (at := np.flatnonzero(missing)).size:
            yield Group("stated", column.name, at, "", _remedy(column.name), Outcome.DROPPED)
    unsaid = np.isnan(columns.number["concurrency"])
    remedy = "a number; without it the row is no part of a fit"
    yield from _found("stated", "concurrency", unsaid, "", remedy, Outcome.KEPT)
    for name in ("isl", "osl"):
        mean, nominal = columns.number[f"mean_{name}"], columns.number[name]
        wrong = (mean < _SHORTEST_MEAN * nominal) | (mean > _LONGEST_MEAN * nominal)
        expected, outcome = MEAN_LENGTH_FRACTION * nominal, Outcome.CELL_DROPPED
        yield from _found("mean_lengths", f"mean_{name}", wrong, mean, expected, outcome)


def _remedy(name: str) -> str:
    return "a number, or a file name like agg_1k8k.json" if name in ("isl", "osl") else "a number"


def judgements(columns: Columns, catalogue: Catalogue) -> Iterator[Group]:
    """Judge rows whose cells each keep their rule.

    Parameters
    ----------
    columns : Columns
    catalogue : Catalogue
        For the power limits.

    Yields
    ------
    Group
    """
    with np.errstate(all="ignore"):  # blank and hostile cells give NaN and infinity: no finding
        yield from _measurements(columns)
        yield from _lengths(columns)
        yield from _littles_law(columns)
        yield from _power(columns, catalogue)


def _measurements(columns: Columns) -> Iterator[Group]:
    n = columns.number
    for name in ("tok_s_per_gpu", "tpot_s"):
        yield from _found("positive_throughput", name, n[name] <= 0, n[name], "above 0")
    share = n["failed"] / n["requested"]
    many = (share > _FAILED_FRACTION) | (n["failed"] < 0)
    some = (n["failed"] > 0) & ~many
    limit = _FAILED_FRACTION * n["requested"]
    yield from _found("requests_failed", "failed", many, n["failed"], limit)
    yield from _found("requests_failed", "failed", some, n["failed"], limit, Outcome.KEPT)
    poolless = (n["disaggregated"] == 1) & np.isnan(n["decode_gpus"])
    yield from _found("pools_known", "decode_gpus", poolless, "", "a count", Outcome.KEPT)
    yield from _found("gpu_count", "gpus", np.isnan(n["gpus"]), "", "a count", Outcome.FLAGGED)


def _mean_lengths(columns: Columns) -> tuple[Floats, Floats]:
    n = columns.number
    isl = np.where(np.isnan(n["mean_isl"]), MEAN_LENGTH_FRACTION * n["isl"], n["mean_isl"])
    osl = np.where(np.isnan(n["mean_osl"]), MEAN_LENGTH_FRACTION * n["osl"], n["mean_osl"])
    return isl, osl


def _lengths(columns: Columns) -> Iterator[Group]:
    n = columns.number
    isl, osl = _mean_lengths(columns)
    share, expected = n["output_tok_s_per_gpu"] / n["tok_s_per_gpu"], osl / (isl + osl)
    wrong = np.abs(share / expected - 1) > _RATIO_TOLERANCE
    yield from _found("length_ratio", "output_tok_s_per_gpu", wrong, share, expected)


def _littles_law(columns: Columns) -> Iterator[Group]:
    n = columns.number
    isl, osl = _mean_lengths(columns)
    queries_per_s = n["tok_s_per_gpu"] * n["gpus"] / (isl + osl)
    first_s = np.where(np.isnan(n["ttft_s"]), 0, n["ttft_s"])
    of_parts_s = first_s + osl / n["interactivity_tok_s"]
    median_s = np.where(np.isnan(n["e2e_s"]), of_parts_s, n["e2e_s"])
    mean_s = np.where(np.isnan(n["mean_e2e_s"]), median_s, n["mean_e2e_s"])
    stated, in_flight = n["concurrency"], queries_per_s * mean_s  # the law is about the mean,
    most = queries_per_s * np.fmax(mean_s, n["e2e_s"])  # but medians have not exceeded it either
    complete = np.isfinite(n["e2e_s"]) | np.isfinite(n["mean_e2e_s"]) | np.isfinite(n["ttft_s"])
    high = most > _LITTLE_HIGH * stated
    low = complete & (in_flight < _LITTLE_LOW * stated)
    yield from _found("littles_law", "concurrency", high, most, stated, Outcome.FLAGGED)
    yield from _found("littles_law", "concurrency", low, in_flight, stated, Outcome.KEPT)


def _power(columns: Columns, catalogue: Catalogue) -> Iterator[Group]:
    n = columns.number
    limits = {name: gpu.tdp_w for name, gpu in catalogue.hardware.items()}
    limit_w = np.array([limits.get(name, np.nan) for name in columns.text["hardware"]])
    nominal = n["tok_s_per_gpu"] * n["osl"] / (n["isl"] + n["osl"])
    output = np.where(np.isnan(n["output_tok_s_per_gpu"]), nominal, n["output_tok_s_per_gpu"])
    board_w = np.where(np.isnan(n["board_w"]), n["joules_per_output_token"] * output, n["board_w"])
    wrong = board_w > _TDP_MARGIN * limit_w
    yield from _found("power_le_tdp", "board_w", wrong, board_w, limit_w, Outcome.FLAGGED)


def _found(
    rule: str,
    column: str,
    mask: NDArray[np.bool_],
    value: Floats | str,
    expected: Floats | str,
    outcome: Outcome = Outcome.DROPPED,
) -> Iterator[Group]:
    at = np.flatnonzero(mask)
    if at.size:
        shown = value if isinstance(value, str) else value[at]
        wanted = expected if isinstance(expected, str) else expected[at]
        yield Group(rule, column, at, shown, wanted, outcome)
