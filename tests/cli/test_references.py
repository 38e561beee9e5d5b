"""`validate --references`: what it answers, and what it refuses."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.model.scoring.published import EXPECTATIONS

Run = Callable[..., subprocess.CompletedProcess[bytes]]
Result = dict[str, Any]


@pytest.fixture(scope="module")
def answered(run: Run) -> Result:
    done = run("validate", "--references", "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    found: Result = json.loads(done.stdout)
    return found


def test_json_holds_everything(answered: Result) -> None:
    assert set(answered) == {"figures", "provenance"}
    assert len(answered["provenance"]["posterior_sha256"]) == 64
    for figure in answered["figures"]:
        assert 0 < figure["ours_p05_wh"] <= figure["ours_p50_wh"] <= figure["ours_p95_wh"]
        assert figure["verdict"] in ("inside", "below", "above")
        assert figure["expectation"] in EXPECTATIONS
        assert figure["source"][0]["title"]
        assert figure["question"]["model"]


def test_table_and_picture(run: Run, tmp_path: Path, answered: Result) -> None:
    done = run("validate", "--references", "--plot", tmp_path / "x.svg")
    assert (done.returncode, done.stderr) == (0, b"")
    words = done.stdout.decode()
    for said in ("published by", "theirs, Wh", "90 %", "Provenance", "What differs"):
        assert said in words
    flat = " ".join(words.split())
    for figure in answered["figures"]:
        assert figure["what"] in words
        assert figure["differs"] in flat
    assert (tmp_path / "x.svg").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--references", "--observations", "rows.csv"), b"leave out --observations"),
        (("--plot", "x.svg"), b"add --references"),
    ],
)
def test_what_does_not_go_together(
    run: Run, tmp_path: Path, options: tuple[str, ...], said: bytes
) -> None:
    done = run("validate", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_cannot_be_is_refused_first(run: Run, tmp_path: Path) -> None:
    done = run("validate", "--references", "--plot", tmp_path / "x.gif")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"a picture is .svg or .png" in done.stderr


def test_posteriors_that_are_not_there_are_named(run: Run, tmp_path: Path) -> None:
    done = run("validate", "--references", "--posterior", tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"figure.article_r1_fp8_8k1k_low" in done.stderr
    assert b"wh-uncertainty fit" in done.stderr
