"""The one pass over a log: sums by group, and which rows are not in them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from wh_uncertainty.cli.accounting.faults import RequestLogError
from wh_uncertainty.cli.accounting.meaning import LARGEST_TOK, REASONS, TOKEN_BITS, meant
from wh_uncertainty.cli.accounting.request_map import RequestMap
from wh_uncertainty.model.accounts.usage_sums import UsageSums

__all__ = ["Group", "LogSums", "is_sound", "rejected_rows", "sum_up", "summed"]

MAX_GROUPS = 10_000
_MAX_ROWS_OF_A_GROUP = 2**33
#: Engines that add up 64-bit numbers in wider ones, exactly.
_WIDE_SUMS, _DIGITS = ("duckdb", "postgres"), 38
_EPOCH = datetime.date(1970, 1, 1)

Expression = Any  # of Ibis, which is imported only when a log is read


@dataclass(frozen=True, slots=True)
class Group:
    """Requests that have their keys in common.

    Parameters
    ----------
    model, site : str
        As the log calls them.
    keys : mapping of str to str or None
        Of ``group_by``, as texts.
    sums : UsageSums
    """

    model: str
    site: str
    keys: Mapping[str, str | None]
    sums: UsageSums


@dataclass(frozen=True, slots=True)
class LogSums:
    """What is left of a log.

    Parameters
    ----------
    groups : tuple of Group
    rows : int
        All that were read.
    rejected : mapping of str to int
        Rows that are in no group, by reason.
    cache_unknown : int
        Accounted rows that do not state their cached tokens.
    """

    groups: tuple[Group, ...]
    rows: int
    rejected: Mapping[str, int]
    cache_unknown: int


def summed(tables: Sequence[Expression], meaning: RequestMap, *, by_reason: bool) -> Expression:
    """Return the pass as an expression: one group-by over the rows of all tables.

    Parameters
    ----------
    tables : sequence of ibis tables
    meaning : RequestMap
    by_reason : bool
        Whether to keep rows apart that are not accounted. Without it the pass takes two thirds of
        the time, and says of each group whether there are any (`is_sound`).

    Returns
    -------
    ibis table
    """
    rows = _rows(tables, meaning)
    rows = rows.mutate(oi=rows.o * rows.i, oo=rows.o * rows.o)
    engine = tables[0].get_backend().name
    site = ("site",) if "site" in meaning.columns else ()
    keys = [*dict.fromkeys(("model", *site, *meaning.group_by))]
    return rows.group_by([*keys, "reason"] if by_reason else keys).aggregate(
        requests=rows.count(),
        input_tok=rows.i.sum(),
        uncached_tok=rows.u.sum(),
        output_tok=rows.o.sum(),
        **_exact_sums("oi", rows.oi, engine),
        **_exact_sums("oo", rows.oo, engine),
        cache_known=rows.cached.count(),
        fault=rows.fault.max(),
    )


def is_sound(record: Mapping[str, Any], meaning: RequestMap) -> bool:
    """Whether a group has no row that is not accounted."""
    return record["fault"] == 0 and not _unkeyed(record, meaning)


def sum_up(records: Sequence[Mapping[str, Any]], meaning: RequestMap) -> LogSums:
    """Sort what the pass returned into groups and rejected rows.

    Parameters
    ----------
    records : sequence of mappings
        Rows of `summed`.
    meaning : RequestMap

    Returns
    -------
    LogSums

    Raises
    ------
    RequestLogError
        Nothing in it, more groups than anybody reads, or more rows in one than sums are exact for.
    """
    groups: list[Group] = []
    rejected: dict[str, int] = {}
    unknown = 0
    for record in records:
        code: int = record.get("reason", 0)
        reason = REASONS[code]
        if reason == "accounted":
            reason = _unkeyed(record, meaning) or reason
        if reason != "accounted":
            rejected[reason] = rejected.get(reason, 0) + record["requests"]
            continue
        groups.append(_group(record, meaning))
        unknown += record["requests"] - record["cache_known"]
    if len(groups) > MAX_GROUPS:
        raise RequestLogError(
            f"{len(groups)} groups, at most {MAX_GROUPS} are reported; take a key out of group_by"
        )
    rows = sum(record["requests"] for record in records)
    order = sorted(groups, key=lambda g: (g.model, g.site, *(v or "" for v in g.keys.values())))
    return LogSums(tuple(order), rows, dict(sorted(rejected.items())), unknown)


def rejected_rows(tables: Sequence[Expression], meaning: RequestMap) -> Expression:
    """Return the rows that are not accounted, with where they are and what was found.

    Parameters
    ----------
    tables : sequence of ibis tables
    meaning : RequestMap

    Returns
    -------
    ibis table
    """
    ibis: Any = import_module("ibis")
    rows = _rows(tables, meaning)
    found = [f"found_{role}" for role in ("input_tokens", "output_tokens", "cached_tokens")]
    lacks = {"no_model": rows.model.fill_null("") == ""}
    if "day" in meaning.group_by:
        lacks["no_time"] = rows.day.isnull()
    if _needs_site(meaning):
        lacks["no_site"] = rows.site.fill_null("") == ""
    unkeyed = [(test, REASONS.index(reason)) for reason, test in lacks.items()]
    reason = ibis.cases((rows.reason > 0, rows.reason), *unkeyed, else_=0)
    named = rows.mutate(reason=reason)
    return named.filter(named.reason > 1).select("reason", "file", "row", "model", *found)


def _exact_sums(name: str, product: Expression, engine: str) -> dict[str, Expression]:
    """Add up products of 60 bits: at once, or in halves whose sums fit in 64 bits everywhere."""
    if engine in _WIDE_SUMS:
        return {name: product.sum().cast(f"decimal({_DIGITS}, 0)")}
    return {
        f"{name}_high": (product >> TOKEN_BITS).sum(),
        f"{name}_low": (product & LARGEST_TOK).sum(),
    }


def _whole(record: Mapping[str, Any], name: str) -> int:
    """Undo `_exact_sums`."""
    if name in record:
        return int(record[name])
    whole: int = (record[f"{name}_high"] << TOKEN_BITS) + record[f"{name}_low"]
    return whole


def _unkeyed(record: Mapping[str, Any], meaning: RequestMap) -> str | None:
    """Name the key that requests lack and cannot do without."""
    if not record["model"]:
        return "no_model"
    if "day" in meaning.group_by and record["day"] is None:
        return "no_time"
    return "no_site" if _needs_site(meaning) and not record["site"] else None


def _needs_site(meaning: RequestMap) -> bool:
    """Whether the map lists sites, so that a request of none belongs nowhere."""
    return bool(meaning.sites) and "site" in meaning.columns


def _rows(tables: Sequence[Expression], meaning: RequestMap) -> Expression:
    ibis: Any = import_module("ibis")
    first, *rest = [meant(table, meaning) for table in tables]
    return ibis.union(first, *rest) if rest else first


def _group(record: Mapping[str, Any], meaning: RequestMap) -> Group:
    if record["requests"] > _MAX_ROWS_OF_A_GROUP:
        raise RequestLogError(
            f"{record['requests']} rows of {record['model']} in one group, whose sums are exact up "
            f'to {_MAX_ROWS_OF_A_GROUP}; add "day" to group_by'
        )
    sums = UsageSums(
        requests=record["requests"],
        input_tok=record["input_tok"],
        uncached_tok=record["uncached_tok"],
        output_tok=record["output_tok"],
        output_input_tok2=_whole(record, "oi"),
        output2_tok2=_whole(record, "oo"),
    )
    keys = dict(_texts(record, meaning.group_by))
    return Group(record["model"], record.get("site", "all") or "", keys, sums)


def _texts(record: Mapping[str, Any], keys: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    for key in keys:
        value = record[key]
        if key == "day" and isinstance(value, int):
            value = _EPOCH + datetime.timedelta(days=value)
        yield key, None if value is None else str(value)
