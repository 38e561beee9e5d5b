import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="session")
def command() -> list[str]:
    """The installed script; from a source tree where nothing is installed, its module."""
    script = Path(sys.executable).with_name("wh-uncertainty")
    return [str(script)] if script.exists() else [sys.executable, "-m", "wh_uncertainty.cli.main"]


@pytest.fixture(scope="session")
def run(command: list[str]) -> Run:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment.pop("COLUMNS", None)  # help is as wide as the terminal

    def run_command(
        *arguments: object, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*command, *map(str, arguments)],
            capture_output=True,
            check=False,
            cwd=cwd,
            env=environment,
            timeout=120,
        )

    return run_command


@pytest.fixture
def result() -> dict[str, Any]:
    """What Simulation.to_dict gives, written by hand: with a region, one board unmeasured."""
    text = (Path(__file__).parent / "simulation.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content
