"""The files that the README shows are files that the command reads."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Write every block that the README marks with a file name."""
    shown = re.findall(r"^<!-- (\S+\.(?:toml|csv)) -->\n```\w+\n(.*?)^```$", README, re.M | re.S)
    assert {name for name, _ in shown} >= {"scenario.toml", "requests.csv", "own/priors.toml"}
    for name, text in shown:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_scenario_trace_and_own_priors(run: Run, files: Path) -> None:
    words = ("simulate", "--draws", "1000", "--format", "json")
    scenario = run(*words, "--scenario", files / "scenario.toml", "--priors", files / "own")
    assert scenario.returncode == 0, scenario.stderr
    result = json.loads(scenario.stdout)
    assert result["scenario"]["efficiency"] == 0.4
    assert "region.japan.pue" in scenario.stdout.decode()
    trace = run(*words, "--model", "gpt-oss-120b", "--workload", files / "requests.csv")
    assert trace.returncode == 0, trace.stderr
    assert run("priors", "check", files / "own").returncode == 0


def test_a_model_and_a_gpu_without_rows(run: Run, files: Path) -> None:
    described = ("--model-spec", files / "my-moe.toml", "--hardware-spec", files / "my-gpu.toml")
    words = ("--workload", "1k/8k", "--draws", "1000", "--format", "json")
    done = run("simulate", *described, *words)
    assert done.returncode == 0, done.stderr
    asked = json.loads(done.stdout)["scenario"]
    assert (asked["model"], asked["hardware"]) == ("my-moe", "my-gpu")


def test_a_briefing(run: Run, files: Path) -> None:
    words = ("report", "scenarios.toml", "--json", "briefing.json", "--draws", "1000")
    done = run(*words, cwd=files)
    assert done.returncode == 0, done.stderr
    result = json.loads((files / "briefing.json").read_text("utf-8"))
    assert [a["market_based_tco2e"] is None for a in result["activities"]] == [True, False]


def test_a_map_of_a_request_log(run: Run, files: Path) -> None:
    header = "model,created,prompt_tokens,completion_tokens,cached_tokens,cluster,team\n"
    rows = "prod-chat,2026-10-01 12:00:00,100,50,40,tokyo,red\nglm-5,2026-10-02,9,9,,paris,blue\n"
    (files / "log.csv").write_text(header + rows, "utf-8")
    words = ("--map", "map.toml", "--draws", "1000", "--format", "json")
    done = run("account", "--requests", "log.csv", *words, cwd=files)
    assert done.returncode == 0, done.stderr
    groups = json.loads(done.stdout)["by_group"]
    assert {(g["model"], g["site"], g["day"], g["tenant"]) for g in groups} == {
        ("gpt-oss-120b", "tokyo", "2026-10-01", "red"),
        ("glm-5", "paris", "2026-10-02", "blue"),
    }
