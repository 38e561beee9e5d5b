"""Disks that are full, directories that are closed, and two commands that write the same file."""

import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import pytest

from wh_uncertainty.model.posterior import PosteriorError, load_posterior, write_posterior

Writers = dict[str, tuple[str, ...]]
Run = Callable[..., subprocess.CompletedProcess[bytes]]

WRITERS = ("simulate", "sweep", "report", "account", "observations", "measure")
TARGETS = ("--output", "--plot", "--json", "--rejected", "--out", "--save")
LONGEST_S = 120
ROOM_BYTES = 1024


@pytest.fixture
def ask(command: list[str]) -> Run:
    """Run a command whose files may have no more than so many bytes."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def asked(*words: str, cwd: Path, bytes_: int = -1) -> subprocess.CompletedProcess[bytes]:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, bytes_))

        return subprocess.run(
            [*command, *words],
            cwd=cwd,
            env=environment | {"TMPDIR": str(cwd.parent / "temporary")},
            preexec_fn=None if bytes_ < 0 else limit,
            capture_output=True,
            check=False,
            timeout=LONGEST_S,
        )

    return asked


def into(directory: str, words: tuple[str, ...]) -> list[str]:
    """Let a command write to another directory."""
    parts = (word.partition("=") for word in words)
    return [
        f"{o}={directory}/{value}" if o in TARGETS else o + eq + value for o, eq, value in parts
    ]


def assert_said(done: subprocess.CompletedProcess[bytes], reason: str, remedy: str) -> None:
    """One line: what cannot be written, where, why, and what to do."""
    said = done.stderr.decode()
    last = said.splitlines()[-1]
    assert done.returncode == 1, said
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert last.startswith("wh-uncertainty: error: ")
    assert f": cannot be written ({reason}); {remedy}" in last


def mounted(place: Path, options: str) -> bool:
    """Mount a small disk, which only root may do."""
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.fixture
def small_disk(inputs: Path) -> Generator[Path]:
    """A disk with no room for any answer."""
    place = inputs / "disk"
    if not mounted(place, f"size={4 * ROOM_BYTES}"):
        pytest.skip("this user may not mount a disk")
    try:
        (place / "other").write_bytes(b"x" * 3 * ROOM_BYTES)
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def closed(inputs: Path) -> Generator[tuple[str, str]]:
    """A directory that nobody may write to, and the system's words for it."""
    place = inputs / "closed"
    if os.geteuid():
        place.mkdir(mode=0o500)
        yield "closed", "Permission denied"
        return
    if not mounted(place, "ro"):
        pytest.skip("root may write everywhere, and may not mount a disk here")
    try:
        yield "closed", "Read-only file system"
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("name", WRITERS)
def test_a_closed_directory(
    ask: Run, inputs: Path, writers: Writers, closed: tuple[str, str], name: str
) -> None:
    where, reason = closed
    done = ask(*into(where, writers[name]), cwd=inputs)
    assert_said(done, reason, "name a file in a directory you may write to")
    # Said before anything is read or computed: no bar of progress, no count of rows.
    assert done.stderr.count(b"\n") == 1
    assert os.listdir(inputs / where) == []
    assert os.listdir(inputs.parent / "temporary") == []


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk(ask: Run, inputs: Path, writers: Writers, small_disk: Path, name: str) -> None:
    words = [re.sub("^--draws=.*", "--draws=1000", word) for word in writers[name]]
    done = ask(*into(small_disk.name, tuple(words)), cwd=inputs)
    assert_said(done, "No space left on device", "make room there, or write to another disk")
    whole = {"other", "site.toml", "rows.rejected.csv"}  # short ones, which were written before
    assert set(os.listdir(small_disk)) <= whole


@pytest.mark.parametrize("name", ["sweep", "observations"])
def test_files_that_may_not_grow_so_large(
    ask: Run, inputs: Path, writers: Writers, name: str
) -> None:
    before = set(os.listdir(inputs))
    done = ask(*writers[name], cwd=inputs, bytes_=ROOM_BYTES)
    assert_said(done, "File too large", "make room there, or write to another disk")
    assert set(os.listdir(inputs)) <= before | {"rows.rejected.csv"}


@pytest.mark.parametrize("bytes_", [0, 100, 5_000])
def test_a_posterior_without_room(tmp_path: Path, bytes_: int) -> None:
    write_posterior(tmp_path, "mine", {"x": np.zeros(3)}, {})
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, kept[1]))
    try:
        with pytest.raises(PosteriorError, match=r"cannot write.*File too large.*--out"):
            write_posterior(tmp_path, "mine", {"x": np.ones(100_000)}, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


WRITE_OFTEN = """
import sys, time
import numpy as np
from pathlib import Path
from wh_uncertainty.model.posterior import write_posterior
value, end = float(sys.argv[2]), time.monotonic() + 3
while time.monotonic() < end:
    write_posterior(Path(sys.argv[1]), "mine", {"x": np.full(1000, value)}, {"value": value})
"""


def test_two_fits_write_and_one_reads_at_once(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    write_posterior(tmp_path, "mine", {"x": np.full(1000, 1.0)}, {"value": 1.0})
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE_OFTEN, str(tmp_path), value], env=environment)
        for value in ("1", "2")
    ]
    seen: set[float] = set()
    while any(process.poll() is None for process in writers):
        found = load_posterior("mine", tmp_path)
        assert np.all(found.arrays["x"] == found.record["value"])
        seen.add(found.record["value"])
    assert [process.returncode for process in writers] == [0, 0]
    assert seen == {1.0, 2.0}
    assert sorted(os.listdir(tmp_path)) == ["mine.json", "mine.npz"]


def test_two_answers_into_one_file_at_once(ask: Run, inputs: Path) -> None:
    asked = ("simulate", "--model=gpt-oss-120b", "--workload=1k/1k", "--format=json")
    expected = {
        hashlib.sha256(ask(*asked, f"--seed={seed}", cwd=inputs).stdout).digest() for seed in (1, 2)
    }
    codes: list[int] = []

    def answer(seed: int) -> None:
        done = ask(*asked, f"--seed={seed}", "--output=answer.json", cwd=inputs)
        codes.append(done.returncode)

    threads = [threading.Thread(target=answer, args=(seed,)) for seed in (1, 2, 1, 2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if (inputs / "answer.json").exists():
            assert json.loads((inputs / "answer.json").read_text("utf-8"))
    for thread in threads:
        thread.join()
    assert codes == [0, 0, 0, 0]
    assert hashlib.sha256((inputs / "answer.json").read_bytes()).digest() in expected
    assert not [name for name in os.listdir(inputs) if name.endswith(".part")]


@pytest.mark.slow
def test_two_real_fits_and_simulations_of_what_they_make(ask: Run, inputs: Path) -> None:
    fit = ("fit", "--model=llama-3.3-70b", "--tune=300", "--out=own")
    threads = [
        threading.Thread(target=ask, args=(*fit, f"--seed={s}"), kwargs={"cwd": inputs})
        for s in (1, 2)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if (inputs / "own" / "llama-3.3-70b.json").exists():
            load_posterior("llama-3.3-70b", inputs / "own")
    assert load_posterior("llama-3.3-70b", inputs / "own").record["settings"]["seed"] in (1, 2)
    assert sorted(os.listdir(inputs / "own")) == ["llama-3.3-70b.json", "llama-3.3-70b.npz"]
