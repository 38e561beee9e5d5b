"""Mutants of a module: its syntax tree with one operator, comparison, number or call changed."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Mutant", "mutants"]

_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
_CALLED = {
    "maximum": "minimum",
    "minimum": "maximum",
    "argmin": "argmax",
    "argmax": "argmin",
    "any": "all",
    "all": "any",
    "sqrt": "exp",
    "log": "exp",
    "exp": "log",
    "rint": "floor",
    "mean": "max",
    "sort": "abs",
    "clip": "maximum",
    "geomspace": "linspace",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change.

    Parameters
    ----------
    name : str
        Line and what changed, as it stands in the source before and after.
    tree : ast.Module
        Of the whole module.
    """

    name: str
    tree: ast.Module


def mutants(source: str) -> Iterator[Mutant]:
    """Change one thing at a time; words, types and docstrings stay.

    Parameters
    ----------
    source : str
        Of a module.

    Yields
    ------
    Mutant
    """
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    for position, node in enumerate(nodes):
        for number, _ in enumerate(_changed(node)):
            twin = copy.deepcopy(tree)
            target = list(ast.walk(twin))[position]
            before = ast.unparse(target)
            after = list(_changed(target))[number]
            _become(target, after)
            line = getattr(node, "lineno", 0)
            words = f"line {line}: `{before}` to `{ast.unparse(target)}`"
            yield Mutant(words, ast.fix_missing_locations(twin))


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(op=op) if type(op) in _BINARY:
            yield _with(node, op=_BINARY[type(op)]())
        case ast.Compare(ops=[op]):
            for other in _COMPARED.get(type(op), ()):
                yield _with(node, ops=[other()])
        case ast.Constant(value=bool(value)):
            yield _with(node, value=not value)
        case ast.Constant(value=int() | float() as value):
            yield _with(node, value=value + 1)
            yield _with(node, value=value * 2 if value else -1)
        case ast.UnaryOp(op=ast.USub()):
            yield node.operand
        case ast.Attribute(attr=name) if name in _CALLED:
            yield _with(node, attr=_CALLED[name])
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.Call(args=[first, second, *rest]):
            yield _with(node, args=[second, first, *rest])
        case _:
            return


def _with(node: ast.AST, **fields: object) -> ast.AST:
    twin = copy.copy(node)
    for name, value in fields.items():
        setattr(twin, name, value)
    return twin


def _become(target: ast.AST, other: ast.AST) -> None:
    target.__class__ = other.__class__
    target.__dict__.clear()
    target.__dict__.update(other.__dict__)
