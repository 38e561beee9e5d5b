"""The installed commands `sensitivity`, `disclosure` and `compare`."""

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]

ASKED = ("--model", "gpt-oss-120b", "--workload", "1k/8k", "--hardware", "b200")
COMMANDS: dict[str, tuple[object, ...]] = {
    "sensitivity": ("sensitivity", *ASKED, "--log2-points", 9),
    "disclosure": ("disclosure", *ASKED, "--log2-points", 4),
    "compare": ("compare", "precision=fp4", "interactivity_tok_s=50", *ASKED, "--draws", 2000),
}


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


@pytest.mark.parametrize("name", COMMANDS)
def test_output_is_what_standard_output_gets_and_repeats(
    run: Run, name: str, tmp_path: Path
) -> None:
    text = said(run(*COMMANDS[name]))
    assert said(run(*COMMANDS[name], "--output", tmp_path / "a.txt")) == ""
    assert (tmp_path / "a.txt").read_text("utf-8") == text


@pytest.mark.parametrize("name", COMMANDS)
def test_json_says_where_it_comes_from(run: Run, name: str) -> None:
    result = json.loads(said(run(*COMMANDS[name], "--format", "json", "--seed", 7)))
    entry = result["scenarios"][0] if name == "compare" else result
    assert entry["scenario"]["model"] == "gpt-oss-120b"
    assert entry["provenance"]["seed"] == 7
    for part in ("observations", "posterior", "priors"):
        assert len(entry["provenance"][f"{part}_sha256"]) == 64


@pytest.mark.parametrize("name", COMMANDS)
def test_csv_holds_numbers(run: Run, name: str) -> None:
    rows = list(csv.DictReader(io.StringIO(said(run(*COMMANDS[name], "--format", "csv")))))
    column = {"sensitivity": "total_value", "disclosure": "reduction", "compare": "p50"}[name]
    assert rows
    assert all(float(row[column]) > -0.1 for row in rows)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_picture_is_drawn(run: Run, name: str, tmp_path: Path) -> None:
    said(run(*COMMANDS[name], "--plot", tmp_path / "a.svg"))
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")


def test_the_headline_names_what_matters_most(run: Run) -> None:
    text = said(run(*COMMANDS["sensitivity"]))
    assert "provider's efficiency matters most" in " ".join(text.splitlines()[:2])
    text = said(run(*COMMANDS["disclosure"], "--error", "10%"))
    assert "provider's efficiency ~" in text
    assert "relative error of 0.1" in text


def test_what_one_scenario_leans_on_and_another_does_not_is_said(run: Run) -> None:
    """Loads of one accelerator were benchmarked less far, which makes it look costly."""
    asked = ("compare", *ASKED, "--draws", 2000)
    words = said(run(*asked, "hardware=h100", "hardware=h200"))
    assert "h200: users would accept slower answers" in words
    assert "h100: users would accept" not in words
    assert "Flags" not in said(run(*asked, "efficiency=0.4", "efficiency=0.5"))


def test_regions_are_compared_by_energy_and_the_table_says_so(run: Run) -> None:
    asked = ("compare", *ASKED, "--draws", 2000)
    assert "their energy alone is compared" in said(run(*asked, "region=japan", "region=france"))
    assert "alone is compared" not in said(run(*asked, "precision=fp4", "interactivity_tok_s=50"))


def test_scenarios_come_from_files_too(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('model = "gpt-oss-120b"\nworkload = "1k/8k"\nhardware = "b200"\n', "utf-8")
    done = run("compare", file, "model=gpt-oss-120b,workload=1k/8k,hardware=h200", "--draws", 2000)
    rows = said(done).splitlines()
    assert any(row.startswith("b200 ") for row in rows)
    assert any(row.startswith("h200 ") for row in rows)


def test_what_nobody_varies_needs_no_analysis(run: Run) -> None:
    pinned: tuple[object, ...] = (
        *("--deployment", "gpt-oss-120b|b200|fp4|vllm|none|agg|g1|tp1|ep1|dp0"),
        *("--concurrency", 64, "--efficiency", 1, "--boundary", "provisioned-2025-12"),
    )
    result = json.loads(
        said(run("sensitivity", *ASKED, *pinned, "--log2-points", 8, "--format", "json"))
    )
    assert {record["group"] for record in result["sobol"]} == {"cost_law", "software"}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("sensitivity", *ASKED, "--estimand", "median"), 2, "'one-query'"),
        (("sensitivity", *ASKED, "--log2-points", 3), 2, "8<=x<=18"),
        (("sensitivity", "--model", "gpt-oss-120b"), 2, "--workload is missing"),
        (("disclosure", *ASKED, "--log2-points", 13), 2, "4<=x<=12"),
        (("disclosure", *ASKED, "--error", "ten"), 2, "write 10% or 0.1"),
        (("disclosure", *ASKED, "--error", "-5%"), 2, "must lie between 0.01 and 1"),
        (("disclosure", *ASKED, "--error", "nan"), 2, "must lie between 0.01 and 1"),
        (("disclosure", *ASKED, "--error", "300%"), 2, "must lie between 0.01 and 1"),
        (("disclosure", *ASKED, "--plot", "x.jpeg"), 1, "a picture is .svg or .png"),
        (("compare", "hardware=b200", *ASKED), 2, "at least two scenarios"),
        (("compare", "hardware=b200", "nowhere.toml", *ASKED), 1, "nowhere.toml: No such file"),
        (("compare", "hardware=b200", "hardware=", *ASKED), 2, "is not key=value"),
        (("compare", "hardware=b200", "colour=red", *ASKED), 2, "'colour' is unknown"),
        (("compare", "hardware=b200", "hardware=a,hardware=b", *ASKED), 2, "given twice"),
        (("compare", "hardware=b200", "hardware=h200", *ASKED, "--shared", "x"), 2, "shared 'x'"),
        (
            ("compare", "hardware=b200", "hardware=h200", *ASKED, "--draws", 5),
            2,
            "1000<=x<=1000000",
        ),
        (("compare", *ASKED), 2, "Missing argument"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    run: Run, words: tuple[Any, ...], code: int, message: str
) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (code, b"")
    error = done.stderr.decode()
    assert message in error
    assert error.count("\n") == 1
