import re
import tomllib
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


def test_what_an_index_would_show(installed: Distribution, checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    meta = installed.metadata
    assert meta["Summary"] == project["description"]
    assert set(meta.get_all("Classifier") or ()) == set(project["classifiers"])
    assert "Typing :: Typed" in project["classifiers"]
    assert set(meta.get_all("License-File") or ()) == {"LICENSE", "NOTICE"}
    assert set(meta.get_all("Provides-Extra") or ()) == set(project["optional-dependencies"])
    assert meta["Description-Content-Type"] == "text/markdown"


def test_nothing_is_required_that_is_not_declared(installed: Distribution, checkout: Path) -> None:
    declared = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    plain = {_name(text) for text in installed.requires or () if "extra ==" not in text}
    assert plain == {_name(text) for text in declared["dependencies"]}


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9.-]", requirement)[0].lower()


def test_namespace_belongs_to_nobody() -> None:
    assert getattr(wh_uncertainty, "__file__", None) is None
    for part in PARTS:
        assert files(f"wh_uncertainty.{part}").joinpath("py.typed").is_file()


def test_version_is_told_alike_everywhere(checkout: Path) -> None:
    version_line = f"version: {VERSION}"
    assert version_line in (checkout / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"## [{VERSION}]" in (checkout / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_citation_has_the_day_of_the_changelog(checkout: Path) -> None:
    """Validity by the format's own schema was checked with cffconvert 2.0.0."""
    citation = (checkout / "CITATION.cff").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^([a-z-]+): *(.*)$", citation, re.MULTILINE))
    required = {"cff-version", "message", "title", "authors", "version", "license"}
    assert required <= stated.keys()
    changes = (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{VERSION}] - {stated['date-released']}" in changes.splitlines()


def test_every_version_says_which_numbers_changed(checkout: Path) -> None:
    changes = (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
    _, *versions = re.split(r"^## \[", changes, flags=re.MULTILINE)
    assert len(versions) >= 2
    for section in versions:
        _, found, numbers = section.partition("### Numbers changed\n")
        assert found, section.partition("]")[0]
        assert numbers.strip().startswith("- "), "also when none did"
