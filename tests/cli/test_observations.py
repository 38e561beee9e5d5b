"""The commands `observations import` and `check`: good, odd and hostile files."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]
Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], AbstractContextManager[str]]

IMPORT, CHECK = ("observations", "import"), ("observations", "check")
MEMORY_MAX_MB = 500

# Of the program itself: ru_maxrss would begin with the size of the process that started it.
_MEASURED = """
import sys
from wh_uncertainty.cli.main import main
sys.argv = ["wh-uncertainty", *sys.argv[1:]]
code = main()
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")), file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture
def folder(vintages: Any, tmp_path: Path) -> Path:
    """Files of one run, as a user downloads them, with one bad row."""
    rows = [vintages.result_v2(point) for point in vintages.points(12, seed=20)]
    rows.append(rows[0] | {"conc": -1})
    (source := tmp_path / "run").mkdir()
    (source / "agg_bmk.json").write_text(json.dumps(rows))
    (source / "agg_one.json").write_text(json.dumps(rows[1]))
    (source / "server.log").write_text("started")
    return source


def _said(done: subprocess.CompletedProcess[bytes], code: int) -> str:
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (code, b""), said
    assert said.startswith("wh-uncertainty: error: ")
    assert said.count("\n") == 1
    return said


def test_import_writes_the_table_and_the_rejected_rows(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mine.csv"
    done = run(*IMPORT, folder, "--out", out)
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode()
    assert said.startswith("14 rows read, 12 kept, 2 rejected, 1 of them as duplicates.\n")
    assert f"Rejected      {tmp_path / 'mine.rejected.csv'}\n" in said
    assert "run/server.log" in said
    kept = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    rejected = list(csv.DictReader(io.StringIO((tmp_path / "mine.rejected.csv").read_text())))
    assert len(kept) == 12
    assert {row["source"] for row in kept} == {"run/agg_bmk.json"}
    assert [row["read_from"] for row in rejected] == [
        "run/agg_bmk.json row 13",
        "run/agg_one.json row 1",
    ]
    assert "schema [concurrency]: '-1', expected positive" in rejected[0]["reasons"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.csv", "mine.rejected.csv", "run"]


def test_imported_rows_can_be_validated(run: Run, folder: Path, tmp_path: Path) -> None:
    assert run(*IMPORT, folder, "--out", tmp_path / "mine.csv").returncode == 0
    done = run("validate", "--observations", tmp_path / "mine.csv", "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["overall"]["n"] > 0


def test_an_old_file_of_rejected_rows_does_not_stay(
    run: Run, vintages: Any, folder: Path, tmp_path: Path
) -> None:
    assert run(*IMPORT, folder, cwd=tmp_path).returncode == 0
    good = tmp_path / "good.json"
    good.write_text(json.dumps(vintages.api_row(vintages.points(1)[0])))
    done = run(*IMPORT, good, cwd=tmp_path)
    assert b"Rejected" not in done.stdout
    assert (tmp_path / "observations.rejected.csv").read_text().count("\n") == 1


def test_json_stands_alone_and_says_all(run: Run, folder: Path, tmp_path: Path) -> None:
    done = run(*IMPORT, folder, "--out", tmp_path / "mine.csv", "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    said = json.loads(done.stdout)
    counts = {key: said[key] for key in ("rows_read", "rows_kept", "rows_rejected", "duplicates")}
    assert counts == {"rows_read": 14, "rows_kept": 12, "rows_rejected": 2, "duplicates": 1}
    assert said["rejected_file"].endswith("mine.rejected.csv")
    assert [finding["rule"] for finding in said["findings"]] == ["schema", "no_duplicate"]
    assert set(said["findings"][0]) == {"row", "rule", "column", "value", "expected", "outcome"}
    assert said["findings_not_listed"] == 0


def test_check_writes_nothing_and_strict_objects(run: Run, folder: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    done = run(*CHECK, folder, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"run/agg_bmk.json row 13" in done.stdout
    strict = run(*CHECK, folder, "--strict", cwd=tmp_path)
    assert (strict.returncode, strict.stdout, strict.stderr) == (1, done.stdout, b"")
    assert sorted(tmp_path.rglob("*")) == before


def test_check_of_sound_rows(run: Run, vintages: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([vintages.result_v2(p, 2) for p in vintages.points(3)]))
    done = run(*CHECK, path, "--strict")
    assert done.returncode == 0
    assert b"3 rows read, 3 kept, 0 rejected" in done.stdout
    assert b"no finding" in done.stdout
    table = run(*CHECK, path, "--format", "csv")
    assert table.stdout == b"row,rule,column,value,expected,outcome\n"
    assert json.loads(run(*CHECK, path, "--format", "json").stdout)["findings"] == []


def test_importing_a_folder_again_does_not_read_what_was_written(run: Run, folder: Path) -> None:
    first = run(*IMPORT, ".", cwd=folder)
    written = (folder / "observations.csv").read_bytes()
    again = run(*IMPORT, ".", cwd=folder)
    assert first.stdout.splitlines()[0] == again.stdout.splitlines()[0]
    assert (folder / "observations.csv").read_bytes() == written


def test_nothing_to_keep(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text('[{"hw": "b200", "conc": 4}]')
    said = _said(run(*IMPORT, "rows.json", cwd=tmp_path), 1)
    assert "none of 1 rows is kept" in said
    assert "observations.rejected.csv" in said
    assert not (tmp_path / "observations.csv").exists()


@pytest.mark.parametrize(
    "content", [b"", b"[", b"\xff\xfe", b"PK\x03\x04", b'{"a": 1}', b"a,b\n1\n"]
)
def test_files_that_are_none(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rows").write_bytes(content)
    _said(run(*IMPORT, "rows", cwd=tmp_path), 1)
    _said(run(*CHECK, "rows", cwd=tmp_path), 1)
    assert [path.name for path in tmp_path.iterdir()] == ["rows"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((*IMPORT,), 2),
        ((*IMPORT, "gone.json", "--out", ""), 1),
        ((*IMPORT, "gone.json", "--out", "/"), 1),
        ((*CHECK,), 2),
        ((*CHECK, "one.json", "two.json"), 2),
        ((*IMPORT, "gone.json"), 1),
        ((*IMPORT, "https://example.com/x.json"), 2),
        ((*CHECK, "http://example.com/x.json"), 2),
        ((*CHECK, "http://example.com/x.json", "--allow-network"), 1),
        ((*CHECK, "file:///etc/passwd", "--allow-network"), 1),
    ],
)
def test_command_lines_that_are_refused(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    _said(run(*arguments, cwd=tmp_path), code)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("start", [b'[{"a": "', b"a,b\n1,", b"[", b"{"])
def test_a_gigabyte_in_one_line_takes_little_memory(
    tmp_path: Path, command: list[str], start: bytes
) -> None:
    path = tmp_path / "rows.json"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(2**30)  # zeros that take no room on the disk
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *CHECK, str(path)],
        capture_output=True,
        check=False,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    message, peak_kib = done.stderr.decode().splitlines()
    assert done.returncode == 1
    assert message.startswith("wh-uncertainty: error: ")
    assert int(peak_kib) / 1024 < MEMORY_MAX_MB


@pytest.fixture
def address(vintages: Any, serve: Serve) -> Generator[str]:
    """Where a server on this machine answers as the dashboard does."""
    content = json.dumps([vintages.api_row(point) for point in vintages.points(5)]).encode()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        request.wfile.write(content)

    with serve(answer) as server:
        yield f"{server}/api/v1/benchmarks?model=DeepSeek-R1-0528"


def test_an_address_is_fetched_only_when_allowed(run: Run, tmp_path: Path, address: str) -> None:
    assert "--allow-network" in _said(run(*IMPORT, address, cwd=tmp_path), 2)
    done = run(*IMPORT, address, "--allow-network", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    table = (tmp_path / "observations.csv").read_text("utf-8")
    assert table.count("127.0.0.1_api_v1_benchmarks") == 5
    assert [path.name for path in tmp_path.iterdir()] == ["observations.csv"]
