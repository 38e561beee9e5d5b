import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

_PIN = re.compile(r"(?P<name>[a-z0-9.-]+)==[0-9][^ ;]*(?: ; .+)?")


def _pins(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    matches = [_PIN.fullmatch(line) for line in lines if not line.startswith("#")]
    assert all(matches), f"{path.name} has a line that pins no version"
    return {match["name"]: match[0] for match in matches if match}


@pytest.fixture(scope="module")
def declared(checkout: Path) -> dict[str, Any]:
    return tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9.-]", requirement)[0].lower() for requirement in requirements}


def test_everything_declared_is_pinned(checkout: Path, declared: dict[str, Any]) -> None:
    runtime = _pins(checkout / "requirements" / "runtime.txt")
    develop = _pins(checkout / "requirements" / "dev.txt")
    backend = _names(declared["build-system"]["requires"])
    assert _names(declared["project"]["dependencies"]) | backend <= set(runtime)
    assert _names(declared["dependency-groups"]["dev"]) <= set(develop)
    site = _pins(checkout / "requirements" / "docs.txt")
    assert _names(declared["dependency-groups"]["docs"]) <= set(site)


def test_development_runs_on_the_released_versions(checkout: Path) -> None:
    runtime = _pins(checkout / "requirements" / "runtime.txt")
    develop = _pins(checkout / "requirements" / "dev.txt")
    assert runtime.items() <= develop.items()
