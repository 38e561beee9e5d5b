"""What a user runs every day must start fast: no sampler, no data frames, no plots."""

import json
import subprocess
import sys

HEAVY = ("arviz", "matplotlib", "numba", "nutpie", "pandas", "pyarrow", "pymc", "pytensor", "scipy")

_REPORT = """
import json, sys
{statement}
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})), file=sys.stderr)
"""


def _imported_by(statement: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", _REPORT.format(statement=statement)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(json.loads(run.stderr.splitlines()[-1]))


def test_importing_the_command() -> None:
    assert _imported_by("import wh_uncertainty.cli.main").isdisjoint(HEAVY)


def test_importing_the_model() -> None:
    assert _imported_by("import wh_uncertainty.model").isdisjoint(HEAVY)


def test_running_a_simulation() -> None:
    arguments = ["simulate", "--model", "gpt-oss-120b", "--workload", "1k/8k", "--draws", "2000"]
    statement = f"""
from wh_uncertainty.cli.main import main
sys.argv = ["wh-uncertainty", *{arguments!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
"""
    assert _imported_by(statement).isdisjoint(HEAVY)
