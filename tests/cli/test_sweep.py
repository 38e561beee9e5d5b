"""The command `sweep`: a grid in, one table out, whole or not at all."""

import csv
import io
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]

GRID = """
model = ["gpt-oss-120b", "kimi-k2.5"]
hardware = ["b200", "h100"]
workload = "1k/8k"
region = "japan"
"""
FEW = ("--draws", 1000)


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    path = tmp_path / "grid.toml"
    path.write_text(GRID)
    return path


def _said(done: subprocess.CompletedProcess[bytes], code: int) -> str:
    """The one line of an orderly refusal."""
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (code, b""), said
    assert said.startswith("wh-uncertainty: error: ")
    assert said.count("\n") == 1
    return said


def _records(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    records: list[dict[str, Any]] = json.loads(done.stdout)
    return records


def test_table_shows_what_varies(run: Run, grid: Path) -> None:
    done = run("sweep", grid, *FEW)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.decode().splitlines()
    for said in ("model", "hardware", "Wh, median", "90 % interval", "expected", "gCO2e"):
        assert said in lines[0]
    assert "workload" not in lines[0]
    assert [line.split()[:2] for line in lines[1:]] == [
        ["gpt-oss-120b", "b200"],
        ["gpt-oss-120b", "h100"],
        ["kimi-k2.5", "b200"],
        ["kimi-k2.5", "h100"],
    ]


def test_progress_and_gaps_are_said_on_standard_error(run: Run, grid: Path) -> None:
    done = run("sweep", grid, *FEW)
    assert b"100%" in done.stderr
    assert b"1 of 4 combinations cannot be answered" in done.stderr
    assert b"no benchmark of kimi-k2.5 on h100" in done.stdout


def test_a_row_can_be_asked_for_alone(run: Run, grid: Path) -> None:
    row = _records(run("sweep", grid, *FEW, "--seed", 3, "--format", "json"))[1]
    asked = [(f"--{key}", row[key]) for key in ("model", "workload", "hardware", "region")]
    options = (word for pair in asked for word in pair)
    sizes = ("--draws", row["draws"], "--seed", row["seed"], "--format", "json")
    alone = json.loads(run("simulate", *options, *sizes).stdout)
    mean = alone["wh_per_query"]["mean"]
    assert {key: row[f"wh_mean_{key}"] for key in mean} == mean


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_jobs_do_not_change_a_byte(run: Run, grid: Path, suffix: str) -> None:
    written: list[bytes] = []
    for jobs in (1, 2):
        table = grid.with_name(f"{jobs}.{suffix}")
        done = run("sweep", grid, *FEW, "--jobs", jobs, "--output", table)
        assert (done.returncode, done.stdout) == (0, b""), done.stderr
        written.append(table.read_bytes())
    assert written[0] == written[1]
    assert sorted(os.listdir(grid.parent)) == [f"1.{suffix}", f"2.{suffix}", "grid.toml"]


def test_files_hold_what_standard_output_shows(run: Run, grid: Path) -> None:
    shown = run("sweep", grid, *FEW, "--format", "csv").stdout
    records = _records(run("sweep", grid, *FEW, "--format", "json"))
    for name in ("table.csv", "table.PARQUET"):
        assert run("sweep", grid, *FEW, "--output", grid.with_name(name)).returncode == 0
    assert grid.with_name("table.csv").read_bytes() == shown
    parquet: Any = import_module("pyarrow.parquet")
    assert parquet.read_table(grid.with_name("table.PARQUET")).to_pylist() == records
    rows = list(csv.DictReader(io.StringIO(shown.decode())))
    assert float(rows[0]["wh_mean_p50"]) == records[0]["wh_mean_p50"]
    assert (rows[3]["wh_mean_p50"], rows[3]["error"]) == ("", records[3]["error"])


def test_no_cell_is_a_formula(run: Run, tmp_path: Path) -> None:
    (tmp_path / "=1+1.csv").write_text("isl,osl\n100,200\n")
    (tmp_path / "grid.toml").write_text('model = "gpt-oss-120b"\nworkload = "=1+1.csv"\n')
    done = run("sweep", "grid.toml", *FEW, "--output", "table.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "'=1+1.csv" in (tmp_path / "table.csv").read_text()


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("", "no model"),
        ("model = ", "malformed TOML"),
        (GRID + 'modle = "x"\n', "unknown key"),
        (GRID + "efficiency = []\n", "empty list"),
        (GRID.replace("gpt-oss-120b", "gpt-oss-12b"), "did you mean gpt-oss-120b"),
        (GRID.replace("1k/8k", "1k/8k/9k"), "workload"),
        ('model = "kimi-k2.5"\nhardware = "h100"\nworkload = "chat"\n', "none of 1 scenarios"),
    ],
)
def test_grids_that_cannot_be_answered(run: Run, grid: Path, content: str, part: str) -> None:
    grid.write_text(content)
    done = run("sweep", grid, *FEW, "--output", grid.with_name("table.csv"))
    assert (done.returncode, done.stdout) == (1, b"")
    assert part in done.stderr.decode().splitlines()[-1]
    assert os.listdir(grid.parent) == ["grid.toml"]


