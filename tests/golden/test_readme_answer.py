"""The first thing a reader sees is what the command prints today."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
REMEDY = "python scripts/refresh_readme.py"


def _python(*words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment,
        timeout=120,
    )


def test_example_prints_what_the_readme_shows() -> None:
    shown = re.search(r"^```console\n\$ wh-uncertainty (.+)\n((?s:.+?))^```$", README, re.MULTILINE)
    assert shown is not None
    words, output = shown.groups()
    done = _python("-m", "wh_uncertainty.cli.main", *shlex.split(words))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == output, REMEDY


def test_answer_comes_before_everything_else() -> None:
    assert README.index("```console") < README.index("\n## ")


def test_every_generated_block_is_up_to_date() -> None:
    done = _python(str(CHECKOUT / "scripts" / "refresh_readme.py"), "--check")
    assert (done.returncode, done.stderr) == (0, "")
