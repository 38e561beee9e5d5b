import os
import re
from pathlib import Path

MARKED = re.compile(r"^<!-- (main-job|tests) -->\n```bash\n(.+)\n```$", re.MULTILINE)


def test_two_one_line_commands(checkout: Path) -> None:
    readme = (checkout / "README.md").read_text(encoding="utf-8")
    commands = dict(MARKED.findall(readme))
    assert readme.count("```bash") == 2
    assert set(commands) == {"main-job", "tests"}
    assert commands["main-job"].endswith("simulate --model gpt-oss-120b --workload 1k/8k")
    assert commands["tests"].endswith("pytest -n 2")


def test_ci_can_be_run(checkout: Path) -> None:
    assert os.access(checkout / ".ci" / "run", os.X_OK)
