"""Which libraries the packages name: the sampler's in few places, and none that is not declared."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

OURS = {"wh_uncertainty", "{__name__}", *sys.stdlib_module_names}
#: Slow to import: only the offline fit, what checks it, and `Simulation.to_arviz` may name them.
SAMPLING = {"arviz", "arviz_plots", "numba", "nutpie", "pandas", "pymc", "pytensor", "xarray"}
SAMPLES = {
    "cli/plot_check.py": {"arviz", "arviz_plots", "xarray"},
    "model/fitting/contraction.py": {"pymc"},
    "model/fitting/diagnostics.py": {"arviz"},
    "model/graph.py": {"pymc", "pytensor"},
    "model/fitting/loo.py": {"arviz"},
    "model/board_power/graph.py": {"pymc", "pytensor"},
    "model/fitting/prior_rows.py": {"arviz"},
    "model/fitting/sampling.py": {"nutpie"},
    "model/simulation.py": {"arviz"},
    "priors/families.py": {"pymc"},
}

_FIRST_PART = re.compile(r"f?'(\w+|{__name__})")


def named(tree: ast.AST) -> Iterator[str]:
    """Name every package that is imported, also by `import_module`."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module)):
                yield module.partition(".")[0]
            case ast.Call(func=ast.Name(id="import_module"), args=[name, *_]):
                found = _FIRST_PART.match(ast.unparse(name))
                yield found[1] if found else ast.unparse(name)
            case _:
                pass


@pytest.fixture(scope="module")
def libraries(sources: dict[str, Path]) -> dict[str, set[str]]:
    """What each module names that is neither ours nor Python's."""
    return {name: set(named(ast.parse(path.read_bytes()))) - OURS for name, path in sources.items()}


def test_only_the_fit_names_the_sampler(libraries: dict[str, set[str]]) -> None:
    found = {name: packages & SAMPLING for name, packages in libraries.items()}
    assert {name: packages for name, packages in found.items() if packages} == SAMPLES


def test_every_library_is_declared(libraries: dict[str, set[str]], checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(text for extra in extras for text in extra)]
    declared = {re.split(r"[^A-Za-z0-9.-]", text)[0].lower() for text in wanted}
    shipped_by = packages_distributions()
    for package in set[str]().union(*libraries.values()):
        owners = {name.lower() for name in shipped_by.get(package, [package])}
        assert owners & declared, package
