"""A release of the data gives the numbers that it gave, whatever is released after it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.model.data_release import (
    DataRelease,
    data_release,
    data_root,
    release_findings,
    release_names,
)
from wh_uncertainty.model.simulation import simulate
from wh_uncertainty.priors import DEFAULT_RELEASE, load_catalogue
from wh_uncertainty.priors.files import release_directory

CHECKOUT = Path(__file__).parents[2]
REMEDY = "released data never change; docs/releases.md says how to make a new release"
# Machines differ in the last bits of exp and log, and so in which of two equal deployments is
# cheapest for a draw; a wrong file moves the third digit.
TOLERANCE = 1e-4

OLD, NEW = DEFAULT_RELEASE, "2999.01"
QUESTION = ("--model", "gpt-oss-120b", "--workload", "1k/8k", "--draws", "2000")
GRID = 'model = "gpt-oss-120b"\nworkload = ["1k/1k", "chat"]\n'
LOG = "model,input,output\ngpt-oss-120b,1000,500\n"
MAP = '[columns]\nmodel = "model"\ninput_tokens = "input"\noutput_tokens = "output"\n'
BRIEFING = '[[scenario]]\nname = "One"\nmodel = "gpt-oss-120b"\nworkload = "1k/1k"\n'
SPEC = """
[model.my-moe]
total_params_b = 200
active_params_b = 20
native_precision = "fp8"
"""
ASKED: dict[str, tuple[str, ...]] = {
    "simulate": (*QUESTION, "--format", "json"),
    "compare": ("hardware=h100", "hardware=b200", *QUESTION, "--format", "json"),
    "sensitivity": (*QUESTION[:4], "--log2-points", "8", "--format", "json"),
    "sweep": ("grid.toml", "--draws", "2000", "--jobs", "2", "--format", "json"),
    "measure": (
        *QUESTION,
        *("--boundary", "facility", "--energy-kwh", "3", "--requests", "1000", "--format", "json"),
    ),
    "account": ("--requests", "log.csv", "--map", "map.toml", "--format", "json"),
    "report": ("briefing.toml", "--draws", "2000", "--json", "briefing.json"),
    "validate": ("--format", "json"),
    "priors": ("show", "pue_ai_cloud", "--format", "json"),
}


@pytest.mark.parametrize("name", release_names())
def test_its_files_are_those_it_was_made_of(name: str) -> None:
    assert release_findings(data_release(name)) == [], REMEDY


@pytest.mark.parametrize("name", release_names())
def test_its_answers_hold(name: str) -> None:
    answers = data_release(name).answers
    assert len(answers) >= 6
    for answer in answers:
        asked = {key: answer[key] for key in ("draws", "seed")}
        drawn = simulate(answer["scenario"], catalogue=load_catalogue(name), **asked).quantiles()
        for estimand, stated in answer["wh_per_query"].items():
            found = {key: drawn[estimand][key] for key in stated}
            assert found == pytest.approx(stated, rel=TOLERANCE), (answer["scenario"], REMEDY)


def test_every_release_of_priors_is_one_of_the_data() -> None:
    assert {path.name for path in release_directory(OLD).parent.iterdir()} == set(release_names())
    assert release_names()[-1] == DEFAULT_RELEASE


def test_what_differs_is_found(tmp_path: Path) -> None:
    release = data_release()
    copy = tmp_path / "data"
    shutil.copytree(data_root(), copy, ignore=shutil.ignore_patterns("releases"))
    moved = DataRelease(release.name, copy, release.sha256, release.answers)
    assert release_findings(moved) == []
    (copy / "validation.json").unlink()
    (copy / "posterior" / "new.npz").write_bytes(b"")
    with (copy / "posterior" / "glm-5.json").open("a") as file:
        file.write(" ")
    assert release_findings(moved) == [
        f"posterior/glm-5.json: is not what release {OLD} was made of",
        f"posterior/new.npz: is not of release {OLD}",
        "validation.json: is missing",
    ]


Run = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("later")
    for name, text in (
        *(("grid.toml", GRID), ("log.csv", LOG), ("map.toml", MAP)),
        *(("briefing.toml", BRIEFING), ("spec.toml", SPEC)),
    ):
        (made / name).write_text(text, "utf-8")
    return made


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    """Run a module or a script with the package of a directory; JSON of what it answers."""

    def ran(package: Path, *words: str, fails: bool = False) -> Any:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(package)},
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=300,
        )
        assert (done.returncode != 0) == fails, done.stderr
        if fails:
            return done.stderr
        if "--json" in words:
            return json.loads((folder / words[words.index("--json") + 1]).read_bytes())
        return json.loads(done.stdout) if "json" in words else done.stdout

    return ran


def _command(name: str, *more: str) -> tuple[str, ...]:
    return ("-m", "wh_uncertainty.cli.main", name, *ASKED[name], *more)


@pytest.fixture(scope="module")
def later(folder: Path, run: Run) -> Path:
    """A later version, as docs/releases.md has it made: new priors, new posterior, new scores."""
    package = folder / "package"
    for part in ("model", "priors", "cli"):
        skipped = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CHECKOUT / part, package / "wh_uncertainty" / part, ignore=skipped)
    inside = package / "wh_uncertainty"
    script = str(CHECKOUT / "scripts" / "release_data.py")
    run(package, script, "keep", OLD)
    priors = inside / "priors" / "data"
    shutil.copytree(priors / OLD, priors / NEW)
    _edit(
        priors / NEW / "facility.toml",
        "1.07, p50 = 1.18, p95 = 1.45",
        "1.14, p50 = 1.36, p95 = 1.9",
    )
    _edit(inside / "priors" / "current.py", OLD, NEW)
    run(package, "-m", "wh_uncertainty.priors.compile")
    run(package, "-c", _REFIT)
    _edit(inside / "model" / "data" / "validation.json", '"n": ', '"n": 1')
    assert "does not exist" in run(package, *_command("simulate"), fails=True)
    run(package, script, "write", NEW)
    return package


_REFIT = """
from wh_uncertainty.model import posterior
from wh_uncertainty.model.data_release import data_root
directory = data_root() / "posterior"
held = posterior.load_posterior("gpt-oss-120b", directory)
arrays = {**held.arrays, "deployment_mean": held.arrays["deployment_mean"] + 0.3}
record = {k: v for k, v in held.record.items() if k not in ("format", "name", "npz_sha256")}
posterior.write_posterior(directory, "gpt-oss-120b", arrays, record)
"""


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("name", ASKED)
def test_a_later_version_gives_the_numbers_of_an_earlier_release(
    name: str, later: Path, folder: Path, run: Run
) -> None:
    before = run(CHECKOUT / ".editable", *_command(name))
    assert run(later, *_command(name, "--release", OLD)) == before
    assert run(later, *_command(name)) != before


def test_the_sketch_is_of_the_release_too(later: Path, run: Run) -> None:
    words = ("--model-spec", "spec.toml", "--workload", "1k/1k", "--draws", "2000", "--format")
    asked = ("-m", "wh_uncertainty.cli.main", "simulate", *words, "json")
    before = run(CHECKOUT / ".editable", *asked)
    assert run(later, *asked, "--release", OLD) == before
    assert before["provenance"]["release"] == OLD


def test_both_are_listed_and_checked(later: Path, run: Run) -> None:
    listed = run(later, "-m", "wh_uncertainty.cli.main", "list", "releases", "--format", "json")
    assert [(one["release"], one["default"]) for one in listed] == [(OLD, False), (NEW, True)]
    assert [one["findings"] for one in listed] == [[], []]
    assert listed[0]["files"] == len(data_release(OLD).sha256)


def test_a_name_is_given_once(later: Path, run: Run) -> None:
    script = str(CHECKOUT / "scripts" / "release_data.py")
    assert "is there already" in run(later, script, "write", NEW, fails=True)
    assert "has its own files already" in run(later, script, "keep", OLD, fails=True)
    assert f"use one of {OLD}, {NEW}" in run(later, script, "write", "2998.01", fails=True)
