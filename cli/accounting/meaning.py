"""Rows of a log as what the map says they are: an Ibis expression, the same on every engine."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from wh_uncertainty.cli.accounting.casts import as_day, as_number, as_tokens, holds_any_type
from wh_uncertainty.cli.accounting.faults import RequestLogError
from wh_uncertainty.cli.accounting.places import (
    FILE_COLUMN,
    OWN_PREFIX,
    ROW_COLUMN,
    absent,
    unnested,
    value_at,
)
from wh_uncertainty.cli.accounting.request_map import RequestMap

__all__ = ["LARGEST_TOK", "REASONS", "TOKEN_BITS", "meant"]

#: Counts of tokens fit in so many bits: products of two fit in 64, and sums of the products' halves
#: fit for 2^33 rows. Whole numbers add up to the same whatever the order of rows.
TOKEN_BITS = 30
LARGEST_TOK = 2**TOKEN_BITS - 1

#: Why a row is not accounted, by code; 0 is accounted.
REASONS: tuple[str, ...] = (
    *("accounted", "skipped", "missing", "not_whole", "negative", "too_large"),
    *("cached_exceeds_input", "no_tokens", "no_model", "no_time", "no_site"),
)
_CODE = {reason: code for code, reason in enumerate(REASONS)}

_NARROW_BYTES = 4  # products of two such fit in 64 bits whatever they are

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
        The keys of ``group_by``, ``model`` and ``site``; ``fault``, 1 unless counts are sound;
        ``reason``, a code of `REASONS` that says more; the exact tokens ``i`` (input), ``u`` (not
        cached), ``o`` (output) of sound rows; ``cached``, null where cached tokens are not stated;
        ``file``, ``row`` and the counts as they were found.

    Raises
    ------
    RequestLogError
        A column is not there, or of a type that has no such meaning.
    """
    ibis: Any = import_module("ibis")
    table = unnested(table, meaning.rows)
    found = {role: value_at(table, places, role) for role, places in meaning.columns.items()}
    for role in ("input_tokens", "output_tokens", "model"):
        if found[role] is None:
            raise absent(table, meaning.columns[role], role)
    table, values = _looked_up(table, found)
    table, prompt = _count(table, values["input_tokens"], "input_tokens")
    table, output = _count(table, values["output_tokens"], "output_tokens")
    table, stated = _count(table, values.get("cached_tokens"), "cached_tokens")
    cached = _none_unless_stated(stated)
    whole = prompt
    if not meaning.cached_within_input:
        both = prompt.bounded + cached.bounded
        whole = _Count(prompt.given, both, both)
    uncached = whole.bounded - cached.bounded
    # As comparisons, because engines settle these by a file's own minima and maxima, at no cost.
    sound = (
        whole.number.between(0, LARGEST_TOK)
        & output.number.between(0, LARGEST_TOK)
        & cached.number.between(0, whole.number)
        & ((whole.number > 0) | (output.number > 0))
    )
    if whole is not prompt:
        sound = sound & prompt.number.between(0, LARGEST_TOK)
    fault = ibis.cases((sound, 0), else_=1)
    return table.select(
        **_keys(table, meaning, values),
        fault=fault,
        reason=_reason(fault, prompt, whole, output, cached, _skipped(table, meaning)),
        i=whole.bounded,
        u=uncached,
        o=output.bounded,
        cached=stated.number,
        **_as_found(table, values),
    )


@dataclass(frozen=True, slots=True)
class _Count:
    """A column of counts: whether one is given, its whole number or null, and its last bits.

    The last bits are all of a count that is one, and of any other number what overflows nowhere.
    Plain is a column of whole numbers as it stands.
    """

    given: Expression
    number: Expression
    bounded: Expression
    is_plain: bool = True


def _looked_up(
    table: Expression, found: dict[str, Expression | None]
) -> tuple[Expression, dict[str, Expression | None]]:
    """Make columns of values that are inside of others."""
    operations: Any = import_module("ibis.expr.operations")
    inside = {
        OWN_PREFIX + role: value
        for role, value in found.items()
        if value is not None and not isinstance(value.op(), operations.Field)
    }
    table = table.mutate(**inside) if inside else table
    values = {
        role: table[OWN_PREFIX + role] if OWN_PREFIX + role in inside else value
        for role, value in found.items()
    }
    return table, values


