"""Texts as numbers and instants: null where they are none, on every engine that can say so."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["as_day", "as_number", "as_tokens", "holds_any_type"]

_NUMBER = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"
_THOUSANDS = r"^[0-9]{1,3}(\.[0-9]{3})+$"

Expression = Any  # of Ibis, which is imported only when a log is read


def as_number(value: Expression) -> Expression:
    """Read a text, or whatever a column of any type holds, as a number."""
    if not holds_any_type(value):
        return _cast(value, "float64")
    # SQLite's own cast makes 0 of whatever is no number. Types are known; a search takes long.
    if value.type().is_string():
        is_number = value.strip().re_search(_NUMBER)
    else:
        is_number = value.typeof().isin(("integer", "real"))
    return is_number.ifelse(value.cast("float64"), None)


def as_tokens(value: Expression) -> Expression:
    """Read a text as a number of tokens; 2.000, thousands to some readers, is none."""
    if value.type().is_string():
        value = value.strip().re_search(_THOUSANDS).ifelse(None, value)
    return as_number(value)


def as_day(value: Expression) -> Expression:
    """Read a text as the day in UTC of an instant; without a zone it is one in UTC."""
    return _cast(value, "timestamp" if holds_any_type(value) else "timestamp('UTC')").date()


def holds_any_type(value: Expression) -> bool:
    """Whether the column's type binds no value in it: SQLite keeps what it is given."""
    return str(value.get_backend().name) == "sqlite"


def _cast(value: Expression, kind: str) -> Expression:
    operations: Any = import_module("ibis.expr.operations")
    # Stripped: bare columns DuckDB has its CSV reader cast, which refuses the whole file.
    text = value.strip()
    if value.get_backend().has_operation(operations.TryCast):
        return text.try_cast(kind)
    return text.cast(kind)
