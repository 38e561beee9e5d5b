"""The command `fit`; a real fit takes a minute, so it runs at night."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]


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
