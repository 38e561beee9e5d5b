from importlib.metadata import Distribution, distribution, version
from importlib.resources import files
from pathlib import Path

import pytest

import wh_uncertainty
from wh_uncertainty.model.version import VERSION

PARTS = ("model", "priors", "cli")


@pytest.fixture(scope="module")
def installed() -> Distribution:
    return distribution("wh-uncertainty")


def test_installed_version_is_the_stated_one() -> None:
    assert version("wh-uncertainty") == VERSION


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


def test_version_is_told_alike_everywhere(checkout: Path) -> None:
    version_line = f"version: {VERSION}"
    assert version_line in (checkout / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"## [{VERSION}]" in (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
