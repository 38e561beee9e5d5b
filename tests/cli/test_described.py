"""A model or an accelerator that a file describes, on the installed command."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.cli.described import laid_over

Run = Callable[..., subprocess.CompletedProcess[bytes]]
QUICK = ("--workload", "1k/1k", "--hardware", "b200", "--draws", "1000")
# Few unknowns are left to analyse.
NARROW = ("--hardware=b200", "--interactivity=50", "--effort=medium", "--cached-share=0")
MODEL = """[model.my-moe]
total_params_b = 230
active_params_b = 10
native_precision = "fp8"
"""
GPU = """[hardware.my-gpu]
vendor = "NVIDIA"
tdp_w = 1800
bf16_dense_tflops = 4000
fp8_dense_tflops = 8000
fp4_dense_tflops = 25000
hbm_gb = 288
hbm_tbps = 13
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "my-moe.toml"
    path.write_text(MODEL, "utf-8")
    return path


@pytest.fixture
def gpu(tmp_path: Path) -> Path:
    path = tmp_path / "my-gpu.toml"
    path.write_text(GPU, "utf-8")
    return path


def answer(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    assert (done.returncode, done.stderr) == (0, b"")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def refusal(done: subprocess.CompletedProcess[bytes], code: int = 1) -> str:
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (code, b"")
    assert said.startswith("wh-uncertainty: error: ")
    assert said.count("\n") == 1
    return said


def test_the_table_says_above_all_numbers_that_nothing_was_measured(run: Run, model: Path) -> None:
    done = run("simulate", "--model-spec", model, *QUICK)
    assert (done.returncode, done.stderr) == (0, b"")
    words = " ".join(done.stdout.decode().split())
    assert words.startswith("my-moe, 1k/1k")
    warning = words.index("Extrapolated, not measured: my-moe was never benchmarked")
    assert warning < words.index("median")
    assert words.count("was never benchmarked: its cost") == 1
    assert "my-moe of my-moe.toml, never benchmarked" in words


def test_both_in_json(run: Run, model: Path, gpu: Path) -> None:
    words = ("--workload", "1k/1k", "--draws", "1000", "--format", "json")
    result = answer(run("simulate", "--model-spec", model, "--hardware-spec", gpu, *words))
    assert (result["scenario"]["model"], result["scenario"]["hardware"]) == ("my-moe", "my-gpu")
    codes = [flag["code"] for flag in result["flags"]]
    assert codes[0] == "extrapolated"
    assert "power_not_measured" in codes
    specs = result["provenance"]["specs"]
    assert [spec["file"] for spec in specs] == ["my-moe.toml", "my-gpu.toml"]
    assert all(len(spec["sha256"]) == 64 for spec in specs)


def test_a_scenario_file_names_files_from_where_it_is(
    run: Run, model: Path, tmp_path: Path
) -> None:
    (tmp_path / "deeper").mkdir()
    scenario = tmp_path / "deeper" / "scenario.toml"
    scenario.write_text('model_spec = "../my-moe.toml"\nworkload = "1k/1k"\nhardware = "b200"\n')
    words = ("simulate", "--scenario", scenario, "--draws", "1000", "--format", "json")
    assert answer(run(*words))["scenario"]["model"] == "my-moe"
    named = answer(run(*words, "--model", "gpt-oss-120b"))
    assert named["scenario"]["model"] == "gpt-oss-120b"
    assert named["provenance"]["specs"] == []


def test_compared_with_a_known_one(run: Run, model: Path) -> None:
    done = run("compare", "model=minimax-m2.5", f"model_spec={model}", *QUICK, "--format", "json")
    first, second = answer(done)["scenarios"]
    assert first["provenance"]["specs"] == []
    assert first["extrapolated"] == ""
    assert "never benchmarked" in second["extrapolated"]
    assert second["scenario"]["model"] == "my-moe"
    assert "ratio_to_first" in second


@pytest.mark.parametrize(
    "words",
    [("sensitivity", "--log2-points", "8"), ("disclosure", "--log2-points", "4", *NARROW[1:])],
    ids=lambda words: words[0],
)
def test_the_other_analyses_take_it_too(run: Run, gpu: Path, words: tuple[str, ...]) -> None:
    asked = ("--model", "gpt-oss-120b", "--workload", "1k/1k", "--hardware-spec", gpu)
    result = answer(run(*words, *asked, "--format", "json"))
    assert result["scenario"]["hardware"] == "my-gpu"
    assert "never benchmarked" in result["extrapolated"]
    assert result["provenance"]["specs"][0]["key"] == "my-gpu"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("[model", "is not TOML"),
        (MODEL.replace("230", "5"), "more than total_params_b"),
        (MODEL.replace("my-moe", "gpt-oss-120b"), "--priors"),
        (MODEL.replace("my-moe", '"\\u001b[31m|"'), "a name has"),
        (MODEL.replace("230", "99_000").replace("10\n", "10\n"), "holds its weights"),
        (GPU, "--hardware-spec"),
    ],
    ids=["no TOML", "active", "taken", "escape", "too large", "other kind"],
)
def test_a_bad_file_is_one_line(run: Run, model: Path, change: str, part: str) -> None:
    model.write_text(change, "utf-8")
    said = refusal(run("simulate", "--model-spec", model, *QUICK))
    assert part in said
    assert "\x1b" not in said


