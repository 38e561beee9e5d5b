"""The same points, written as every vintage writes them, import to the same table."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.model.intake.findings import Outcome, tallies
from wh_uncertainty.model.intake.intake import Intake, take_in
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.rows import cost_rows
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()
COMPLETE = (
    *("result_2025_11_21", "result_v2", "api", "dump_json", "dump_csv", "dump_joined_csv"),
    *("dump_flat_csv", "dashboard_ms", "dashboard_s"),
)
PROVENANCE = ("source", "source_kind", "source_on", "observed_on")
# What a file of 2025-08-25 states, or lets infer; the rest stays blank.
EARLY = (
    *("model", "hardware", "precision", "framework", "gpus", "tp", "isl", "osl", "concurrency"),
    *("tok_s_per_gpu", "interactivity_tok_s", "ttft_s", "mean_e2e_s", "aggregation"),
)

Write = Callable[..., Path]
Rows = list[dict[str, str]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_files(files: dict[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).write_text(text, "utf-8")
        return tmp_path

    return write_files


def _rows(taken: Intake) -> Rows:
    return list(csv.DictReader(io.StringIO(taken.kept_csv().decode())))


def _facts(rows: Rows) -> Rows:
    bare = [{k: v for k, v in row.items() if k not in PROVENANCE} for row in rows]
    return sorted(bare, key=lambda row: row["observation_id"])


def _expected(point: dict[str, Any], vintages: Any) -> dict[str, str]:
    pooled = point["disaggregated"]
    one_node = {"tp": point["tp"], "ep": point["ep"]}
    cells = {
        **{k: point[k] for k in ("model", "hardware", "precision", "framework", "spec_decoding")},
        **{"disaggregated": int(pooled), "gpus": point["gpus"]},
        **{"prefill_gpus": point["prefill"], "decode_gpus": point["decode"]},
        **({"tp": None, "ep": None} if pooled else one_node),
        **{"dp_attention": int(point["dp_attention"]), "isl": point["isl"], "osl": point["osl"]},
        **{"concurrency": f"{point['conc']:g}", "tok_s_per_gpu": f"{point['total']:.6g}"},
        "output_tok_s_per_gpu": f"{vintages.output(point):.6g}",
        "interactivity_tok_s": f"{point['speed']:.6g}",
        **{"ttft_s": f"{point['ttft']:.6g}", "e2e_s": f"{point['e2e']:.6g}"},
        "mean_interactivity_tok_s": f"{point['mean_speed']:.6g}",
        **{"mean_e2e_s": f"{point['mean_e2e']:.6g}", "aggregation": "single_run", "flags": ""},
    }
    return {key: "" if value is None else str(value) for key, value in cells.items()}


@pytest.mark.parametrize("vintage", COMPLETE)
def test_every_vintage_gives_the_known_rows(vintages: Any, write: Write, vintage: str) -> None:
    known = vintages.points(40, seed=1)
    taken = take_in([write(vintages.files(known)[vintage])], CATALOGUE)
    assert taken.kept.all()
    assert not taken.objections()
    rows = {row["observation_id"]: row for row in _rows(taken)}
    assert len(rows) == 40
    found = [{key: row[key] for key in _expected(known[0], vintages)} for row in rows.values()]
    wanted = [_expected(point, vintages) for point in known]
    assert sorted(map(str, found)) == sorted(map(str, wanted))


@pytest.mark.parametrize("vintage", COMPLETE)
def test_vintages_agree_down_to_the_name_of_a_row(
    vintages: Any, tmp_path: Path, vintage: str
) -> None:
    files = vintages.files(vintages.points(25, seed=2))
    tables: list[Rows] = []
    for name in ("api", vintage):
        (folder := tmp_path / f"as_{name}").mkdir(exist_ok=True)
        for file, text in files[name].items():
            (folder / file).write_text(text, "utf-8")
        tables.append(_facts(_rows(take_in([folder], CATALOGUE))))
    assert tables[0] == tables[1]


@pytest.mark.parametrize("power", [1, 2])
def test_result_api_and_dump_agree_on_power(vintages: Any, write: Write, power: int) -> None:
    known = vintages.points(10, seed=3, disaggregated=None if power == 2 else False)
    results, configs = vintages.dump_tables(known, power)
    files = {
        "result.json": json.dumps([vintages.result_v2(point, power) for point in known]),
        "api.json": json.dumps([vintages.api_row(point, power) for point in known]),
        "benchmark_results.json": json.dumps(results),
        "configs.json": json.dumps(configs),
    }
    folder = write(files)
    once = [folder / "api.json"]
    tables = [
        _facts(_rows(take_in(paths, CATALOGUE)))
        for paths in (
            once,
            [folder / "result.json"],
            [folder / "benchmark_results.json", folder / "configs.json"],
        )
    ]
    assert tables[0] == tables[1] == tables[2]
    for row in tables[0]:
        assert row["board_w_kind"] == "reported"
        assert (row["mean_osl"] != "") == (power == 2)
    everything = take_in([folder], CATALOGUE)
    assert int(everything.kept.sum()) == 10
    assert tallies(everything.groups)["no_duplicate", Outcome.DROPPED] == 20


def test_file_of_august_2025_gives_what_it_states(vintages: Any, write: Write) -> None:
    known = vintages.points(20, seed=4, disaggregated=False)
    by_length: dict[str, list[Any]] = {}
    for point in known:
        by_length.setdefault(f"{point['isl'] // 1024}k{point['osl'] // 1024}k", []).append(point)
    folder = write(
        {
            f"agg_dsr1_{lengths}.json": json.dumps([vintages.result_2025_08(p) for p in some])
            for lengths, some in by_length.items()
        }
    )
    taken = take_in([folder], CATALOGUE)
    assert taken.kept.all()
    found = [{key: row[key] for key in EARLY} for row in _rows(taken)]
    wanted = [{key: _expected(point, vintages)[key] for key in EARLY} for point in known]
    assert sorted(map(str, found)) == sorted(map(str, wanted))
    assert {row["ep"] for row in _rows(taken)} == {""}


def test_file_of_november_2025_infers_pools(vintages: Any, write: Write) -> None:
    known = [p for p in vintages.points(60, seed=5, disaggregated=True) if p["isl"] == 8192]
    text = json.dumps([vintages.result_2025_11(point) for point in known])
    taken = take_in([write({"agg_dsr1_8k1k.json": text})], CATALOGUE)
    assert not taken.objections()
    for row, point in zip(_rows(taken), known, strict=True):
        assert row["disaggregated"] == "1"
        pools = int(row["gpus"]), int(row["prefill_gpus"]), int(row["decode_gpus"])
        assert pools == (point["gpus"], point["prefill"], point["decode"])
        assert row["output_tok_s_per_gpu"] == f"{vintages.output(point):.6g}"


def test_one_object_and_objects_in_a_row(vintages: Any, write: Write) -> None:
    rows = [json.dumps(vintages.result_v2(point), indent=2) for point in vintages.points(3)]
    folder = write({"one.json": rows[0], "three.json": "\n".join(rows)})
    assert take_in([folder / "one.json"], CATALOGUE).kept.tolist() == [True]
    assert take_in([folder / "three.json"], CATALOGUE).kept.tolist() == [True] * 3


@pytest.mark.parametrize("vintage", ["result_v2", "api"])
def test_imported_rows_are_rows_of_a_fit(vintages: Any, write: Write, vintage: str) -> None:
    """Also where a file does not say when its rows were taken: the file's own day stands in."""
    folder = write(vintages.files(vintages.points(30))[vintage])
    (folder / "own.csv").write_bytes(take_in([folder], CATALOGUE).kept_csv())
    loaded = load_observations(folder / "own.csv")
    rows = cost_rows(loaded.rows(loaded.fit & (loaded.model == "gpt-oss-120b")))
    assert len(rows.day) > 0
    assert not np.isnat(rows.day).any()
    assert np.isfinite(rows.ln_gpu_s).all()
    assert np.isfinite(rows.ln_tpot).all()


def test_imported_table_loads_and_imports_to_itself(vintages: Any, write: Write) -> None:
    folder = write(vintages.files(vintages.points(30))["api"])
    table = take_in([folder], CATALOGUE).kept_csv()
    (folder / "own.csv").write_bytes(table)
    loaded = load_observations(folder / "own.csv")
    assert len(loaded) == 30
    assert loaded.fit.all()
    again = take_in([folder / "own.csv"], CATALOGUE)
    assert not again.groups
    assert again.kept_csv() == table
