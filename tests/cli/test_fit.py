"""The command `fit`; a real fit takes a minute, so it runs at night."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wh_uncertainty.model.fit import default_settings, fit_record
from wh_uncertainty.model.fitting.diagnostics import Diagnostics
from wh_uncertainty.model.observations import embedded_path, load_observations
from wh_uncertainty.model.posterior import write_posterior
from wh_uncertainty.priors import load_catalogue

Run = Callable[..., subprocess.CompletedProcess[bytes]]

MODEL = "gpt-oss-120b"
# The command itself, that says on standard output when the sampler is at work.
ANNOUNCING = """
import sys
from contextlib import contextmanager
from wh_uncertainty.cli import fitting
from wh_uncertainty.cli.main import main

@contextmanager
def announcing(name):
    yield lambda done, total: done and print("drawing", flush=True)

fitting.progress_bar = announcing
sys.exit(main())
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Three shipped rows, and two that differ in what they measured."""
    with embedded_path().open(newline="", encoding="utf-8") as file:
        rows = [row for _, row in zip(range(5), csv.DictReader(file), strict=False)]
    for row in rows[3:]:
        row["observation_id"] += "-again"
        row["tok_s_per_gpu"] = str(2 * float(row["tok_s_per_gpu"]))
    path = tmp_path / "own.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--model", MODEL, "--only"), "--observations"),
        (("--model", MODEL, "--plot", "x.svg"), "--check"),
        (("--model", MODEL, "--format", "json"), "--check"),
        (("--all", "--check"), "--model"),
        (("--model", MODEL, "--check", "--resume"), "--resume"),
        (("--model", MODEL, "--check", "--format", "csv"), "json"),
    ],
    ids=str,
)
def test_options_that_do_not_go_together(
    run: Run, tmp_path: Path, words: tuple[str, ...], part: str
) -> None:
    done = run("fit", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1
    assert part in done.stderr.decode()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["x.pdf", "missing/x.svg"])
def test_a_picture_that_cannot_be_written_is_refused_before_sampling(
    run: Run, tmp_path: Path, name: str
) -> None:
    done = run("fit", "--model", MODEL, "--check", "--plot", tmp_path / name)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("out", ["file/x", "x" * 300])
@pytest.mark.parametrize("option", ["--resume", "--check"])
def test_a_directory_that_cannot_be_made_is_refused_before_sampling(
    run: Run, tmp_path: Path, out: str, option: str
) -> None:
    (tmp_path / "file").write_text("")
    done = run("fit", "--model", MODEL, option, "--out", tmp_path / out)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)
    assert b"no posterior can be written there" in done.stderr


def test_too_few_rows_of_ones_own(run: Run, own: Path, tmp_path: Path) -> None:
    words = ("fit", "--model", "deepseek-r1-0528", "--observations", own)
    done = run(*words, "--only", "--check", cwd=tmp_path)
    note, _, refusal = done.stderr.decode().partition("\n")
    assert (done.returncode, done.stdout) == (1, b"")
    assert note == f"{own}: 5 rows taken"
    assert "5 usable rows of 'deepseek-r1-0528'; the fit needs 50" in refusal
    assert os.listdir(tmp_path) == ["own.csv"]


def test_what_became_of_the_rows_is_said(run: Run, own: Path, tmp_path: Path) -> None:
    """A model that nobody knows is refused after the rows have been read."""
    done = run("fit", "--model", "trinity-large", "--observations", own, cwd=tmp_path)
    note, _, refusal = done.stderr.decode().partition("\n")
    assert (done.returncode, done.stdout) == (1, b"")
    assert note == f"{own}: 2 rows taken; 3 left out, as shipped rows say the same"
    assert "unknown model 'trinity-large'" in refusal


def test_rows_of_no_known_model(run: Run, own: Path, tmp_path: Path) -> None:
    text = own.read_text("utf-8").replace("deepseek-r1-0528", "unheard-of")
    own.write_text(text, "utf-8")
    done = run("fit", "--all", "--observations", own, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)
    assert b"own.csv: no row is of a model" in done.stderr


def test_what_is_there_already_is_not_fitted_again(run: Run, tmp_path: Path) -> None:
    rows, catalogue = load_observations(), load_catalogue()
    good = Diagnostics(1.0012, 900.0, 800.0, 0.0, "base", "base")
    record = fit_record(rows, 866, default_settings(rows, MODEL), good, catalogue)
    write_posterior(tmp_path, MODEL, {"base": np.zeros(3)}, record)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = run("fit", "--model", MODEL, "--out", tmp_path, "--resume")
    assert done.returncode == 0, done.stderr
    assert done.stderr.decode() == f"{MODEL}: {tmp_path} holds this fit already; skipped\n"
    assert done.stdout.decode().splitlines()[1].split()[:3] == [MODEL, "866", "1.0012"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.slow
def test_an_interrupted_fit_leaves_the_old_posterior(tmp_path: Path) -> None:
    for kind in ("json", "npz"):
        (tmp_path / f"board-power.{kind}").write_bytes(b"what was there")
    words = ["fit", "--model", "board-power", "--draws", "100000", "--out", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", ANNOUNCING, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"drawing\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert b"Traceback" not in said
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "board-power.json": b"what was there",
        "board-power.npz": b"what was there",
    }


@pytest.mark.slow
def test_a_check_writes_a_report_and_a_picture_and_no_posterior(run: Run, tmp_path: Path) -> None:
    words = ("fit", "--model", "board-power", "--tune", 100, "--draws", 100, "--check")
    done = run(*words, "--format", "json", "--plot", "check.png", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["model"] == "board-power"
    assert report["converged"] is False
    assert os.listdir(tmp_path) == ["check.png"]
    assert (tmp_path / "check.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_check_that_fails_the_gates_is_shown_and_not_written(run: Run, tmp_path: Path) -> None:
    words = ("fit", "--model", "board-power", "--tune", 100, "--draws", 100, "--check")
    done = run(*words, "--out", "posterior", cwd=tmp_path)
    assert done.returncode == 1
    assert b"Gates         missed: " in done.stdout
    assert b"has not converged" in done.stderr.splitlines()[-1]
    assert os.listdir(tmp_path) == []


@pytest.mark.slow
def test_progress_on_stderr_summary_on_stdout_posterior_on_disk(run: Run, tmp_path: Path) -> None:
    done = run("fit", "--model", "board-power", "--out", tmp_path / "posterior")
    assert done.returncode == 0, done.stderr
    assert b"board-power" in done.stderr
    assert b"100%" in done.stderr
    header, fitted = done.stdout.decode().splitlines()
    assert header.split()[:3] == ["fitted", "rows", "R-hat"]
    assert fitted.startswith("board-power")
    record = json.loads((tmp_path / "posterior" / "board-power.json").read_text(encoding="utf-8"))
    assert record["settings"]["seed"] == 0
    assert record["diagnostics"]["r_hat_max"] <= 1.01


@pytest.mark.slow
def test_draws_that_have_not_converged_are_refused(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "posterior"
    done = run("fit", "--model", "board-power", "--tune", 100, "--draws", 100, "--out", out)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"has not converged" in done.stderr.splitlines()[-1]
    assert not out.exists()