@pytest.mark.parametrize(
    ("options", "code", "part"),
    [
        (("--jobs", 0), 2, "x>=1"),
        (("--jobs", 2, "--scheduler", "tcp://127.0.0.1:1"), 2, "one of them"),
        (("--format", "csv", "--output", "x.csv"), 2, "--output"),
        (("--output", "x.xlsx"), 1, ".parquet or .csv"),
        (("--output", "missing/x.csv"), 1, "cannot be written"),
        (("--plot", "x.pdf"), 1, ".svg or .png"),
        (("--plot", "missing/x.svg"), 1, "cannot be written"),
    ],
)
def test_options_are_checked_before_the_work(
    run: Run, grid: Path, options: tuple[object, ...], code: int, part: str
) -> None:
    done = run("sweep", grid, "--draws", 10_000_000, *options, cwd=grid.parent)
    assert part in _said(done, code)
    assert os.listdir(grid.parent) == ["grid.toml"]


def test_a_picture_that_nobody_could_read_is_refused_first(run: Run, grid: Path) -> None:
    many = [round(0.1 + 0.01 * i, 2) for i in range(31)]
    grid.write_text(f"{GRID}efficiency = {many}\n")
    said = _said(run("sweep", grid, "--draws", 10_000_000, "--plot", grid.with_suffix(".svg")), 1)
    assert "124 rows, and one picture shows at most 60" in said


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_plot_is_drawn_beside_the_table(run: Run, grid: Path, suffix: str) -> None:
    done = run("sweep", grid, *FEW, "--plot", grid.with_suffix(f".{suffix}"))
    assert done.returncode == 0, done.stderr
    assert b"90 % interval" in done.stdout
    assert grid.with_suffix(f".{suffix}").stat().st_size > 10_000


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_worker(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


needs_proc = pytest.mark.skipif(
    not Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists(),
    reason="this system does not list the children of a process",
)


@needs_proc
@pytest.mark.parametrize("victim", ["worker", "sweep"])
def test_a_killed_process_leaves_no_file_and_no_worker(
    command: list[str], grid: Path, victim: str
) -> None:
    words = ["sweep", str(grid), "--draws", "20000000", "--jobs", "2", "--output", "table.csv"]
    with subprocess.Popen([*command, *words], cwd=grid.parent, stderr=subprocess.PIPE) as process:
        while len(workers := [pid for pid in _children(process.pid) if _is_worker(pid)]) < 2:
            time.sleep(0.02)
            assert process.poll() is None
        time.sleep(1)  # they are at work
        os.kill(workers[0] if victim == "worker" else process.pid, signal.SIGKILL)
        said = process.communicate(timeout=60)[1].decode()
    if victim == "worker":
        assert process.returncode == 1
        assert "a worker process ended before its work was done" in said.splitlines()[-1]
    for _ in range(500):
        if not any(map(_is_worker, workers)):
            break
        time.sleep(0.02)
    assert not any(map(_is_worker, workers))
    assert os.listdir(grid.parent) == ["grid.toml"]
