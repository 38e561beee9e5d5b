import csv
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from wh_uncertainty.model.observation_schema import COLUMNS
from wh_uncertainty.model.observations import (
    ObservationError,
    embedded_path,
    load_observations,
)

ROW = {
    "observation_id": "a1",
    "model": "gpt-oss-120b",
    "hardware": "b200",
    "precision": "fp4",
    "framework": "vllm",
    "spec_decoding": "none",
    "disaggregated": "0",
    "gpus": "2.0",
    "tp": "2",
    "ep": "1.0",
    "dp_attention": "0.0",
    "isl": "1024",
    "osl": "8192",
    "concurrency": "64",
    "tok_s_per_gpu": "1000",
    "interactivity_tok_s": "50",
    "board_w": "800",
    "observed_on": "2025-12-15",
    "source_on": "2026-06-14",
    "source_kind": "official_api_row",
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_rows(*changes: dict[str, str], drop: str = "", add: str = "") -> Path:
        names = [c.name for c in COLUMNS if c.name != drop] + ([add] if add else [])
        path = tmp_path / "rows.csv"
        with path.open("w", newline="") as file:
            table = csv.DictWriter(file, names, restval="", extrasaction="ignore")
            table.writeheader()
            table.writerows({**ROW, "observation_id": f"a{i}", **c} for i, c in enumerate(changes))
        return path

    return write_rows


def test_derived_columns_by_hand(write: Write) -> None:
    o = load_observations(write({}, {"mean_isl": "900", "mean_osl": "7400"}))
    np.testing.assert_allclose(o.mean_isl_tok, [921.6, 900])
    np.testing.assert_allclose(o.gpu_s_per_query, [(921.6 + 7372.8) / 1000, 8.3])
    np.testing.assert_allclose(o.load, 32)
    np.testing.assert_allclose(o.tpot_s, 0.02)
    assert o.configuration[0] == "gpt-oss-120b|b200|fp4|vllm|none|agg|g2|tp2|ep1|dp0"
    assert str(o.observed_on[0]) == "2025-12-15"


@pytest.mark.parametrize(
    ("change", "fit", "power_fit"),
    [
        ({}, True, True),
        ({"board_w": ""}, True, False),
        ({"source_kind": "published_anchor"}, False, False),
        ({"flags": "littles_law_gt_1.10|est_power_gt_tdp"}, False, False),
        ({"flags": "disagg_power_unversioned_semantics"}, True, False),
        ({"flags": "some_other_remark"}, True, True),
        ({"concurrency": ""}, False, False),
        ({"gpus": ""}, False, False),
        ({"tok_s_per_gpu": "0"}, False, False),
    ],
)
def test_exclusion_rule(write: Write, change: dict[str, str], fit: bool, power_fit: bool) -> None:
    o = load_observations(write(change))
    assert (bool(o.fit[0]), bool(o.power_fit[0])) == (fit, power_fit)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("model", ""),
        ("model", "a|b"),
        ("disaggregated", "2"),
        ("gpus", "1.5"),
        ("gpus", "0"),
        ("isl", "100000000"),
        ("osl", "nan"),
        ("concurrency", "-4"),
        ("tok_s_per_gpu", "inf"),
        ("tok_s_per_gpu", ""),
        ("board_w", "many"),
        ("observed_on", "today"),
        ("observed_on", "2025"),
    ],
)
def test_bad_cell_is_named(write: Write, column: str, value: str) -> None:
    with pytest.raises(ObservationError) as caught:
        load_observations(write({}, {column: value}))
    message = str(caught.value)
    assert f"row 3 [{column}]: {value!r} must" in message
    assert "\n" not in message


def test_missing_column_suggests_a_misspelt_one(write: Write) -> None:
    with pytest.raises(ObservationError, match=r"\[concurrency\]: column missing; add it"):
        load_observations(write({}, drop="concurrency"))
    with pytest.raises(ObservationError, match=r"\[board_w\].*rename column 'boards_w'"):
        load_observations(write({}, drop="board_w", add="boards_w"))


def test_optional_columns_may_be_absent(write: Write) -> None:
    o = load_observations(write({}, drop="ttft_s", add="remark"))
    assert np.isnan(o.ttft_s).all()


def test_duplicate_id_names_both_rows(write: Write) -> None:
    with pytest.raises(ObservationError, match=r"row 4 \[observation_id\]: 'a0' stands in row 2"):
        load_observations(write({}, {}, {"observation_id": "a0"}))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty file"),
        (b"observation_id,model\n", "no rows"),
        (b"a,a\n1,2\n", "named twice"),
        (b"a,b\n1\n", "row 2: 1 cells, but the header names 2"),
        (b"a\xff,b\n1,2\n", "not UTF-8"),
        (b'a,b\n"1,2\n', "not a CSV table"),
    ],
)
def test_malformed_file(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    with pytest.raises(ObservationError, match=problem):
        load_observations(path)


def test_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(ObservationError, match="cannot be read"):
        load_observations(tmp_path / "none.csv")
    with pytest.raises(ObservationError, match="cannot be read"):
        load_observations(tmp_path)


def test_oversized_file(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(ObservationError, match="at most 64 MiB"):
        load_observations(path)


def test_stated_fit_must_agree_with_the_rule(tmp_path: Path) -> None:
    text = embedded_path().read_text(encoding="utf-8").splitlines()[:2]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join([text[0], text[1][:-1] + "0"]))
    with pytest.raises(ObservationError, match=r"row 2 \[fit\]: '0' contradicts"):
        load_observations(path)


def test_rows_keeps_the_columns_aligned(write: Write) -> None:
    o = load_observations(write({}, {"isl": "8192"}, {"isl": "8192", "osl": "1024"}))
    chosen = o.rows(o.isl_tok == 8192)
    assert len(chosen) == 2
    assert chosen.observation_id.tolist() == ["a1", "a2"]
    assert chosen.sha256 == o.sha256 == sha256(Path(o.name).read_bytes()).hexdigest()


def test_results_that_were_not_imported_are_told_how(tmp_path: Path) -> None:
    path = tmp_path / "agg.json"
    path.write_text(' [{"hw": "h200"}]', "utf-8")
    with pytest.raises(ObservationError, match=r"JSON, not a table.*observations import"):
        load_observations(path)
