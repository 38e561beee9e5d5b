"""The Python session in the README runs and prints what it shows."""

import doctest
import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_session_runs_as_shown() -> None:
    sessions = re.findall(r"^```pycon\n(.+?)^```$", README, re.MULTILINE | re.DOTALL)
    assert sessions
    for text in sessions:
        test = doctest.DocTestParser().get_doctest(text, {}, "README.md", "README.md", 0)
        assert len(test.examples) > 3
        said: list[str] = []
        failed = doctest.DocTestRunner(verbose=False).run(test, out=said.append).failed
        assert failed == 0, "".join(said)
