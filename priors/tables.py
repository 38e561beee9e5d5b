"""Typed reading of TOML tables: closed key sets, and errors that name table, key and value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from wh_uncertainty.priors.names import close_names
from wh_uncertainty.priors.spec import PriorError

__all__ = [
    "Field",
    "did_you_mean",
    "integer",
    "interval",
    "number",
    "numbers",
    "read_table",
    "table_of",
    "text",
    "texts",
]

Field = tuple[Callable[[str, object], Any], bool]
"""How a key is read, and whether it must be there."""


def read_table(name: str, table: object, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Return the values of a table, each through its reader.

    Raises
    ------
    PriorError
        If ``table`` is not a table, has a key outside ``fields``, lacks a required one, or a
        value is of the wrong type.
    """
    values = table_of(f"[{name}]", table)
    for key in values:
        if key not in fields:
            raise PriorError(f"[{name}].{key}: is not a known key; {did_you_mean(key, fields)}")
    for key, (_, required) in fields.items():
        if required and key not in values:
            raise PriorError(f"[{name}].{key}: is missing; every such table states it")
    return {key: fields[key][0](f"[{name}].{key}", value) for key, value in values.items()}


def did_you_mean(word: str, known: Iterable[str], limit: int = 3) -> str:
    """Return a remedy: the closest known words, or all of them when they are few."""
    words = list(known)
    close = close_names(word, words, limit)
    if close:
        return f"did you mean {', '.join(close)}?"
    shown = ", ".join(words[:12])
    return f"known are {shown}{' ...' if len(words) > 12 else ''}"


def table_of(where: str, value: object) -> dict[str, object]:
    """Return a TOML table."""
    if not isinstance(value, dict):
        raise PriorError(f"{where}: {value!r} is not a table; write [name] above its keys")
    return cast("dict[str, object]", value)


def text(where: str, value: object) -> str:
    """Return a string."""
    if not isinstance(value, str):
        raise PriorError(f"{where}: {value!r} is not text; put it in quotes")
    return value


def number(where: str, value: object) -> float:
    """Return a float; integers are welcome, booleans are not."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PriorError(f"{where}: {value!r} is not a number; write it without quotes")
    try:
        return float(value)
    except OverflowError:
        raise PriorError(f"{where}: is an integer too large to count with") from None


def integer(where: str, value: object) -> int:
    """Return an integer."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise PriorError(f"{where}: {value!r} is not a whole number")
    return value


def texts(where: str, value: object) -> tuple[str, ...]:
    """Return an array of strings."""
    if not isinstance(value, list):
        raise PriorError(f'{where}: {value!r} is not an array; write ["one", "two"]')
    return tuple(text(where, item) for item in cast("list[object]", value))


def numbers(where: str, value: object) -> dict[str, float]:
    """Return an inline table of numbers."""
    return {key: number(f"{where}.{key}", item) for key, item in table_of(where, value).items()}


def interval(where: str, value: object) -> tuple[float, float]:
    """Return an array of two numbers."""
    items = cast("list[object]", value) if isinstance(value, list) else []
    if len(items) != 2:
        raise PriorError(f"{where}: {value!r} is not an interval; write [lowest, highest]")
    return number(where, items[0]), number(where, items[1])
