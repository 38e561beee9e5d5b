"""The mutator changes one thing at a time, and a mutant in a module's place is what tests see."""

import ast
from pathlib import Path

from mutation.mutants import mutants
from mutation.trial import killed

SOURCE = '''
"""Words stay."""

def slower(a: float, b: float) -> bool:
    return a * 2 < b
'''


def test_every_mutant_differs_in_one_place() -> None:
    names = {mutant.name for mutant in mutants(SOURCE)}
    assert names == {
        "line 5: `a * 2 < b` to `a * 2 <= b`",
        "line 5: `a * 2 < b` to `a * 2 >= b`",
        "line 5: `a * 2` to `a / 2`",
        "line 5: `2` to `3`",
        "line 5: `2` to `4`",
    }
    original = ast.unparse(ast.parse(SOURCE)).splitlines()
    for mutant in mutants(SOURCE):
        lines = ast.unparse(mutant.tree).splitlines()
        assert sum(a != b for a, b in zip(lines, original, strict=True)) == 1


def test_a_test_that_fails_kills_and_one_that_passes_does_not(tmp_path: Path) -> None:
    test = tmp_path / "test_it.py"
    test.write_text("from pretended import answer\n\ndef test_it():\n    assert answer == 42\n")
    for value, dead in ((42, False), (43, True)):
        tree = ast.parse(f"answer = {value}")
        assert killed("pretended", tmp_path / "pretended.py", tree, [str(test)]) is dead
