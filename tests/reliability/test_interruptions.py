"""A command that is ended from outside leaves whole files or none, and says so by its exit code."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(),
    reason="this system does not tell what a process waits for",
)

LONGEST_S = 120
HALF_WRITTEN = """
import os, sys
from pathlib import Path
from wh_uncertainty.cli.main import main

def write_half(path, data):
    with path.open("wb") as file:
        file.write(data[: len(data) // 2])
        file.flush()
        os.kill(os.getpid(), number)
        file.write(data[len(data) // 2 :])

Path.write_bytes = write_half
number = int(sys.argv.pop(1))
sys.exit(main())
"""
LOST_IN_A_CALLBACK = """
import os, sys, time
from pathlib import Path
from wh_uncertainty.cli.main import main

class Callback:
    def __del__(self):
        os.kill(os.getpid(), number)
        time.sleep(0.1)

def write_late(path, data):
    Callback()
    time.sleep(5)
    path.open("wb").write(data)

Path.write_bytes = write_late
number = int(sys.argv.pop(1))
sys.exit(main())
"""
COMMANDS = ("simulate", "sweep", "report", "account", "observations", "measure", "fit")


Writers = dict[str, tuple[str, ...]]
Start = Callable[[str, Path], subprocess.Popen[bytes]]


@pytest.fixture
def start(command: list[str], writers: Writers) -> Start:
    """Start a command, with a session of its own as a terminal gives it."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def started(name: str, folder: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*command, *writers[name]],
            cwd=folder,
            env=environment | {"TMPDIR": str(folder.parent / "temporary")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    return started


def wait_for_handlers(process: subprocess.Popen[bytes]) -> None:
    """Wait until the command has begun: before, Python itself starts, and signals are its own."""
    mask = 1 << (signal.SIGTERM - 1)
    while True:
        assert process.poll() is None, "the command has ended without waiting for signals"
        status = Path(f"/proc/{process.pid}/status").read_text()
        found = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
        if found and int(found[1], 16) & mask:
            return
        time.sleep(0.002)


def interrupted(process: subprocess.Popen[bytes], number: int, after_s: float) -> str:
    """Let a command work for a while, end it, and return what it said."""
    with process:
        wait_for_handlers(process)
        time.sleep(after_s)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # a terminal tells the whole group
        else:
            process.send_signal(number)
        said = process.communicate(timeout=LONGEST_S)[1].decode()
    return said


def assert_in_order(process: subprocess.Popen[bytes], number: int, said: str, name: str) -> None:
    """The exit code is the signal's, or the work was done already; nobody sees a traceback."""
    ended = process.returncode
    assert ended in (0, 128 + number, -number), (name, ended, said)
    assert "Traceback" not in said, (name, said)
    assert "Exception ignored" not in said, (name, said)


def assert_whole(folder: Path, before: set[str], words: tuple[str, ...]) -> None:
    """Nothing is there but what was asked for, and that is complete."""
    left = {path.name for path in folder.iterdir()} - before
    asked = {word.partition("=")[2] for word in words}
    assert left <= asked | {"rows.rejected.csv"}, left
    assert os.listdir(folder.parent / "temporary") == []
    for path in map(folder.joinpath, left):
        if path.suffix == ".json":
            json.loads(path.read_text("utf-8"))
        elif path.suffix == ".csv":
            assert path.read_text("utf-8").endswith("\n")
        elif path.suffix in (".html", ".svg"):
            assert path.read_text("utf-8").rstrip().endswith(("</html>", "</svg>"))
        elif path.is_dir():
            assert not [name for name in os.listdir(path) if name.startswith(".")]


Tried = Callable[[str, int, float], None]


@pytest.fixture
def tried(start: Start, inputs: Path, writers: Writers) -> Tried:
    """End a command at some moment, and look at what is left."""
    before = {path.name for path in inputs.iterdir()}
    moments = random.Random(20261127)

    def at_some_moment(name: str, number: int, latest_s: float) -> None:
        after_s = moments.uniform(0, latest_s)
        process = start(name, inputs)
        said = interrupted(process, number, after_s)
        assert_in_order(process, number, said, f"{name} after {after_s:.3f} s")
        assert_whole(inputs, before, writers[name])

    return at_some_moment


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_signal_at_some_moment(tried: Tried, name: str, number: int) -> None:
    for latest_s in (0.3, 3):
        tried(name, number, latest_s)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
@pytest.mark.parametrize("script", [HALF_WRITTEN, LOST_IN_A_CALLBACK], ids=["itself", "callback"])
def test_a_signal_in_the_middle_of_writing(script: str, number: int, tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    target.write_text("what was there")
    asked = ("simulate", "--model=gpt-oss-120b", "--workload=1k/1k", f"--output={target}")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", script, str(number), *asked],
        env=environment,
        capture_output=True,
        check=False,
        timeout=LONGEST_S,
    )
    assert (done.returncode, done.stderr) == (128 + number, b"")
    assert os.listdir(tmp_path) == ["answer.json"]
    assert target.read_text() == "what was there"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_signal_at_many_moments(tried: Tried, name: str, number: int) -> None:
    for _ in range(25):
        tried(name, number, 5)
