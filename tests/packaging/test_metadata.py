import tomllib
from importlib.metadata import Distribution, distribution, version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import wh_uncertainty

PARTS = ("model", "priors", "cli")


@pytest.fixture(scope="module")
def project(checkout: Path) -> dict[str, Any]:
    whole = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
    table: dict[str, Any] = whole["project"]
    return table


@pytest.fixture(scope="module")
def installed() -> Distribution:
    return distribution("wh-uncertainty")


def test_installed_version_is_the_stated_one(project: dict[str, Any]) -> None:
    assert version("wh-uncertainty") == project["version"]


def test_supported_pythons(installed: Distribution) -> None:
    assert installed.metadata["Requires-Python"] == ">=3.12"
    assert installed.metadata["License-Expression"] == "Apache-2.0"


def test_one_command(installed: Distribution) -> None:
    scripts = {e.name: e.value for e in installed.entry_points if e.group == "console_scripts"}
    assert scripts == {"wh-uncertainty": "wh_uncertainty.cli.main:main"}


def test_namespace_belongs_to_nobody() -> None:
    assert wh_uncertainty.__file__ is None
    for part in PARTS:
        assert files(f"wh_uncertainty.{part}").joinpath("py.typed").is_file()


def test_version_is_told_alike_everywhere(checkout: Path, project: dict[str, Any]) -> None:
    version_line = f"version: {project['version']}"
    assert version_line in (checkout / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"## [{project['version']}]" in (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
