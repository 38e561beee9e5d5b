"""Each check says what it found, what it expected, and what became of the row."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.model.intake.findings import RULES, Finding, Outcome
from wh_uncertainty.model.intake.intake import Intake, take_in
from wh_uncertainty.model.intake.interpretation import ONE_POOL_FLAG
from wh_uncertainty.model.intake.rules import FLAGS
from wh_uncertainty.model.observations import (
    EXCLUDING_FLAGS,
    POWER_EXCLUDING_FLAGS,
    ObservationError,
    embedded_path,
    load_observations,
)
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()

Row = dict[str, Any]
Take = Callable[..., Intake]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    def take_rows(*rows: Row) -> Intake:
        (tmp_path / "rows.json").write_text(json.dumps(rows))
        return take_in([tmp_path / "rows.json"], CATALOGUE)

    return take_rows


@pytest.fixture
def row(vintages: Any) -> Row:
    made: Row = vintages.api_row(vintages.points(1, seed=11, disaggregated=False)[0], 2)
    return made


def _one(taken: Intake, rule: str) -> Finding:
    (finding,) = [finding for finding in taken.findings() if finding.rule == rule]
    return finding


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_a_sound_row_has_no_finding(take: Take, row: Row) -> None:
    assert [g for g in take(row).groups if g.rule != "gpu_count"] == []


@pytest.mark.parametrize(
    ("key", "value", "rule", "outcome"),
    [
        ("tput_per_gpu", "64", "a_number", Outcome.DROPPED),
        ("tput_per_gpu", True, "a_number", Outcome.DROPPED),
        ("tput_per_gpu", None, "stated", Outcome.DROPPED),
        ("tput_per_gpu", -3, "schema", Outcome.DROPPED),
        ("median_ttft", "fast", "a_number", Outcome.CELL_DROPPED),
        ("median_ttft", -1, "schema", Outcome.CELL_DROPPED),
        ("median_ttft", 1e9, "ttft_le_e2e", Outcome.CELL_DROPPED),
        ("mean_e2el", 1e9, "e2e_is_its_parts", Outcome.CELL_DROPPED),
        ("avg_power_w", 1.0, "power_identity", Outcome.CELL_DROPPED),
        ("joules_per_successful_query", 1.0, "mean_lengths", Outcome.CELL_DROPPED),
    ],
)
def test_measured_cells(
    take: Take, row: Row, key: str, value: object, rule: str, outcome: Outcome
) -> None:
    row["metrics"][key] = value
    findings = [f for f in take(row).findings() if f.rule == rule]
    assert {finding.outcome for finding in findings} == {outcome}


@pytest.mark.parametrize(
    ("key", "value", "rule", "outcome"),
    [
        ("model", "new-model", "model_known", Outcome.KEPT),
        ("hardware", "rtx6000pro", "hardware_known", Outcome.KEPT),
        ("precision", "fp6", "precision_known", Outcome.KEPT),
        ("precision", None, "software_stated", Outcome.FLAGGED),
        ("framework", None, "software_stated", Outcome.FLAGGED),
        ("model", None, "stated", Outcome.DROPPED),
        ("model", "a|b", "a_name", Outcome.DROPPED),
        ("model", "line\nbreak", "a_name", Outcome.DROPPED),
        ("model", ["a"], "a_name", Outcome.DROPPED),
        ("model", "x" * 301, "a_name", Outcome.DROPPED),
        ("isl", 1024.5, "schema", Outcome.DROPPED),
        ("isl", None, "stated", Outcome.DROPPED),
        ("conc", None, "stated", Outcome.KEPT),
        ("prefill_tp", None, "gpu_count", Outcome.FLAGGED),
        ("disagg", "perhaps", "a_number", Outcome.DROPPED),
        ("disagg", True, "pools_known", Outcome.KEPT),
        ("metrics", [], "readable", Outcome.DROPPED),
        ("benchmark_type", "agentic_traces", "fixed_lengths", Outcome.DROPPED),
        ("error", "CUDA out of memory\nTraceback", "run_succeeded", Outcome.DROPPED),
        ("date", "yesterday", "schema", Outcome.CELL_DROPPED),
    ],
)
def test_cells_that_say_what_ran(
    take: Take, row: Row, key: str, value: object, rule: str, outcome: Outcome
) -> None:
    assert _one(take(row | {key: value}), rule).outcome is outcome


def test_power_above_the_limit_keeps_the_row_out_of_the_fit(
    vintages: Any, take: Take, tmp_path: Path
) -> None:
    point = vintages.points(1, seed=11, disaggregated=False)[0] | {"board_w": 1500.0}
    taken = take(vintages.api_row(point, 1))
    finding = _one(taken, "power_le_tdp")
    assert (finding.value, finding.outcome) == ("1500", Outcome.FLAGGED)
    (tmp_path / "own.csv").write_bytes(taken.kept_csv())
    loaded = load_observations(tmp_path / "own.csv")
    assert loaded.flags.tolist() == ["est_power_gt_tdp"]
    assert not loaded.fit.any()


def test_every_flag_of_a_finding_keeps_the_row_out_of_the_fit() -> None:
    assert set(FLAGS.values()) == set(EXCLUDING_FLAGS)
    assert ONE_POOL_FLAG in POWER_EXCLUDING_FLAGS


def test_not_an_object_and_a_key_named_twice(tmp_path: Path, row: Row) -> None:
    good = json.dumps(row)
    twice = good.replace('"isl":', '"isl": 5, "isl":')
    inside = good.replace('"tput_per_gpu":', '"tput_per_gpu": 5, "tput_per_gpu":')
    path = tmp_path / "rows.json"
    path.write_text(f"[{good}, 5, null, {twice}, {inside}]")
    taken = take_in([path], CATALOGUE)
    assert taken.kept.tolist() == [True, False, False, False, False]
    rules = [(f.index, f.rule) for f in taken.findings() if f.outcome is Outcome.DROPPED]
    assert sorted(rules) == [
        *((1, "readable"), (2, "readable")),
        *((3, "no_double_key"), (4, "no_double_key")),
    ]


def test_rejected_rows_keep_their_place_and_all_reasons(take: Take, row: Row) -> None:
    bad = row | {"isl": None, "osl": -1, "metrics": row["metrics"] | {"tput_per_gpu": -1}}
    taken = take(row, bad)
    (rejected,) = _rows(taken.rejected_csv())
    assert rejected["read_from"] == "rows.json row 2"
    assert rejected["hardware"] == row["hardware"]
    for reason in ("stated [isl]", "schema [osl]: '-1'", "schema [tok_s_per_gpu]: '-1'"):
        assert reason in rejected["reasons"]


def test_the_same_point_twice(take: Take, row: Row) -> None:
    less = row | {"metrics": {k: v for k, v in row["metrics"].items() if k[:5] != "mean_"}}
    other = row | {"metrics": {k: v * 1.001 for k, v in row["metrics"].items()}}
    other["metrics"] |= {"power_valid": 1, "power_metric_schema_version": 2}
    other["metrics"] |= {
        f"{s}_tpot": 1 / other["metrics"][f"{s}_intvty"] for s in ("mean", "median")
    }
    another_run = other | {"run_url": "https://example.com/runs/other"}
    another_recipe = other | {"recipe_fingerprint": "abc"}
    for rows, kept in (
        ((less, row), [False, True]),
        ((row, other), [True, False]),
        ((row, another_run), [True, True]),
        ((row, another_recipe), [True, True]),
        ((row | {"run_url": None}, other | {"run_url": None}), [True, True]),
    ):
        taken = take(*rows)
        assert taken.kept.tolist() == kept
        assert [f.rule for f in taken.findings()].count("no_duplicate") == kept.count(False)


def test_dump_rows_need_their_configs(vintages: Any, tmp_path: Path) -> None:
    results, configs = vintages.dump_tables(vintages.points(3, disaggregated=False))
    (tmp_path / "benchmark_results.json").write_text(json.dumps(results))
    with pytest.raises(ObservationError, match="without configs; name the file"):
        take_in([tmp_path], CATALOGUE)
    (tmp_path / "configs.json").write_text(json.dumps(configs[:2]))
    (tmp_path / "server_logs.json").write_text("not even JSON")
    taken = take_in([tmp_path], CATALOGUE)
    assert taken.kept.tolist() == [True, True, False]
    assert _one(taken, "config_known").value == "2"
    assert any("server_logs.json" in note for note in taken.notes)
    (tmp_path / "more.json").write_text(json.dumps([configs[0] | {"hardware": "h100"}]))
    with pytest.raises(ObservationError, match="import one dump at a time"):
        take_in([tmp_path], CATALOGUE)


def test_our_own_table_keeps_its_flags_and_gets_no_others() -> None:
    taken = take_in([embedded_path()], CATALOGUE)
    before = load_observations().flags.tolist()
    assert taken.kept.all()
    assert taken.columns.text["flags"] == before


def test_own_table_with_a_broken_line(tmp_path: Path) -> None:
    lines = embedded_path().read_text("utf-8").splitlines()[:4]
    cells = lines[2].split(",")
    lines[2] = ",".join([*cells[:2], "a|b", *cells[3:]])
    lines[3] += ",more"
    (tmp_path / "own.csv").write_text("\n".join(lines))
    taken = take_in([tmp_path / "own.csv"], CATALOGUE)
    assert taken.kept.tolist() == [True, False, False]
    assert {f.rule for f in taken.findings()} == {"a_name", "readable"}
    assert taken.where(1) == "own.csv row 3"


def test_every_rule_has_a_sentence() -> None:
    for rule, sentence in RULES.items():
        assert rule.replace("_", "").isalnum()
        assert len(sentence) < 90
