"""The table and the picture of published figures beside ours, from intervals written by hand."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.cli.plot_references import draw_references
from wh_uncertainty.cli.references_report import by_expectation, render_references
from wh_uncertainty.cli.render import Format
from wh_uncertainty.model.scoring.published import Beside, references_result
from wh_uncertainty.model.scoring.published_file import read_published
from wh_uncertainty.priors import load_catalogue

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


def test_csv_has_a_column_per_answer(result: Result) -> None:
    rows = list(csv.DictReader(io.StringIO(render_references(result, Format.CSV))))
    assert len(rows) == len(result["figures"])
    assert {"key", "theirs_wh", "ours_p50_wh", "verdict", "question_model"} <= set(rows[0])
    assert "question" not in rows[0]
    assert all("|" in row["source"] or row["source"].isidentifier() for row in rows)


def test_a_number_stands_for_the_same_figure_below_the_table(result: Result) -> None:
    words = render_references(result, Format.TABLE)
    rows = [line for line in words.splitlines() if "2 H100, batch 8" in line]
    number = rows[0].split()[0]
    assert f"\n{number:<14}Their prompts' length" in words


@pytest.mark.parametrize("n", [1, 20, 52])
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
