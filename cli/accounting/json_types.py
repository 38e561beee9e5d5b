"""Types of what is read of JSON lines: only what is mapped, and every value as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wh_uncertainty.cli.accounting.places import ANY_VALUE, key_of

__all__ = ["json_columns"]

_TEXT = "VARCHAR"
_PAIRS = (
    f'STRUCT("key" {_TEXT}, "value" STRUCT({", ".join(f'"{n}" {_TEXT}' for n in ANY_VALUE)}))[]'
)


def json_columns(places: Iterable[Sequence[str]], levels: Sequence[str]) -> dict[str, str]:
    """Return DuckDB's types of the outermost columns.

    Parameters
    ----------
    places : iterable of sequence of str
    levels : sequence of str
        Lists inside of lists, as in `unnested`; places begin with the name of theirs.

    Returns
    -------
    dict of str to str
    """
    tree: dict[str, Any] = {}
    for place in places:
        branch = tree
        for name in place:
            branch = branch.setdefault(name, {})
    inner: dict[str, str] = {}
    for level in reversed(levels):
        fields = {name: _type(below) for name, below in tree.pop(level, {}).items()}
        inner = {level: f"{_struct({**fields, **inner})}[]"}
    return {**{name: _type(branch) for name, branch in tree.items()}, **inner}


def _type(branch: Mapping[str, Any]) -> str:
    if not branch:
        return _TEXT
    if any(key_of(name) is not None for name in branch):
        return _PAIRS
    return _struct({name: _type(below) for name, below in branch.items()})


def _struct(fields: Mapping[str, str]) -> str:
    quoted = {'"' + name.replace('"', '""') + '"': kind for name, kind in fields.items()}
    return f"STRUCT({', '.join(f'{name} {kind}' for name, kind in quoted.items())})"
