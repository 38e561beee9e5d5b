"""`validate --references`: what it prints and draws, and what it refuses."""

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.cli.plot_references import draw_references
from wh_uncertainty.cli.references_report import by_expectation, render_references
from wh_uncertainty.cli.render import Format
from wh_uncertainty.model.published import EXPECTATIONS, Beside, references_result
from wh_uncertainty.model.published_file import read_published
from wh_uncertainty.priors import load_catalogue

Run = Callable[..., subprocess.CompletedProcess[bytes]]
Result = dict[str, Any]

P, Z = ("p05", "p25", "p50", "p75", "p95"), (-1.6, -0.7, 0.1, 0.7, 1.6)
PROVENANCE: Result = {
    **{"version": "0.1.0", "seed": 0, "draws": 1000, "priors_release": "2026.11"},
    **{f"{part}_sha256": "0" * 64 for part in ("observations", "posterior", "priors")},
    "priors_overridden": [],
}


@pytest.fixture(scope="module")
def result() -> Result:
    """Every figure of the file, with made-up intervals: some hold it, some are beside it."""
    beside = [
        Beside(
            figure,
            {p: figure.theirs_wh * 2.0 ** (z + i % 5 - 2) for p, z in zip(P, Z, strict=True)},
            PROVENANCE,
        )
        for i, figure in enumerate(read_published(load_catalogue()))
    ]
    return references_result(beside)


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


def test_csv_has_a_column_per_answer(result: Result) -> None:
    rows = list(csv.DictReader(io.StringIO(render_references(result, Format.CSV))))
    assert len(rows) == len(result["figures"])
    assert {"key", "theirs_wh", "ours_p50_wh", "verdict", "question_model"} <= set(rows[0])
    assert "question" not in rows[0]
    assert all("|" in row["source"] or row["source"].isidentifier() for row in rows)


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


def test_a_number_stands_for_the_same_figure_below_the_table(result: Result) -> None:
    words = render_references(result, Format.TABLE)
    rows = [line for line in words.splitlines() if "2 H100, batch 8" in line]
    number = rows[0].split()[0]
    assert f"\n{number:<14}Their prompts' length" in words


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


@pytest.mark.parametrize("n", [1, 20, 47])
def test_no_text_is_over_another_or_cut_off(
    tmp_path: Path, drawn: Any, result: Result, n: int
) -> None:
    draw_references(tmp_path / "x.png", {**result, "figures": result["figures"][-n:]})
    drawn.assert_legible()
    texts = [text for text, *_ in drawn]
    assert "Wh per query (logarithmic)" in texts
    for figure in result["figures"][-n:]:
        assert f"{figure['who']}: {figure['what']}" in texts


def test_headings_count_what_is_inside(tmp_path: Path, drawn: Any, result: Result) -> None:
    draw_references(tmp_path / "x.svg", result)
    texts = [text for text, *_ in drawn]
    for group in by_expectation(result["figures"]).values():
        inside = sum(record["verdict"] == "inside" for _, record in group)
        assert sum(text.endswith(f", {inside} of {len(group)} inside") for text in texts) == 1


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_same_result_same_picture(tmp_path: Path, result: Result, suffix: str) -> None:
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    for path in (first, second):
        draw_references(path, result)
    assert first.read_bytes() == second.read_bytes()
