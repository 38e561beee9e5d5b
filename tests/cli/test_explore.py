"""The installed command: an address on this machine, and an orderly end."""

import json
import signal
import socket
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from http.client import HTTPConnection
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]
Exploring = Callable[..., AbstractContextManager[tuple[subprocess.Popen[str], int]]]

QUESTION = "model=gpt-oss-120b&workload=1k/8k&draws=2000"


def _got(port: int, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        assert response.status == 200
        return response.read()
    finally:
        connection.close()


def test_it_serves_what_simulate_says_until_interrupted(run: Run, exploring: Exploring) -> None:
    with exploring() as (process, port):
        served = _got(port, f"/download/answer.json?{QUESTION}")
        assert b"<title>" in _got(port, "/")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "Ctrl-C ends it\n")
    asked = ("--model", "gpt-oss-120b", "--workload", "1k/8k", "--draws", 2000)
    assert served == run("simulate", *asked, "--format", "json").stdout


def test_it_ends_as_orderly_before_anybody_asked(exploring: Exploring) -> None:
    with exploring() as (process, _):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "Ctrl-C ends it\n")


def test_nobody_else_is_served(exploring: Exploring) -> None:
    with exploring() as (_, port), socket.socket(socket.AF_INET6) as other:
        assert other.connect_ex(("::1", port)) != 0


def test_own_priors_and_seed(exploring: Exploring, tmp_path: Path) -> None:
    prior = """
        [region.japan.pue]
        quantiles = { p05 = 1.10, p50 = 1.16, p95 = 1.24 }
        kind = "judgement"
        rationale = "A guess."
    """
    (tmp_path / "priors.toml").write_text(prior, encoding="utf-8")
    with exploring("--priors", tmp_path, "--seed", 3) as (_, port):
        served = _got(port, f"/api/answer?{QUESTION}")
    assert b'"priors_overridden":["region.japan.pue"]' in served
    assert f"--priors {tmp_path} --draws 2000 --seed 3".encode() in served


def test_a_port_that_is_taken(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("explore", "--no-browser", "--port", port)
    assert (done.returncode, done.stdout) == (1, b"")
    said = done.stderr.decode()
    assert said.startswith(f"wh-uncertainty: error: port {port}: cannot be used (")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "code", "part"),
    [
        (("--port", "70000"), 2, "70000"),
        (("--priors", "nowhere"), 1, "nowhere"),
        (("--posterior", "nowhere"), 1, "nowhere"),
        (("--posterior", "."), 1, "holds no model"),
    ],
)
def test_what_cannot_be_served(
    run: Run, tmp_path: Path, options: tuple[str, str], code: int, part: str
) -> None:
    done = run("explore", "--no-browser", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, b"")
    assert part in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_every_answer_agrees_with_a_measured_site(
    run: Run, exploring: Exploring, tmp_path: Path
) -> None:
    asked = ("--model", "gpt-oss-120b", "--workload", "1k/8k")
    meter = ("--energy-kwh", 50, "--requests", 50_000, "--boundary", "it")
    site = tmp_path / "site.toml"
    assert run("measure", *asked, *meter, "--save", site).returncode == 0
    with exploring("--site", site) as (_, port):
        served = _got(port, f"/download/answer.json?{QUESTION}")
        drivers = json.loads(_got(port, f"/api/drivers?{QUESTION}"))
    wanted = run("simulate", *asked, "--site", site, "--draws", 2000, "--format", "json")
    assert served == wanted.stdout
    assert drivers["sobol"] == []
    assert "ties the unknowns together" in drivers["words"]["headline"]
