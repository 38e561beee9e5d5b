"""Rows of a log as what the map says they are: an Ibis expression, the same on every engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from wh_uncertainty.cli.accounting.faults import RequestLogError
from wh_uncertainty.cli.accounting.request_map import Places, RequestMap

__all__ = ["LARGEST_TOK", "REASONS", "TOKEN_BITS", "meant"]

#: Counts of tokens fit in so many bits: products of two fit in 64, and sums of the products' halves
#: fit for 2^33 rows, so that no engine needs wider numbers and no order of rows makes a difference.
TOKEN_BITS = 30
LARGEST_TOK = 2**TOKEN_BITS - 1

#: Why a row is not accounted, by code; 0 is accounted.
REASONS: tuple[str, ...] = (
    *("accounted", "skipped", "missing", "not_whole", "negative", "too_large"),
    *("cached_exceeds_input", "no_tokens", "no_model", "no_time"),
)
_CODE = {reason: code for code, reason in enumerate(REASONS)}

_SIGN_AND_REST = 2 ** (64 - TOKEN_BITS) - 1
_NARROW_BYTES = 4  # products of two such fit in 64 bits whatever they are

_SECONDS_PER_DAY = 86_400
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_RAW = ("input_tokens", "output_tokens", "cached_tokens")

Expression = Any  # of Ibis, which is imported only when a log is read
Bound = Callable[[Expression], Expression]


def meant(table: Expression, meaning: RequestMap) -> Expression:
    """Say of every row what it counts.

    Parameters
    ----------
    table : ibis table
    meaning : RequestMap

    Returns
    -------
    ibis table
        The keys of ``group_by``, ``model`` and ``site``; ``fault``, 0 where counts are sound;
        ``reason``, a code of `REASONS` that says more; the exact tokens ``i`` (input), ``u`` (not
        cached), ``o`` (output) of sound rows; ``cached``, null where cached tokens are not stated;
        ``file``, ``row`` and the counts as they were found.

    Raises
    ------
    RequestLogError
        A column is not there, or of a type that has no such meaning.
    """
    ibis: Any = import_module("ibis")

    values = {role: _value(table, places, role) for role, places in meaning.columns.items()}
    for role in ("input_tokens", "output_tokens", "model"):
        if values[role] is None:
            raise _absent(table, meaning.columns[role], role)
    counts = {role: _tokens(values[role], role) for role in _RAW if values.get(role) is not None}
    none = (ibis.literal(False), ibis.null("int64"), _itself)
    given_i, found_i, bounded_i = counts["input_tokens"]
    given_o, found_o, bounded_o = counts["output_tokens"]
    given_c, found_c, bounded_c = counts.get("cached_tokens", none)
    stated = values.get("cached_tokens")
    readable = stated is None or stated.type().is_integer()
    c = found_c.fill_null(0) if readable else given_c.ifelse(found_c, 0)
    output, cached, prompt = bounded_o(found_o), bounded_c(c), bounded_i(found_i)
    i, signs = found_i, found_i | found_o | c
    if not meaning.cached_within_input:
        i = prompt = prompt + cached
    uncached = prompt - cached
    # One number tells whether all is well: it has none of its bits where each of these is from 0 to
    # the largest count, and it is null where one is missing.
    signs = signs | i | uncached | ((prompt | output) - 1)
    fault = (signs >> TOKEN_BITS) & _SIGN_AND_REST
    tests = {
        "skipped": _skipped(table, meaning),
        "accounted": fault == 0,
        "missing": ~given_i | ~given_o,
        "not_whole": fault.isnull(),
        "negative": (found_i < 0) | (found_o < 0) | (c < 0),
        "too_large": (i > LARGEST_TOK) | (found_o > LARGEST_TOK),
        "cached_exceeds_input": c > i,
    }
    branches = [(test, _CODE[name]) for name, test in tests.items() if test is not None]
    return table.select(
        **_keys(table, meaning, values),
        fault=fault,
        reason=ibis.cases(*branches, else_=_CODE["no_tokens"]),
        i=prompt,
        u=uncached,
        o=output,
        cached=found_c,
        **_as_found(table, values),
    )


def _itself(count: Expression) -> Expression:
    return count


def _last_bits(count: Expression) -> Expression:
    """Return all of a count that is one, and of any other number what overflows nowhere."""
    return count & LARGEST_TOK


def _keys(
    table: Expression, meaning: RequestMap, values: dict[str, Expression]
) -> dict[str, Expression]:
    """Return what rows are grouped by."""
    wanted = {"model": values["model"]}
    if "site" in meaning.columns:
        wanted["site"] = values["site"]
    if "day" in meaning.group_by:
        wanted["day"] = values["time"]
    for label in meaning.group_by:
        if label in meaning.labels:
            wanted[label] = _value(table, meaning.labels[label], label)
    for key, value in wanted.items():
        if value is None:
            role = "time" if key == "day" else key
            raise _absent(table, {**meaning.columns, **meaning.labels}[role], role)
    return {
        key: _day(value, meaning.time_unit) if key == "day" else value.cast("string")
        for key, value in wanted.items()
    }


def _skipped(table: Expression, meaning: RequestMap) -> Expression | None:
    """Say which rows the map leaves out; None if it leaves out none."""
    test: Expression | None = None
    for column, texts in meaning.skip.items():
        if column not in table.columns:
            raise _absent(table, ((column,),), "skip")
        one = table[column].cast("string").isin(texts).fill_null(False)
        test = one if test is None else test | one
    return test


def _value(table: Expression, places: Places, role: str) -> Expression | None:
    """Find the first of several places that holds a value; None where no place is there at all."""
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
        kind = value.type()
        if kind.is_struct():
            if name not in kind.names:
                return None
            value = value[name]
        elif kind.is_json() or kind.is_map():
            value = value[name]
        else:
            raise RequestLogError(
                f"column {place[0]!r}: is {kind}, which has nothing inside; map {role} to a column"
            )
    if value.type().is_json():
        return value.int if role in _RAW else value.str
    return value


def _tokens(value: Expression, role: str) -> tuple[Expression, Expression, Bound]:
    """Return whether a count is given, its whole number or null, and what bounds that one."""
    kind, given = value.type(), value.notnull()
    if kind.is_signed_integer():
        narrow = kind.nbytes <= _NARROW_BYTES
        return given, value.cast("int64"), _itself if narrow else _last_bits
    if kind.is_unsigned_integer():
        return given, value.clip(upper=LARGEST_TOK + 1).cast("int64"), _itself
    if kind.is_string():
        value = value.try_cast("float64")
    elif not (kind.is_floating() or kind.is_decimal()):
        raise RequestLogError(f"{role}: are {kind}; map them to a column of numbers")
    if value.type().is_floating():
        value = (~value.isnan()).ifelse(value, None)
    bounded = value.clip(-1, LARGEST_TOK + 1)  # some engines round by way of 64 bits
    return given, (bounded == bounded.floor()).ifelse(bounded, None).cast("int64"), _itself


def _day(value: Expression, unit: str) -> Expression:
    """Day in UTC: a date, or its number since 1970."""
    kind = value.type()
    if unit == "timestamp":
        if kind.is_string():
            return value.try_cast("timestamp").date()
        if kind.is_timestamp() or kind.is_date():
            return value.cast("date") if kind.is_date() else value.date()
        raise RequestLogError(f"time: is {kind}; say time_unit, one of s, ms, us, ns")
    if kind.is_string():
        value, kind = value.try_cast("float64"), value.try_cast("float64").type()
    if not kind.is_numeric():
        raise RequestLogError(f'time: is {kind}, not a number; say time_unit = "timestamp"')
    return (value / (_SECONDS_PER_DAY * _PER_SECOND[unit])).floor().cast("int64")


def _as_found(table: Expression, values: dict[str, Expression]) -> dict[str, Expression]:
    """Return where a row is, and its counts as text, to list those that are not accounted."""
    ibis: Any = import_module("ibis")

    none = ibis.literal(None, "string")
    places = {"file": FILE_COLUMN, "row": ROW_COLUMN}
    where = {
        name: table[column].cast("string") if column in table.columns else none
        for name, column in places.items()
    }
    raw = {f"found_{role}": values.get(role) for role in _RAW}
    return where | {k: none if v is None else v.cast("string") for k, v in raw.items()}


#: Columns that reading a file adds, where the engine can.
FILE_COLUMN, ROW_COLUMN = "wh_uncertainty_file", "file_row_number"


def _absent(table: Expression, places: Places, role: str) -> RequestLogError:
    wanted = " or ".join(repr("/".join(place)) for place in places)
    shown = ", ".join(name for name in table.columns[:12] if name not in (FILE_COLUMN, ROW_COLUMN))
    return RequestLogError(f"no column {wanted} for {role}; there are {shown}; correct the map")
