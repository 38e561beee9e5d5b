"""Running the tests of a module against one of its mutants, in a process of its own."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

__all__ = ["killed"]

_SECONDS = 180  # a mutant that loops forever is killed, too


class _Loader(importlib.abc.Loader):
    """Executes a tree in place of a module's source."""

    def __init__(self, tree: ast.Module, path: Path) -> None:
        self._code = compile(tree, str(path), "exec")

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the mutant in place of one module."""

    def __init__(self, name: str, tree: ast.Module, path: Path) -> None:
        self._name, self._tree, self._path = name, tree, path

    def find_spec(
        self, fullname: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, _Loader(self._tree, self._path))


def killed(module: str, path: Path, tree: ast.Module, tests: Sequence[str]) -> bool:
    """Run tests with a mutant in a module's place.

    Parameters
    ----------
    module : str
        Full name; must not be imported yet, nor anything that imports it.
    path : Path
        Of its source.
    tree : ast.Module
    tests : sequence of str
        For pytest.

    Returns
    -------
    bool
        Whether any test failed.
    """
    child = os.fork()
    if child == 0:
        os._exit(_run(module, path, tree, tests))
    _, status = os.waitpid(child, 0)
    return status != 0


def _run(module: str, path: Path, tree: ast.Module, tests: Sequence[str]) -> int:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they take longer than the tests
    import pytest

    signal.alarm(_SECONDS)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    sys.meta_path.insert(0, _Finder(module, tree, path))
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    return int(pytest.main([*options, *tests]))
