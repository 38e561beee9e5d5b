"""The numbers of SECURITY.md are those of the code and of the pins."""

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def policy(checkout: Path) -> str:
    return (checkout / "SECURITY.md").read_text("utf-8")


def rows(policy: str, heading: str) -> list[list[str]]:
    """Cells of the table below a heading, without its own first two lines."""
    section = policy.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_limits_are_those_of_the_code(policy: str) -> None:
    limits = rows(policy, "Limits")
    assert len(limits) > 20
    for _, _, number, where in limits:
        module, _, name = where.strip("`").rpartition(".")
        found = getattr(import_module(f"wh_uncertainty.{module}"), name)
        assert found == int(number.replace(",", "")), where


def test_every_limit_of_an_import_is_named_or_follows(policy: str) -> None:
    named = {where.strip("`").rpartition(".")[2] for *_, where in rows(policy, "Limits")}
    inner = {"MAX_TEXT_CHARS", "MAX_KEPT_CHARS", "MAX_UNREADABLE", "MAX_LISTED"}
    limits = import_module("wh_uncertainty.model.intake.limits").__all__
    assert {name for name in limits if name.startswith("MAX_")} - inner <= named


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


@pytest.mark.parametrize("requirements", ["runtime.txt", "dev.txt"])
def test_pins_have_the_fixes(policy: str, checkout: Path, requirements: str) -> None:
    text = (checkout / "requirements" / requirements).read_text("utf-8")
    pins = dict(re.findall(r"^([a-z0-9-]+)==([\w.]+)", text, re.MULTILINE))
    advisories = rows(policy, "Dependencies")
    assert len(advisories) >= 6
    for package, advisory, fixed, pinned in advisories:
        assert pins[package] == pinned, package
        assert version(pinned) >= version(fixed), advisory


def test_floors_have_the_fixes(policy: str, checkout: Path) -> None:
    """Or who installs the package without the pins may get what the table warns of."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))["project"]
    stated = "\n".join(project["dependencies"])
    floors = dict(re.findall(r"^([a-z0-9-]+)>=([\d.]+)", stated, re.MULTILINE))
    for package, advisory, fixed, _ in rows(policy, "Dependencies"):
        assert version(floors[package]) >= version(fixed), advisory


def test_files_that_are_named_exist(policy: str, checkout: Path) -> None:
    named = re.findall(r"`((?:tests|scripts|requirements)/[\w/.]+)`", policy)
    assert len(named) >= 6
    for name in named:
        assert (checkout / name).exists(), name
