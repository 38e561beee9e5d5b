"""The pass on a real local Spark session gives the sums of DuckDB, digit by digit."""

import csv
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.cli.accounting.faults import RequestLogError
from wh_uncertainty.cli.accounting.one_pass import LogSums
from wh_uncertainty.cli.accounting.request_log import open_log
from wh_uncertainty.cli.accounting.request_map import RequestMap, read_request_map

arrow: Any = import_module("pyarrow")
parquet: Any = import_module("pyarrow.parquet")

# Ibis, PySpark and pandas warn one another of what is theirs.
pytestmark = pytest.mark.filterwarnings("ignore")

MAP = """
cached_within_input = true
group_by = ["model", "day", "tenant"]
[columns]
input_tokens = "input_tokens"
output_tokens = "output_tokens"
cached_tokens = "cached_tokens"
model = "model"
time = "time"
[labels]
tenant = "tenant"
"""
ROWS = 50_000


@pytest.fixture(scope="module")
def meaning(tmp_path_factory: pytest.TempPathFactory) -> RequestMap:
    path = tmp_path_factory.mktemp("map") / "map.toml"
    path.write_text(MAP, encoding="utf-8")
    return read_request_map(str(path))


@pytest.fixture(scope="module")
def log() -> Any:
    """Lengths that overflow 64 bits when their products are added up, nulls and faults."""
    rng = np.random.default_rng(11)
    prompt = rng.lognormal(15, 2.5, ROWS).astype(np.int64)
    prompt[::1000] = -1
    return arrow.table(
        {
            "model": rng.choice(["gpt-oss-120b", "glm-5"], ROWS),
            "time": np.datetime64("2026-10-01", "us") + 1_000_000 * rng.integers(0, 259_200, ROWS),
            "tenant": rng.choice(["a", "b'c", ""], ROWS),
            "input_tokens": arrow.array(prompt, mask=rng.random(ROWS) < 0.01),
            "output_tokens": rng.lognormal(15, 2.5, ROWS).astype(np.int64),
            "cached_tokens": arrow.array(prompt // 3, mask=rng.random(ROWS) < 0.1),
        }
    )


def sums(path: Path, meaning: RequestMap, spark: str | None) -> LogSums:
    opened = open_log([str(path)], meaning, table=None, spark=spark)
    read = opened.read()
    opened.close()
    return read


def test_parquet_has_the_same_sums(tmp_path: Path, meaning: RequestMap, log: Any) -> None:
    path = tmp_path / "it's {a} [log]*.parquet"
    parquet.write_table(log, path)
    found = sums(path, meaning, "local[2]")
    assert found == sums(path, meaning, None)
    assert found.rejected["negative"] >= ROWS // 1000 - ROWS // 5000
    assert max(group.sums.output2_tok2 for group in found.groups) > 2**63


def test_csv_has_the_same_sums(tmp_path: Path, meaning: RequestMap, log: Any) -> None:
    path = tmp_path / "log.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(log.column_names)
        writer.writerows(tuple(row.values()) for row in log.slice(0, 5_000).to_pylist())
    assert sums(path, meaning, "local[2]") == sums(path, meaning, None)


def test_folders_hold_columns_there_too(tmp_path: Path, meaning: RequestMap, log: Any) -> None:
    for tenant in ("01", "b c"):
        folder = tmp_path / "root" / f"tenant={tenant}"
        folder.mkdir(parents=True)
        parquet.write_table(log.slice(0, 1_000).drop_columns(["tenant"]), folder / "part.parquet")
    pattern = tmp_path / "root" / "*" / "*.parquet"
    found = sums(pattern, meaning, "local[2]")
    assert found == sums(pattern, meaning, None)
    assert {group.keys["tenant"] for group in found.groups} == {"01", "b c"}


def test_spans_inside_of_spans_are_read_there_too(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text(
        '{"resourceSpans": [{"resource": {"attributes": [{"key": "service.name", "value": '
        '{"stringValue": "shop"}}]}, "scopeSpans": [{"spans": [{"startTimeUnixNano": "1790812800'
        '000000000", "attributes": [{"key": "gen_ai.request.model", "value": {"stringValue": '
        '"glm-5"}}, {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "100"}}, {"key": '
        '"gen_ai.usage.output_tokens", "value": {"intValue": 50}}]}]}]}]}\n',
        encoding="utf-8",
    )
    meaning = read_request_map("otlp")
    found = sums(tmp_path / "log.jsonl", meaning, "local[2]")
    assert found == sums(tmp_path / "log.jsonl", meaning, None)
    assert found.groups[0].sums.input_tok == 100


def test_a_file_that_is_cut_off_is_one_line(tmp_path: Path, meaning: RequestMap, log: Any) -> None:
    path = tmp_path / "log.parquet"
    parquet.write_table(log, path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(RequestLogError, match="is cut off"):
        open_log([str(path)], meaning, table=None, spark="local[2]")
