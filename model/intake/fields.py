"""What is read from a row, under which keys each vintage writes it, and how grave a misprint is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FIELDS", "Field"]


@dataclass(frozen=True, slots=True)
class Field:
    """One quantity of a row.

    Parameters
    ----------
    name : str
        Ours, with its unit.
    kind : {"number", "truth", "text", "mention"}
        A mention counts as 1 whatever it says.
    keys : tuple of str
        The first that is there counts.
    measured : bool
        Stands among the metrics, where a row has such a part; else it says what ran.
    needed : bool
        A value that cannot be read drops the row; else only the cell.
    """

    name: str
    kind: str
    keys: tuple[str, ...]
    measured: bool = False
    needed: bool = True


def _texts() -> tuple[Field, ...]:
    return (
        Field("model", "text", ("model",)),
        Field("model_prefix", "text", ("infmax_model_prefix",)),
        Field("hardware", "text", ("hw", "hardware")),
        Field("hardware_key", "text", ("hardware_key",)),
        Field("precision", "text", ("precision",)),
        Field("framework", "text", ("framework",)),
        Field("spec_decoding", "text", ("spec_decoding", "spec_method")),
        Field("scenario", "text", ("scenario_type", "benchmark_type"), needed=False),
        Field("date", "text", ("date",), needed=False),
        Field("run", "text", ("run_url", "workflow_run_id"), needed=False),
        Field("offload", "text", ("offload_mode",), needed=False),
        Field("recipe", "text", ("recipe_fingerprint",), needed=False),
    )


def _layout() -> tuple[Field, ...]:
    # pp, dcp_size and pcp_size came with #2100 to #2167 (2026-07), per pool on several nodes.
    counts = {"tp": "tp", "ep": "ep", "isl": "isl", "osl": "osl", "concurrency": "conc"}
    for pool in ("prefill", "decode"):
        counts |= {f"{pool}_tp": f"{pool}_tp", f"{pool}_ep": f"{pool}_ep"}
        counts |= {f"{pool}_workers": f"{pool}_num_workers", f"{pool}_gpus": f"num_{pool}_gpu"}
    degrees = {"pp": "pp", "pcp": "pcp_size", "dcp": "dcp_size"}
    truths = ("disagg", "is_multinode", "mtp", "dp_attention", "decode_dp_attention")
    return (
        *(Field(name, "number", (key,)) for name, key in counts.items()),
        *(Field(name, "number", (key, f"prefill_{key}")) for name, key in degrees.items()),
        *(Field(name, "truth", (name,)) for name in truths),
        Field("run_error", "mention", ("error",)),
    )


def _metrics() -> tuple[Field, ...]:
    needed = (
        *(("tok_s_per_gpu", "tput_per_gpu"), ("output_tok_s_per_gpu", "output_tput_per_gpu")),
        *(("input_tok_s_per_gpu", "input_tput_per_gpu"), ("power_valid", "power_valid")),
        ("power_schema", "power_metric_schema_version"),
    )
    others = (
        *(("interactivity_tok_s", "median_intvty"), ("mean_interactivity_tok_s", "mean_intvty")),
        *(("tpot_s", "median_tpot"), ("mean_tpot_s", "mean_tpot"), ("ttft_s", "median_ttft")),
        *(("mean_ttft_s", "mean_ttft"), ("e2e_s", "median_e2el"), ("mean_e2e_s", "mean_e2el")),
        *(("board_w", "avg_power_w"), ("joules_per_query", "joules_per_successful_query")),
        *((f"joules_per_{kind}_token",) * 2 for kind in ("input", "output", "total")),
        *(("requested", "num_prompts"), ("completed", "completed"), ("failed", "failed")),
    )
    return (
        *(Field(name, "number", (key,), measured=True) for name, key in needed),
        *(Field(name, "number", (key,), measured=True, needed=False) for name, key in others),
    )


FIELDS: tuple[Field, ...] = (*_texts(), *_layout(), *_metrics())
