"""Rows of a log as what the map says they are: an Ibis expression, the same on every engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wh_uncertainty.cli.accounting.faults import RequestLogError
from wh_uncertainty.cli.accounting.request_map import Places, RequestMap

__all__ = ["LARGEST_TOK", "REASONS", "TOKEN_BITS", "meant"]

#: Counts of tokens fit in so many bits: products of two fit in 64, and sums of the products' halves
#: fit for 2^33 rows, so that no engine needs wider numbers and no order of rows makes a difference.
TOKEN_BITS = 30
LARGEST_TOK = 2**TOKEN_BITS - 1

#: Why a row is not accounted, by code; 0 is accounted.
REASONS = (
    *("accounted", "skipped", "missing", "not_whole", "negative", "too_large"),
    *("cached_exceeds_input", "no_tokens", "no_model", "no_time"),
)
_CODE = {reason: code for code, reason in enumerate(REASONS)}

_SECONDS_PER_DAY = 86_400
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_RAW = ("input_tokens", "output_tokens", "cached_tokens")

Expression = Any  # of Ibis, which is imported only when a log is read


def meant(table: Expression, meaning: RequestMap) -> Expression:
    """Say of every row what it counts.

    Parameters
    ----------
    table : ibis table
    meaning : RequestMap

    Returns
    -------
    ibis table
        The keys of ``group_by``, ``model`` and ``site``; ``reason``, a code of `REASONS`; where it
        is 0 the exact tokens ``i`` (input), ``u`` (not cached), ``o`` (output), and
        ``cache_unknown``, 1 where cached tokens are not stated; ``file``, ``row`` and the counts
        as they were found.

    Raises
    ------
    RequestLogError
        A column is not there, or of a type that has no such meaning.
    """
    import ibis

    values = {role: _value(table, places, role) for role, places in meaning.columns.items()}
    for role in ("input_tokens", "output_tokens", "model"):
        if values[role] is None:
            raise _absent(table, meaning.columns[role], role)
    given_i, found_i = _tokens(values["input_tokens"], "input_tokens")
    given_o, found_o = _tokens(values["output_tokens"], "output_tokens")
    cached = values.get("cached_tokens")
    if cached is None:
        given_c, found_c, c = ibis.literal(False), ibis.literal(0), ibis.literal(0, "int64")
    else:
        given_c, found_c = _tokens(cached, "cached_tokens")
        c = found_c.fill_null(0)
    i = found_i if meaning.cached_within_input else found_i + c
    counted = (found_i >= 0) & (i <= LARGEST_TOK) & (found_o >= 0) & (found_o <= LARGEST_TOK)
    counted = counted & (c >= 0) & (c <= i) & ((i | found_o) > 0)
    keys, faults = _keys(table, meaning, values)
    faults |= {"skipped": _skipped(table, meaning)}
    good = counted & ~(given_c & found_c.isnull())
    for fault in faults.values():
        good = good if fault is None else good & ~fault
    tests = {
        "skipped": faults["skipped"],
        "missing": ~given_i | ~given_o,
        "not_whole": found_i.isnull() | found_o.isnull() | (given_c & found_c.isnull()),
        "negative": (found_i < 0) | (found_o < 0) | (c < 0),
        "too_large": (i > LARGEST_TOK) | (found_o > LARGEST_TOK),
        "cached_exceeds_input": c > i,
        "no_tokens": (i | found_o) == 0,
        "no_model": faults["no_model"],
    }
    branches = [(test, _CODE[name]) for name, test in tests.items() if test is not None]
    reason = ibis.cases((good, 0), *branches, else_=_CODE["no_time"])
    # A count that is accounted is its own last bits; of any other they are a number of bounded
    # size, which is not used. So nothing overflows, and no branch is taken for every row.
    return table.select(
        **keys,
        reason=reason,
        i=i & LARGEST_TOK,
        u=(i & LARGEST_TOK) - (c & LARGEST_TOK),
        o=found_o & LARGEST_TOK,
        cache_unknown=(~given_c).cast("int64"),
        **_as_found(table, values),
    )


def _keys(
    table: Expression, meaning: RequestMap, values: dict[str, Expression]
) -> tuple[dict[str, Expression], dict[str, Expression]]:
    """Return what rows are grouped by, and where the keys that each needs are missing."""
    keys = {"model": values["model"].cast("string")}
    faults: dict[str, Any] = {"no_model": values["model"].isnull(), "no_time": None}
    if "site" in meaning.columns:
        site = values["site"]
        if site is None:
            raise _absent(table, meaning.columns["site"], "site")
        keys["site"] = site.cast("string").fill_null("")
    if "day" in meaning.group_by:
        if values["time"] is None:
            raise _absent(table, meaning.columns["time"], "time")
        keys["day"] = _day(values["time"], meaning.time_unit)
        faults["no_time"] = keys["day"].isnull()
    for label in meaning.group_by:
        if label in meaning.labels:
            value = _value(table, meaning.labels[label], label)
            if value is None:
                raise _absent(table, meaning.labels[label], label)
            keys[label] = value.cast("string")
    return keys, faults


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
    import ibis

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


def _tokens(value: Expression, role: str) -> tuple[Expression, Expression]:
    """Return whether a count is given, and its whole number; null if it is none."""
    kind, given = value.type(), value.notnull()
    if kind.is_signed_integer():
        return given, value.cast("int64")
    if kind.is_unsigned_integer():
        return given, value.clip(upper=LARGEST_TOK + 1).cast("int64")
    if kind.is_string():
        value = value.try_cast("float64")
    elif not (kind.is_floating() or kind.is_decimal()):
        raise RequestLogError(f"{role}: are {kind}; map them to a column of numbers")
    if value.type().is_floating():
        value = (~value.isnan()).ifelse(value, None)
    bounded = value.clip(-1, LARGEST_TOK + 1)  # some engines round by way of 64 bits
    return given, (bounded == bounded.floor()).ifelse(bounded, None).cast("int64")


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
    import ibis

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