def test_a_missing_file_is_one_line(run: Run, tmp_path: Path) -> None:
    assert "is not a file" in refusal(run("simulate", "--model-spec", tmp_path / "no.toml", *QUICK))


def test_a_file_that_describes_something_else_is_refused(run: Run, model: Path) -> None:
    words = ("simulate", "--model", "gpt-oss-120b", "--model-spec", model, *QUICK)
    assert "describes 'my-moe'" in refusal(run(*words))


def test_all_in_power_must_be_stated(run: Run, gpu: Path) -> None:
    asked = ("--model", "gpt-oss-120b", "--workload", "1k/1k", "--hardware-spec", gpu)
    said = refusal(run("simulate", *asked, "--boundary", "provisioned-2026-07"))
    assert "provisioned_2026_07_kw" in said


def test_a_name_replaces_a_file_and_a_file_a_name() -> None:
    common = {"model_spec": "a.toml", "hardware": "b200", "region": "japan"}
    assert laid_over(common, {"model": "r1", "hardware_spec": "g.toml"}) == {
        "model": "r1",
        "hardware_spec": "g.toml",
        "region": "japan",
    }
    assert laid_over(common, {"region": "sweden"}) == {**common, "region": "sweden"}


@pytest.mark.parametrize(
    "words",
    [
        ("sensitivity", "--log2-points", "8", *NARROW),
        ("disclosure", "--log2-points", "4", *NARROW),
        ("compare", "hardware=b200", "hardware=h200", "--draws", "1000"),
    ],
    ids=lambda words: words[0],
)
def test_every_analysis_warns_too(run: Run, model: Path, words: tuple[str, ...]) -> None:
    asked = (*words, "--model-spec", model, "--workload", "1k/1k")
    done = run(*asked)
    assert (done.returncode, done.stderr) == (0, b"")
    warning = "Extrapolated, not measured: my-moe was never benchmarked"
    said = " ".join(done.stdout.decode().split())
    assert said.index(warning) < said.index("Boundary")


def test_an_unknown_vendor_is_said(run: Run, gpu: Path) -> None:
    gpu.write_text(GPU.replace("NVIDIA", "Elsewhere"), "utf-8")
    words = ("--model", "gpt-oss-120b", "--workload", "1k/1k", "--draws", "1000")
    result = answer(run("simulate", *words, "--hardware-spec", gpu, "--format", "json"))
    assert "no accelerator of Elsewhere was" in result["flags"][0]["message"]
