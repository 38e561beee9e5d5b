"""No command touches the network, but `explore` on this machine and a download that is asked for.

A hook in every Python process notes and refuses what would look up or reach an address. No hook
sees native code, which runs where there is no network at all, if the system can be asked for that.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wh_uncertainty.cli.commands import COMMANDS

Offline = Callable[..., subprocess.CompletedProcess[bytes]]

HOOK = """
import os, sys

def refuse(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        note(event, arguments[0])
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"):
        there = arguments[1]
        local = event == "socket.bind" and there and there[0] == "127.0.0.1"
        if isinstance(there, tuple) and not local:  # a path is a socket of this machine
            note(event, there)

def note(event, there):
    with open(os.environ["TOUCHED"], "a") as log:
        log.write(f"{event} {there}\\n")
    raise PermissionError(13, "the network is switched off")

sys.addaudithook(refuse)
"""
ASKED = ("--model=gpt-oss-120b", "--workload=1k/1k")
FEW = ("--draws=1000",)
#: Command lines of every command; the files are those of `inputs`.
LINES: dict[str, tuple[tuple[str, ...], ...]] = {
    "simulate": (("simulate", *ASKED, *FEW, "--region=sweden", "--plot=x.svg"),),
    "compare": (("compare", "hardware=h100", "hardware=b200", *ASKED, *FEW),),
    "sensitivity": (("sensitivity", *ASKED, "--log2-points=8"),),
    "disclosure": (("disclosure", *ASKED, "--log2-points=4"),),
    "sweep": (("sweep", "grid.toml", *FEW, "--jobs=2", "--output=x.parquet"),),
    "account": (("account", "--requests=log.csv", "--map=map.toml", *FEW),),
    "report": (
        (
            *("report", "scenarios.toml", *FEW),
            *("-o=x.html", "--docx=x.docx", "--xlsx=x.xlsx", "--json=x.json"),
        ),
    ),
    "schema": (("schema", "simulation"),),
    "measure": (("measure", *ASKED, *FEW, "--boundary=it", "--requests=3000", "--energy-kwh=1"),),
    "validate": (("validate",), ("validate", "--references")),
    "list": tuple(("list", what) for what in ("models", "workloads", "regions", "deployments")),
    "priors": (("priors", "list"), ("priors", "show", "pue_ai_cloud"), ("priors", "check")),
    "observations": (
        ("observations", "import", "rows.json"),
        ("observations", "check", "rows.json"),
    ),
}


@pytest.fixture(scope="session")
def no_network() -> list[str]:
    """What to put before a command so that it has no network, if this system lets us."""
    words = ["unshare", "--net", "--map-root-user"]
    try:
        possible = subprocess.run([*words, "true"], capture_output=True, check=False)
    except OSError:
        return []
    return words if possible.returncode == 0 else []


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """That of processes which note what they would touch, and those that they start."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOOK)
    paths = [str(tmp_path / "hook"), *filter(None, sys.path)]
    places = {"PYTHONPATH": os.pathsep.join(paths), "TOUCHED": str(tmp_path / "touched")}
    return os.environ | places


@pytest.fixture
def offline(
    command: list[str], environment: dict[str, str], no_network: list[str], inputs: Path
) -> Offline:
    def run(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*no_network, *command, *words],
            cwd=inputs,
            env=environment,
            capture_output=True,
            check=False,
            timeout=300,
        )

    return run


def touched(environment: dict[str, str]) -> str:
    """What was to be looked up or reached."""
    log = Path(environment["TOUCHED"])
    return log.read_text() if log.exists() else ""


def test_every_command_is_tried() -> None:
    assert {*LINES, "fit", "explore"} == set(COMMANDS)


@pytest.mark.parametrize("name", LINES)
def test_commands_work_without_a_network(
    offline: Offline, environment: dict[str, str], name: str
) -> None:
    for words in LINES[name]:
        done = offline(*words)
        assert done.returncode == 0, done.stderr.decode()
    assert touched(environment) == ""


@pytest.mark.slow
def test_a_fit_works_without_a_network(offline: Offline, environment: dict[str, str]) -> None:
    done = offline("fit", "--model=board-power", "--tune=300")
    assert done.returncode == 0, done.stderr.decode()
    assert touched(environment) == ""


def test_a_page_is_served_to_this_machine_only(
    command: list[str], environment: dict[str, str]
) -> None:
    with subprocess.Popen(
        [*command, "explore", "--no-browser"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert touched(environment) == ""


def test_the_hook_sees_a_download(
    command: list[str], environment: dict[str, str], inputs: Path
) -> None:
    def run(*more: str) -> subprocess.CompletedProcess[bytes]:
        words = ("observations", "import", "https://example.com/rows.json", *more)
        return subprocess.run(
            [*command, *words], cwd=inputs, env=environment, capture_output=True, check=False
        )

    assert (run().returncode, touched(environment)) == (2, "")
    asked = run("--allow-network")
    assert asked.returncode == 1
    assert asked.stderr.count(b"\n") == 1
    assert b"the network is switched off" in asked.stderr
    assert "example.com" in touched(environment)
