"""The thirteen traps of the formats, each with a test that fails if it is stepped into."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.model.intake.findings import Finding, Outcome
from wh_uncertainty.model.intake.intake import Intake, take_in
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()

Row = dict[str, Any]
Take = Callable[..., Intake]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    def take_rows(*rows: Row, name: str = "rows.json") -> Intake:
        (tmp_path / name).write_text(json.dumps(rows))
        return take_in([tmp_path / name], CATALOGUE)

    return take_rows


@pytest.fixture
def one(vintages: Any) -> Row:
    """A point on one node, 8 GPUs, tp8 x ep4."""
    known: list[Row] = vintages.points(20, seed=7, disaggregated=False)
    point = next(point for point in known if point["conc"] >= 64)
    return point | {"tp": 8, "ep": 4, "gpus": 8, "total": point["total"] * point["gpus"] / 8}


@pytest.fixture
def pooled(vintages: Any) -> Row:
    point: Row = vintages.points(1, seed=8, disaggregated=True)[0]
    return point


def _rows(taken: Intake) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(taken.kept_csv().decode())))


def _only(taken: Intake) -> dict[str, str]:
    (row,) = _rows(taken)
    return row


def _found(taken: Intake, rule: str) -> list[Finding]:
    return [finding for finding in taken.findings() if finding.rule == rule]


def test_1_gpus_are_tp_not_tp_times_ep(vintages: Any, take: Take, one: Row) -> None:
    taken = take(vintages.api_row(one))
    assert _only(taken)["gpus"] == "8"
    (finding,) = _found(taken, "gpu_count")
    assert (finding.value, finding.expected, finding.outcome) == ("32", "8", Outcome.CORRECTED)


def test_1_pipeline_and_context_parallel_gpus_count(vintages: Any, take: Take, one: Row) -> None:
    wider = vintages.result_v2(one) | {
        "pp": 2,
        "pcp_size": 2,
        "dcp_size": 4,
        "conc": 4 * one["conc"],
    }
    assert _only(take(wider))["gpus"] == "32"


def test_1_contradictory_counts_on_several_nodes(vintages: Any, take: Take, one: Row) -> None:
    several = {"is_multinode": True, "prefill_num_workers": 2, "decode_num_workers": 0}
    row = vintages.api_row(one) | several
    clear = _only(take(row | {"num_prefill_gpu": 16, "num_decode_gpu": 0, "conc": 2 * one["conc"]}))
    assert (clear["gpus"], clear["flags"]) == ("16", "")
    unclear = _only(take(row | {"num_prefill_gpu": 16, "num_decode_gpu": 16}))
    assert (unclear["gpus"], unclear["flags"]) == ("", "num_gpus_unknown")


def test_2_output_is_averaged_over_all_gpus(vintages: Any, take: Take, pooled: Row) -> None:
    row = _only(take(vintages.api_row(pooled)))
    assert row["gpus"] == str(pooled["prefill"] + pooled["decode"])
    assert float(row["output_tok_s_per_gpu"]) == pytest.approx(vintages.output(pooled), rel=1e-5)


def test_2_output_that_is_averaged_already_stays(vintages: Any, take: Take, pooled: Row) -> None:
    out = vintages.output(pooled)
    row = vintages.api_row(pooled)
    row["metrics"] |= {"output_tput_per_gpu": out, "input_tput_per_gpu": pooled["total"] - out}
    assert float(_only(take(row))["output_tok_s_per_gpu"]) == pytest.approx(out, rel=1e-5)


def test_2_output_alone_is_read_by_the_lengths(vintages: Any, take: Take, pooled: Row) -> None:
    row = vintages.api_row(pooled)
    del row["metrics"]["input_tput_per_gpu"]
    found = float(_only(take(row))["output_tok_s_per_gpu"])
    assert found == pytest.approx(vintages.output(pooled), rel=1e-5)
    row["metrics"]["output_tput_per_gpu"] *= 1.3
    taken = take(row)
    assert _only(taken)["output_tok_s_per_gpu"] == ""
    assert _found(taken, "throughput_sum")[0].outcome is Outcome.CELL_DROPPED


def test_2_throughputs_that_add_up_in_no_way(vintages: Any, take: Take, pooled: Row) -> None:
    row = vintages.api_row(pooled)
    row["metrics"]["output_tput_per_gpu"] *= 1.5
    taken = take(row)
    assert not taken.kept.any()
    assert _found(taken, "throughput_sum")[0].outcome is Outcome.DROPPED


def test_3_first_disaggregated_form_states_the_total_twice(
    vintages: Any, take: Take, pooled: Row
) -> None:
    n = pooled["gpus"]
    total = {f"{pool}_{what}": n for pool in ("prefill", "decode") for what in ("tp", "ep")}
    first = {"is_multinode": False, "num_prefill_gpu": n, "num_decode_gpu": n, **total}
    row = _only(take(vintages.api_row(pooled) | first))
    assert row["gpus"] == str(n)
    pools = row["prefill_gpus"], row["decode_gpus"]
    assert pools == (str(pooled["prefill"]), str(pooled["decode"]))
    assert float(row["output_tok_s_per_gpu"]) == pytest.approx(vintages.output(pooled), rel=1e-5)


def test_4_lengths_are_nominal_and_means_are_nine_tenths(
    vintages: Any, take: Take, one: Row, tmp_path: Path
) -> None:
    row = _only(take(vintages.api_row(one)))
    assert (row["isl"], row["mean_isl"]) == (str(one["isl"]), "")
    (tmp_path / "own.csv").write_bytes(take(vintages.api_row(one)).kept_csv())
    assert load_observations(tmp_path / "own.csv").mean_isl_tok[0] == 0.9 * one["isl"]


def test_4_energy_per_query_and_per_token_tell_the_actual_means(
    vintages: Any, take: Take, one: Row
) -> None:
    row = _only(take(vintages.api_row(one, 2)))
    assert float(row["mean_isl"]) == pytest.approx(0.9 * one["isl"], rel=1e-5)
    assert float(row["mean_osl"]) == pytest.approx(0.9 * one["osl"], rel=1e-5)


@pytest.mark.parametrize(("failed", "outcome"), [(1, Outcome.KEPT), (60, Outcome.DROPPED)])
def test_5_failed_requests(
    vintages: Any, take: Take, one: Row, failed: int, outcome: Outcome
) -> None:
    row = vintages.result_v2(one)
    counts = {"requested": 1000, "completed": 1000 - failed, "failed": failed}
    taken = take(row | {"benchmark_outcome": counts})
    (finding,) = _found(taken, "requests_failed")
    assert (finding.value, finding.expected, finding.outcome) == (str(failed), "50", outcome)
    assert take(row | {"num_prompts": 1000, "completed": 1000 - failed}).groups


def test_6_std_intvty_is_named_and_not_read(vintages: Any, take: Take, one: Row) -> None:
    row = vintages.api_row(one)
    taken = take(row)
    assert taken.notes == ("rows.json: std_intvty of 1 rows is no spread, not read",)
    row["metrics"]["std_intvty"] = "nonsense"
    assert take(row).kept_csv() == taken.kept_csv()


def test_7_interactivity_is_1_over_tpot_not_output_per_user(
    vintages: Any, take: Take, one: Row
) -> None:
    row = vintages.api_row(one)
    per_user = vintages.output(one) * one["gpus"] / one["conc"]
    stated = float(_only(take(row))["interactivity_tok_s"])
    assert stated == pytest.approx(1 / row["metrics"]["median_tpot"], rel=1e-5)
    row["metrics"]["median_intvty"] = per_user * 1.2
    taken = take(row)
    assert _only(taken)["interactivity_tok_s"] == ""
    assert _found(taken, "intvty_is_1_over_tpot")
    del row["metrics"]["median_intvty"]
    assert float(_only(take(row))["interactivity_tok_s"]) == pytest.approx(stated)


def test_8_littles_law_finds_what_is_no_closed_loop(vintages: Any, take: Take, one: Row) -> None:
    row = vintages.api_row(one)
    fewer, more = take(row | {"conc": one["conc"] // 2}), take(row | {"conc": 4 * one["conc"]})
    assert _only(fewer)["flags"] == "littles_law_gt_1.10"
    assert _only(more)["flags"] == ""
    assert _found(more, "littles_law")[0].outcome is Outcome.KEPT


@pytest.mark.parametrize("key", ["tput_per_gpu", "median_tpot"])
def test_9_zero_is_no_measurement(vintages: Any, take: Take, one: Row, key: str) -> None:
    row = vintages.api_row(one)
    row["metrics"][key] = 0
    taken = take(row)
    assert not taken.kept.any()
    assert _found(taken, "positive_throughput")


@pytest.mark.parametrize(("isl", "osl"), [(1024, 1024), (1024, 8192), (8192, 1024)])
def test_10_lengths_in_a_file_name_before_rows_state_them(
    vintages: Any, take: Take, one: Row, isl: int, osl: int
) -> None:
    point = one | {"isl": isl, "osl": osl}
    row = vintages.result_2025_11(point)
    name = f"agg_dsr1_{isl // 1024}k{osl // 1024}k_fp8_tp8_conc64.json"
    taken = take(row, name=name)
    assert (_only(taken)["isl"], _only(taken)["osl"]) == (str(isl), str(osl))
    nameless = take(row, name="agg_bmk.json")
    assert not nameless.kept.any()
    assert {finding.column for finding in _found(nameless, "stated")} == {"isl", "osl"}


def test_10_lengths_of_another_workload_are_found_out(vintages: Any, take: Take, one: Row) -> None:
    row = vintages.result_2025_11(one | {"isl": 1024, "osl": 8192})
    taken = take(row, name="agg_dsr1_8k1k.json")
    assert not taken.kept.any()
    assert _found(taken, "length_ratio")


def test_11_odd_concurrencies_are_as_good_as_round_ones(
    vintages: Any, take: Take, pooled: Row
) -> None:
    scale = 16130 / pooled["conc"]
    point = pooled | {"conc": 16130, "total": pooled["total"] * scale}
    taken = take(vintages.api_row(point))
    assert _only(taken)["concurrency"] == "16130"
    assert not taken.groups


@pytest.mark.parametrize(
    ("change", "column", "name"),
    [
        ({"hw": "cluster:b200-dgxc"}, "hardware", "b200"),
        ({"hw": "mi355x-amds"}, "hardware", "mi355x"),
        ({"hw": "gb200-nvl72"}, "hardware", "gb200"),
        ({"hw": "rtx6000pro"}, "hardware", "rtx6000pro"),
        ({"hw": "rtx-5090"}, "hardware", "rtx-5090"),
        ({"framework": "dynamo-trtllm"}, "framework", "dynamo-trt"),
        ({"framework": "sglang-disagg"}, "framework", "mori-sglang"),
        ({"framework": "TRT-LLM"}, "framework", "trt"),
        ({"model": "/raid/models/deepseek-r1-0528-fp4-v2"}, "model", "deepseek-r1-0528"),
        ({"model": "amd/Llama-3.3-70B-Instruct-MXFP4-Preview"}, "model", "llama-3.3-70b"),
        ({"model": "/models/x", "infmax_model_prefix": "glm5.1"}, "model", "glm-5.1"),
        ({"model": "Some/New-Model-9B"}, "model", "new-model-9b"),
        ({"precision": "NVFP4"}, "precision", "fp4"),
        ({"model": "minimaxm3", "spec_decoding": "EAGLE"}, "spec_decoding", "mtp"),
        ({"model": "dsr1", "spec_decoding": "eagle"}, "spec_decoding", "eagle"),
        ({"spec_decoding": None, "mtp": "on"}, "spec_decoding", "mtp"),
    ],
)
def test_12_names_of_all_times_become_one(
    vintages: Any, take: Take, one: Row, change: Row, column: str, name: str
) -> None:
    row = vintages.result_v2(one)
    row = {k: v for k, v in row.items() if k != "infmax_model_prefix"} | change
    assert _only(take(row))[column] == name


def test_13_unversioned_joules_of_pools_are_not_read(
    vintages: Any, take: Take, pooled: Row
) -> None:
    taken = take(vintages.api_row(pooled, 1))
    row = _only(taken)
    assert row["joules_per_output_token"] == ""
    assert row["flags"] == "disagg_power_unversioned_semantics"
    assert float(row["board_w"]) == pytest.approx(pooled["board_w"], rel=1e-5)
    assert _found(taken, "disagg_joules_versioned")[0].outcome is Outcome.CELL_DROPPED
    versioned = _only(take(vintages.api_row(pooled, 2)))
    assert versioned["flags"] == ""
    joules = pooled["board_w"] / vintages.output(pooled)
    assert float(versioned["joules_per_output_token"]) == pytest.approx(joules, rel=1e-5)


def test_13_power_that_is_not_valid_is_not_read(vintages: Any, take: Take, one: Row) -> None:
    row = vintages.api_row(one, 2)
    row["metrics"]["power_valid"] = 0
    taken = take(row)
    cells = _only(taken)
    assert [cells[k] for k in ("board_w", "joules_per_output_token", "mean_osl")] == ["", "", ""]
    assert _found(taken, "power_valid")
    assert take(vintages.api_row(one, 2) | {"power_valid": 0}).kept.all()


def test_13_power_of_a_later_schema_is_not_read(vintages: Any, take: Take, one: Row) -> None:
    row = vintages.api_row(one, 2)
    row["metrics"]["power_metric_schema_version"] = 3
    taken = take(row)
    assert _only(taken)["board_w"] == ""
    assert _found(taken, "power_schema")
