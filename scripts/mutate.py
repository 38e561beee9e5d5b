"""Change one thing at a time in the core of the model, and count how often its tests notice.

    python scripts/mutate.py [--only NAME ...]

Writes ``docs/validation/mutation.json``. Mutants that change nothing observable are listed in
``scripts/mutation/equivalent.toml`` with the reason; one that is listed there and is killed after
all, or does not exist any more, is an error.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import json
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

from mutation.mutants import mutants
from mutation.trial import killed

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "docs" / "validation" / "mutation.json"
EQUIVALENT = Path(__file__).parent / "mutation" / "equivalent.toml"
TESTS = {
    "cost_law": ["tests/unit/test_cost_law.py"],
    "power": ["tests/unit/test_power.py"],
    "frontier": ["tests/unit/test_frontier.py"],
    "summary": ["tests/unit/test_summary.py"],
}


def main() -> None:
    """Try every mutant and store what came of it."""
    parser = argparse.ArgumentParser(description="Mutation testing of the core.")
    parser.add_argument("--only", nargs="+", choices=TESTS, default=list(TESTS))
    only: list[str] = parser.parse_args().only
    for library in ("numpy", "scipy.special", "pytest"):
        import_module(library)  # once, and not in every child
    stored: dict[str, Any] = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    files = {**stored.get("files", {}), **{name: tried(name) for name in only}}
    result = {
        "date": datetime.date.today().isoformat(),
        "mutants": sum(part["mutants"] for part in files.values()),
        "killed": sum(part["killed"] for part in files.values()),
        "files": {name: files[name] for name in TESTS if name in files},
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


def tried(name: str) -> dict[str, Any]:
    """Run the tests of one file against all its mutants."""
    path = ROOT / "model" / f"{name}.py"
    tests = [str(ROOT / test) for test in TESTS[name]]
    listed: dict[str, str] = tomllib.loads(EQUIVALENT.read_text("utf-8")).get(name, {})
    module, source = f"wh_uncertainty.model.{name}", path.read_text("utf-8")
    if killed(module, path, ast.parse(source), tests):
        raise SystemExit(f"{path.name}: its tests fail as it is")
    found = list(mutants(source))
    alive = [one.name for one in found if not killed(module, path, one.tree, tests)]
    if stale := sorted(set(listed) - set(alive)):
        raise SystemExit(f"equivalent.toml [{name}]: killed, or no mutant any more: {stale}")
    survived = [line for line in alive if line not in listed]
    print(name, len(found), "mutants", len(alive), "alive", *survived, sep="\n ", file=sys.stderr)
    return {
        "mutants": len(found),
        "killed": len(found) - len(alive),
        "equivalent": [f"{line}: {listed[line]}" for line in alive if line in listed],
        "survived": survived,
    }


if __name__ == "__main__":
    main()
