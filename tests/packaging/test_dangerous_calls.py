"""Nothing that ships can be talked into running what it reads: no pickle, no eval, no shell."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

MODULES = frozenset({"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"})
CALLS = frozenset({"eval", "exec", "__import__"})
#: Calls that are dangerous by their names on a module.
ATTRIBUTES = {
    "yaml": frozenset({"load", "load_all", "unsafe_load", "full_load"}),
    "os": frozenset({"system", "popen", "execvp", "execv", "spawnv"}),
    "subprocess": frozenset({"getoutput", "getstatusoutput"}),
    "tempfile": frozenset({"mktemp"}),
    "builtins": CALLS,
}
KEYWORDS = {"allow_pickle": True, "shell": True, "verify": False}


def dangers(tree: ast.AST) -> Iterator[str]:
    """Say what a module imports or calls that it must not."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found = [alias.name.partition(".")[0] for alias in names]
                yield from (f"import {name}" for name in found if name in MODULES)
            case ast.ImportFrom(module=str(module), names=names):
                if module.partition(".")[0] in MODULES:
                    yield f"from {module} import ..."
                barred = ATTRIBUTES.get(module, frozenset())
                yield from (f"{module}.{a.name}" for a in names if a.name in barred)
            case ast.Call():
                yield from _of_call(node)
            case _:
                pass


def _of_call(node: ast.Call) -> Iterator[str]:
    match node.func:
        case ast.Name(id=name) if name in CALLS:
            yield f"{name}()"
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            if name in ATTRIBUTES.get(module, frozenset()):
                yield f"{module}.{name}()"
        case _:
            pass
    for word in node.keywords:
        if word.arg in KEYWORDS and not _is(word.value, not KEYWORDS[word.arg]):
            yield f"{word.arg}={ast.unparse(word.value)}"
    if _names(node, "import_module") and node.args and isinstance(node.args[0], ast.Constant):
        name = str(node.args[0].value)
        if name.partition(".")[0] in MODULES:
            yield f"import_module({name!r})"
    if _loads_arrays(node) and not any(word.arg == "allow_pickle" for word in node.keywords):
        yield f"{ast.unparse(node.func)}() without allow_pickle=False"


def _names(node: ast.Call, name: str) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == name


def _loads_arrays(node: ast.Call) -> bool:
    return ast.unparse(node.func) in ("np.load", "numpy.load", "np.savez", "np.savez_compressed")


def _is(value: ast.expr, wanted: bool) -> bool:
    return isinstance(value, ast.Constant) and value.value is wanted


def test_nothing_that_ships_runs_what_it_reads(sources: dict[str, Path]) -> None:
    assert len(sources) > 200
    found = {
        name: named
        for name, path in sources.items()
        if (named := list(dangers(ast.parse(path.read_bytes(), str(path)))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "import marshal as m",
        "from pickle import loads",
        "from os import system",
        "import_module('shelve')",
        "eval('1')",
        "exec(code)",
        "yaml.load(text)",
        "os.system('ls')",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "np.load(path, allow_pickle=asked)",
        "subprocess.run('ls', shell=True)",
        "client.get(address, verify=False)",
    ],
)
def test_what_must_not_ship_is_found(code: str) -> None:
    assert list(dangers(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "import json",
        "np.load(path, allow_pickle=False)",
        "subprocess.run(words, shell=False)",
        "model.eval()",
        "evaluate('1')",
    ],
)
def test_what_may_ship_is_not(code: str) -> None:
    assert not list(dangers(ast.parse(code)))