def _reason(
    fault: Expression,
    prompt: _Count,
    whole: _Count,
    output: _Count,
    cached: _Count,
    skipped: Expression | None,
) -> Expression:
    ibis: Any = import_module("ibis")
    tests = {
        "skipped": skipped,
        "accounted": fault == 0,
        "missing": ~prompt.given | ~output.given,
        "not_whole": prompt.number.isnull() | output.number.isnull() | cached.number.isnull(),
        "negative": (prompt.number < 0) | (output.number < 0) | (cached.number < 0),
        "too_large": (
            (prompt.number > LARGEST_TOK)
            | (whole.number > LARGEST_TOK)
            | (output.number > LARGEST_TOK)
        ),
        "cached_exceeds_input": cached.number > whole.number,
    }
    branches = [(test, _CODE[name]) for name, test in tests.items() if test is not None]
    return ibis.cases(*branches, else_=_CODE["no_tokens"])


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
            wanted[label] = value_at(table, meaning.labels[label], label)
    for key, value in wanted.items():
        if value is None:
            role = "time" if key == "day" else key
            raise absent(table, {**meaning.columns, **meaning.labels}[role], role)
    return {
        key: _day(value, meaning.time_unit) if key == "day" else value.cast("string")
        for key, value in wanted.items()
    }


def _skipped(table: Expression, meaning: RequestMap) -> Expression | None:
    """Say which rows the map leaves out; None if it leaves out none."""
    test: Expression | None = None
    for column, texts in meaning.skip.items():
        if column not in table.columns:
            raise absent(table, ((column,),), "skip")
        one = table[column].cast("string").isin(texts).fill_null(False)
        test = one if test is None else test | one
    return test


def _none_unless_stated(cached: _Count) -> _Count:
    """Take cached tokens that are not stated as none; what is no number stays none of these."""
    if cached.is_plain:  # nothing but null is no number there
        return _Count(cached.given, cached.number.fill_null(0), cached.bounded.fill_null(0))
    number = cached.given.ifelse(cached.number, 0)
    return _Count(cached.given, number, number, is_plain=False)


def _count(table: Expression, value: Expression | None, role: str) -> tuple[Expression, _Count]:
    """Read a column of counts; what is no whole number becomes a column of its own, in steps.

    Engines work out a column once and an expression as often as it is written: a step asks for its
    argument several times, and the next one for the step. Whole numbers stay as they stand: they
    are asked for at no cost, and engines settle questions about a file's own columns by its minima
    and maxima.
    """
    ibis: Any = import_module("ibis")
    if value is None:
        nothing = ibis.null("int64")
        return table, _Count(ibis.literal(False), nothing, nothing)
    kind, given = value.type(), value.notnull()
    is_any = holds_any_type(value)
    if kind.is_integer() and not is_any:
        return table, _plain_count(value, given)
    is_text = kind.is_string() or is_any
    if not (is_text or kind.is_floating() or kind.is_decimal()):
        raise RequestLogError(f"{role}: are {kind}; map them to a column of numbers")
    name, given_name = f"{OWN_PREFIX}count_{role}", f"{OWN_PREFIX}given_{role}"
    table = table.mutate(**{name: value, given_name: given})
    steps = [_near, _whole] if is_any or kind.is_decimal() else [_number, _near, _whole]
    for step in [as_tokens, *steps] if is_text else steps:
        table = table.mutate(**{name: step(table[name])})
    return table, _Count(table[given_name], table[name], table[name], is_plain=False)


def _plain_count(value: Expression, given: Expression) -> _Count:
    kind = value.type()
    if kind.is_unsigned_integer():
        number = value.clip(upper=LARGEST_TOK + 1).cast("int64")
        return _Count(given, number, number)
    number = value.cast("int64")
    narrow = kind.nbytes <= _NARROW_BYTES
    return _Count(given, number, number if narrow else number & LARGEST_TOK)


def _number(value: Expression) -> Expression:
    """Take what says that it is no number as null, as SQLite keeps it."""
    return (~value.isnan()).ifelse(value, None)


def _near(value: Expression) -> Expression:
    """Bring a number close to the counts there may be: some engines round by way of 64 bits."""
    return value.clip(-1, LARGEST_TOK + 1)


def _whole(value: Expression) -> Expression:
    return (value == value.floor()).ifelse(value, None).cast("int64")


def _day(value: Expression, unit: str) -> Expression:
    """Day in UTC: a date, or its number since 1970."""
    kind = value.type()
    if unit == "timestamp":
        if kind.is_string():
            return as_day(value)
        if kind.is_timestamp() or kind.is_date():
            return value.cast("date") if kind.is_date() else value.date()
        raise RequestLogError(f"time: is {kind}; say time_unit, one of s, ms, us, ns")
    if kind.is_string():
        value = as_number(value)
    if not value.type().is_numeric():
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
