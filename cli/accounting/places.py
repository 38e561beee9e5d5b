"""Where a table keeps a value: columns, what is inside of them, and rows inside of rows."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from wh_uncertainty.cli.accounting.faults import RequestLogError
from wh_uncertainty.cli.accounting.request_map import Places

__all__ = [
    "ANY_VALUE",
    "FILE_COLUMN",
    "OWN_PREFIX",
    "ROW_COLUMN",
    "absent",
    "key_of",
    "unnested",
    "value_at",
]

#: Begins the names of columns that are added to a log's own.
OWN_PREFIX = "wh_uncertainty_"
#: Columns that reading a file adds, where the engine can.
FILE_COLUMN, ROW_COLUMN = f"{OWN_PREFIX}file", "file_row_number"
#: Fields of OpenTelemetry's AnyValue that hold a text or a number.
ANY_VALUE = ("stringValue", "intValue", "doubleValue")

_COUNTED = ("input_tokens", "output_tokens", "cached_tokens")
_COLUMNS_SHOWN = 12

Expression = Any  # of Ibis, which is imported only when a log is read


def key_of(name: str) -> str | None:
    """Return the key that a name such as ``[service.name]`` looks up in a list; None of others."""
    return name[1:-1] if name.startswith("[") and name.endswith("]") else None


def unnested(table: Expression, levels: Sequence[str]) -> Expression:
    """Make a row of each element of lists inside of lists.

    Parameters
    ----------
    table : ibis table
    levels : sequence of str
        The outermost column, and the name of the list inside of each element of the one before.

    Returns
    -------
    ibis table
        With a column for each level: the element that the row is in.

    Raises
    ------
    RequestLogError
        A level is not there, or is no list.
    """
    for outer, level in zip((None, *levels), levels, strict=False):
        if outer is None:
            found = table[level] if level in table.columns else None
        else:
            kind = table[outer].type()
            inside = kind.is_struct() and level in kind.names
            found = table[outer][level] if inside else None
        if found is None or not found.type().is_array():
            raise RequestLogError(f"rows: {level!r} is no list of rows; correct rows of the map")
        table = table.mutate(**{level: found.unnest()})
    return table


def value_at(table: Expression, places: Places, role: str) -> Expression | None:
    """Find the first of several places that holds a value.

    Parameters
    ----------
    table : ibis table
    places : Places
    role : str
        What is looked for.

    Returns
    -------
    ibis value or None
        None where no place is there at all.

    Raises
    ------
    RequestLogError
        A place is inside of a column that has no inside.
    """
    ibis: Any = import_module("ibis")
    found = [e for place in places if (e := _at(table, place, role)) is not None]
    if not found:
        return None
    return found[0] if len(found) == 1 else ibis.coalesce(*found)


def _at(table: Expression, place: Sequence[str], role: str) -> Expression | None:
    if place[0] not in table.columns:
        return None
    value = table[place[0]]
    for name in place[1:]:
        kind, key = value.type(), key_of(name)
        if kind.is_struct():
            if name not in kind.names:
                return None
            value = value[name]
        elif kind.is_json() or kind.is_map():
            value = value[name]
        elif kind.is_array() and key is not None:
            value = _of_key(value, key)
        else:
            raise RequestLogError(
                f"column {place[0]!r}: {name!r} is looked for inside of {kind}, which has no such "
                f"thing; map {role} to a column"
            )
    if value.type().is_json():
        return value.int if role in _COUNTED else value.str
    return value


def _of_key(listed: Expression, key: str) -> Expression:
    """Take the value of a key from a list of keys and values, as OpenTelemetry writes them."""
    ibis: Any = import_module("ibis")
    fields = [name for name in ANY_VALUE if name in listed.type().value_type["value"].names]

    def wanted(pair: Expression) -> Expression:
        return pair["key"] == key

    def text(pair: Expression) -> Expression:
        return ibis.coalesce(*(pair["value"][name].cast("string") for name in fields))

    # The least of one; of an empty list it is null, where Spark's first element is an error.
    return listed.filter(wanted).map(text).mins()


def absent(table: Expression, places: Places, role: str) -> RequestLogError:
    """Return the error that says where a value was looked for, and what there is."""
    wanted = " or ".join(repr("/".join(place)) for place in places)
    added = (OWN_PREFIX, ROW_COLUMN)
    columns = [name for name in table.columns if not name.startswith(added)]
    shown = ", ".join(columns[:_COLUMNS_SHOWN])
    return RequestLogError(f"no column {wanted} for {role}; there are {shown}; correct the map")
