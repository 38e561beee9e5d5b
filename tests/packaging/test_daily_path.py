"""What a user runs every day must start fast: no sampler, no data frames, no plots."""

import json
import subprocess
import sys

import pytest

from wh_uncertainty.cli.commands import COMMANDS

HEAVY = (
    *("arviz", "matplotlib", "numba", "nutpie", "pandas", "pyarrow", "pymc", "pytensor", "scipy"),
    *("duckdb", "ibis", "starlette", "uvicorn", "vl_convert"),
)

_REPORT = """
import json, sys
{statement}
print(json.dumps(list(sys.modules)), file=sys.stderr)
"""


_RUN = """
from wh_uncertainty.cli.main import main
sys.argv = ["wh-uncertainty", *{arguments!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
"""


def _packages_of(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def _imported_by(statement: str) -> set[str]:
    """Every module, by its full name."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", _REPORT.format(statement=statement)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(json.loads(run.stderr.splitlines()[-1]))


def test_importing_the_command() -> None:
    assert _packages_of(_imported_by("import wh_uncertainty.cli.main")).isdisjoint(HEAVY)


def test_importing_the_model() -> None:
    assert _packages_of(_imported_by("import wh_uncertainty.model")).isdisjoint(HEAVY)


def test_running_a_simulation() -> None:
    arguments = ["simulate", "--model", "gpt-oss-120b", "--workload", "1k/8k", "--draws", "2000"]
    modules = _imported_by(_RUN.format(arguments=arguments))
    assert _packages_of(modules).isdisjoint(HEAVY)
    unused = (
        *("design", "length_histogram", "new_deployments", "observations"),
        *("predicted_posterior", "sibling_layouts", "sketch"),
    )
    assert modules.isdisjoint(f"wh_uncertainty.model.{name}" for name in unused)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_imports_no_other(name: str) -> None:
    modules = _imported_by(_RUN.format(arguments=[name, "--help"]))
    homes = {f"wh_uncertainty.cli.{module}" for module, _ in COMMANDS.values()}
    assert modules & homes == {f"wh_uncertainty.cli.{COMMANDS[name][0]}"}
