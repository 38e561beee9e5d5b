"""The vintages of benchmark files: how each is recognised and taken apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from wh_uncertainty.model.intake.findings import shown
from wh_uncertainty.model.intake.json_rows import Ambiguous, is_object, json_object
from wh_uncertainty.model.intake.points import Row

__all__ = ["Format", "Malformed", "dashboard_key", "parted", "recognise"]


class Format(StrEnum):
    """What a file holds; the value is the ``source_kind`` of its rows."""

    RESULT = "imported_result_json"  # process_result.py of InferenceX, since 254b173 (2025-08-25)
    API = "imported_api_row"  # /api/v1/benchmarks of the dashboard
    DUMP = "imported_dump_row"  # table benchmark_results of the weekly database dump
    CONFIGS = "dump_configs"  # its table configs
    DASHBOARD = "imported_dashboard_csv"  # "export CSV" of a chart
    TABLE = "observations"  # this project's own table
    RAW_RESULT = "raw_result"  # of the benchmark client, without the configuration
    OTHER = "other"


def recognise(keys: Collection[str]) -> Format:
    """Tell the format by the keys of a row, or by a header.

    Parameters
    ----------
    keys : collection of str

    Returns
    -------
    Format
    """
    present = set(keys)
    if {"observation_id", "tok_s_per_gpu"} <= present:
        return Format.TABLE
    if "task" in present:  # evaluations have metrics and configs too
        return Format.OTHER
    if {"hw", "conc"} <= present or {"hw", "scenario_type"} <= present:
        return Format.RESULT
    measured = "metrics" in present or any(key.startswith("metrics_") for key in present)
    if measured and "hardware" in present:
        return Format.API  # or a dump whose configs are already joined
    if measured and "config_id" in present:
        return Format.DUMP
    if {"id", "hardware", "framework", "num_prefill_gpu"} <= present:
        return Format.CONFIGS
    if "tput_per_gpu" in map(dashboard_key, present):
        return Format.DASHBOARD
    if "total_token_throughput" in present:
        return Format.RAW_RESULT
    return Format.OTHER


class Malformed(dict[str, Any]):
    """Stands for metrics that are no object."""


_DASHBOARD_KEYS = {
    "hardware key": "hardware_key",
    "concurrency": "conc",
    "throughput/gpu": "tput_per_gpu",
    "output throughput/gpu": "output_tput_per_gpu",
    "input throughput/gpu": "input_tput_per_gpu",
    "disaggregated": "disagg",
    "num prefill gpus": "num_prefill_gpu",
    "num decode gpus": "num_decode_gpu",
    "spec decoding": "spec_decoding",
    "dp attention": "dp_attention",
    "is multinode": "is_multinode",
    "run url": "run_url",
}
_DASHBOARD_PARTS = {"interactivity": "intvty", "e2e latency": "e2el"}
_UNIT = re.compile(r"\s*\([^)]*\)$")


def dashboard_key(title: str) -> str:
    """Return the key of a dashboard column, whatever unit its header claims.

    Latencies are seconds under "(ms)" (until at least 2026-06-11) and under "(s)" (by 2026-08,
    when "/GPU" became "/Chip"); a check on rows finds values that are not.
    """
    bare = _UNIT.sub("", title.strip()).lower().replace("chip", "gpu")
    if bare in _DASHBOARD_KEYS:
        return _DASHBOARD_KEYS[bare]
    statistic, _, quantity = bare.partition(" ")
    if statistic in ("mean", "median", "p99", "std") and quantity:
        return f"{statistic}_{_DASHBOARD_PARTS.get(quantity, quantity)}"
    return bare


def parted(form: Format, rows: Sequence[Row], configs: Mapping[str, Row]) -> list[tuple[Row, Row]]:
    """Part rows into what ran and what was measured.

    Parameters
    ----------
    form : Format
    rows : sequence of mappings
    configs : mapping of str to mapping
        Of a dump, by id.

    Returns
    -------
    list of (mapping, mapping)
        Metrics that are no object are `Malformed`; what is `Ambiguous` stays so.
    """
    if form is Format.DASHBOARD:
        renamed = ({dashboard_key(key): cell for key, cell in row.items()} for row in rows)
        return [(row, row) for row in renamed]
    if form is Format.RESULT:
        return [(row, _measured(row)) for row in rows]
    if form is Format.DUMP:
        return [
            ({**configs.get(shown(row.get("config_id")), {}), **row}, _metrics(row)) for row in rows
        ]
    return [(row, _metrics(row)) for row in rows]


def _metrics(row: Row) -> Row:
    metrics: object = row.get("metrics")
    if isinstance(metrics, str):  # JSONB in a cell
        try:
            metrics = json_object(metrics)
        except ValueError:
            return Malformed()
    if metrics is None:  # flattened: metrics_tput_per_gpu
        metrics = {k.removeprefix("metrics_"): v for k, v in row.items() if k[:8] == "metrics_"}
    return _measured(metrics) if is_object(metrics) else Malformed()


def _measured(metrics: Row) -> Row:
    """Unfold how many requests failed, which the newest results report."""
    outcome: object = metrics.get("benchmark_outcome")
    if not is_object(outcome):
        return metrics
    unfolded = {
        **metrics,
        "num_prompts": outcome.get("requested"),
        **{key: outcome.get(key) for key in ("completed", "failed")},
    }
    return Ambiguous(unfolded) if isinstance(metrics, Ambiguous) else unfolded
