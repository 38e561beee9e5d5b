import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wh_uncertainty.cli.reference import command_helps, with_reference

Run = Callable[..., subprocess.CompletedProcess[bytes]]

HELPS = command_helps()
README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def readme() -> str:
    return README.read_text(encoding="utf-8")


def test_reference_is_up_to_date(readme: str) -> None:
    """If not: python -m wh_uncertainty.cli.reference README.md."""
    assert readme == with_reference(readme)


@pytest.mark.parametrize("name", HELPS)
def test_command_and_its_options_are_in_the_readme(readme: str, name: str) -> None:
    section = readme.partition("## Commands")[2].partition(f"### `{name}`")[2].partition("### ")[0]
    options = set(re.findall(r"--[a-z-]+", HELPS[name])) - {"--help"}
    assert options
    for option in options:
        assert option in section


@pytest.mark.parametrize("name", HELPS)
def test_every_command_says_what_it_is_for(name: str) -> None:
    summary = HELPS[name].splitlines()[2].strip()
    assert len(summary) > 20


@pytest.mark.parametrize("name", ["wh-uncertainty simulate", "wh-uncertainty priors show"])
def test_script_helps_as_documented(run: Run, name: str) -> None:
    done = run(*name.split()[1:], "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().strip() == HELPS[name]
