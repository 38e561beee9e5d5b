from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.model.token_lengths.lengths import Moments
from wh_uncertainty.model.workload import WorkloadError, parse_workload


def _csv(tmp_path: Path, text: str) -> str:
    path = tmp_path / "trace.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def _parquet(tmp_path: Path, **columns: Any) -> str:
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    path = tmp_path / "trace.parquet"
    parquet.write_table(arrow.table(columns), path)
    return str(path)


@pytest.mark.parametrize(
    "header",
    [
        "isl,osl",
        "input_tokens,output_tokens",
        "prompt_tokens,completion_tokens",
        "ContextTokens,GeneratedTokens",
        "input_length,output_length",
        "Request tokens,Response tokens",
    ],
)
def test_moments_are_those_of_the_rows(tmp_path: Path, header: str) -> None:
    workload = parse_workload(_csv(tmp_path, f"when,{header}\nx,10,1\n\ny,30,3\n"))
    assert workload.kind == "trace"
    assert workload.moments == Moments(20, None, 2, 50, 5)


def test_parquet_and_csv_agree(tmp_path: Path) -> None:
    csv = parse_workload(_csv(tmp_path, "isl,osl,cached_tokens\n10,1,0\n30,3,12\n"))
    parquet = parse_workload(_parquet(tmp_path, isl=[10, 30], osl=[1, 3], cached_tokens=[0, 12]))
    assert csv.moments == parquet.moments == Moments(20, 14, 2, 50, 5)


def test_draws_are_rows(tmp_path: Path) -> None:
    workload = parse_workload(_csv(tmp_path, "isl,osl,cached_tokens\n10,1,4\n30,3,0\n"))
    drawn = workload.sample(200, rng=np.random.default_rng(0))
    assert drawn.uncached_tok is not None
    rows = set(zip(drawn.isl_tok, drawn.uncached_tok, drawn.osl_tok, strict=True))
    assert rows == {(10, 6, 1), (30, 30, 3)}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty file"),
        ("isl,osl\n", "no requests below the column names"),
        ("isl,reply\n1,2\n", "no column of output tokens among isl, reply; name one output_tokens"),
        ("isl,prompt_tokens,osl\n1,2,3\n", "'isl' and 'prompt_tokens' both name the input tokens"),
        ("isl,osl\n1,2\n-3,4\n", r"request 2 \[isl\]: -3 is not a whole number"),
        ("isl,osl\n1,2\n3,nan\n", r"request 2 \[osl\]: nan is not"),
        ("isl,osl\n1,2.5\n", r"request 1 \[osl\]: 2.5 is not"),
        ("isl,osl\n1,1e12\n", r"request 1 \[osl\]: 1e\+12 is not .* to 10000000"),
        ("isl,osl\n1,2\n3\n", r"request 2 \[osl\]: '' is not"),
        ("isl,osl\n1,x\n", r"request 1 \[osl\]: 'x' is not"),
        ("isl,osl\n5,0\n", "no input or no output tokens in any row"),
        ("isl,osl\n5,5\n0,0\n", "request 2: no token to compute"),
        ("isl,osl,cached_tokens\n5,5,0\n7,0,7\n", "request 2: no token to compute"),
        ("isl;osl\n100;20\n2.000;8.000\n", r"request 2 \[isl\]: '2.000' may be thousands"),
        ("isl,osl,cached\n5,5,1\n", r"\[cached\]: is not known; name cached input tokens"),
        ("isl,osl,cached_tokens\n5,1,6\n", "request 1: more cached than input tokens"),
        ('isl,osl\n"1,2\n', "not a CSV table"),
    ],
)
def test_bad_csv(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(WorkloadError, match=problem) as caught:
        parse_workload(_csv(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_csv_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_bytes(b"isl,osl\n1,\xff\n")
    with pytest.raises(WorkloadError, match="not UTF-8"):
        parse_workload(str(path))


def test_bad_parquet(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match="no requests; add at least one row"):
        parse_workload(_parquet(tmp_path, isl=np.array([], int), osl=np.array([], int)))
    with pytest.raises(WorkloadError, match="no column of output tokens"):
        parse_workload(_parquet(tmp_path, isl=[1]))
    with pytest.raises(WorkloadError, match=r"\[osl\]: column of type object; store the tokens"):
        parse_workload(_parquet(tmp_path, isl=[1], osl=["many"]))
    with pytest.raises(WorkloadError, match=r"request 2 \[osl\]: nan is not"):
        parse_workload(_parquet(tmp_path, isl=[1, 2], osl=[1, None]))


def test_truncated_parquet(tmp_path: Path) -> None:
    path = Path(_parquet(tmp_path, isl=[1], osl=[2]))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(WorkloadError, match="not a readable Parquet file"):
        parse_workload(str(path))


def test_directory_is_no_trace(tmp_path: Path) -> None:
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    with pytest.raises(WorkloadError, match="cannot be read"):
        parse_workload(str(folder))
