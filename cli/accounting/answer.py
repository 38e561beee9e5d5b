"""The account of a log as JSON-ready values, and as tidy rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from wh_uncertainty.cli.accounting.attribution import Attributed
from wh_uncertainty.cli.accounting.one_pass import LogSums
from wh_uncertainty.cli.accounting.request_log import RequestLog
from wh_uncertainty.cli.quantities import QUANTILES
from wh_uncertainty.model.accounts.request_account import Account
from wh_uncertainty.model.analyses.sweep_table import METADATA_KEY

__all__ = ["QUANTITIES", "answer", "tidy_parquet", "tidy_rows"]

Result = dict[str, Any]

_EXAMPLES_SHOWN = 10
_COUNTS = ("requests", "input_tok", "uncached_tok", "output_tok")
#: What is summarised, in the order of the columns.
QUANTITIES = (
    *("energy_kwh", "location_based_lifecycle_tco2e", "location_based_direct_tco2"),
    *("market_based_tco2e", "water_m3", "electricity_usd", "share"),
)


def answer(log: RequestLog, read: LogSums, found: Attributed, drawn: Account) -> Result:
    """Put everything together.

    Parameters
    ----------
    log : RequestLog
    read : LogSums
    found : Attributed
    drawn : Account

    Returns
    -------
    dict
    """
    result = drawn.to_dict()
    rejected = dict(read.rejected)
    skipped = rejected.pop("skipped", 0)
    by_group = list(_groups(log, found, drawn))
    return {
        "requests": {
            "rows": read.rows,
            "accounted": result["total"]["requests"],
            "skipped": skipped,
            "rejected": rejected,
            "rejected_examples": log.rejected(_EXAMPLES_SHOWN) if rejected else [],
            "excluded": [
                {"model": model, "requests": sums.requests, "output_tok": sums.output_tok}
                for model, sums in found.excluded.items()
            ],
            "cache_unknown": read.cache_unknown,
        },
        "group_by": list(log.meaning.group_by),
        "total": result["total"],
        "by_group": by_group,
        "services": result["services"],
        "flags": [*_log_flags(read, found), *result["flags"]],
        "provenance": {
            **result["provenance"],
            "map": log.meaning.name,
            "map_sha256": log.meaning.sha256,
            "requests": {**log.source(), "rows": read.rows},
        },
    }


def tidy_rows(result: Mapping[str, Any]) -> list[Result]:
    """Return one row for the total and one for each group.

    Parameters
    ----------
    result : mapping
        As `answer` gives it.

    Returns
    -------
    list of dict
        ``scope``, the keys of the groups, counts, and ``<quantity>_<statistic>``, None where not
        known.
    """
    whole = {"share": dict.fromkeys(QUANTILES, 1.0), **result["total"]}
    keys = result["group_by"]
    rows = [_tidy("total", dict.fromkeys(keys), whole)]
    return rows + [_tidy("group", {k: row[k] for k in keys}, row) for row in result["by_group"]]


def tidy_parquet(result: Mapping[str, Any]) -> bytes:
    """Write the tidy rows as a Parquet file, with everything else in its metadata.

    Parameters
    ----------
    result : mapping

    Returns
    -------
    bytes
    """
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    rows = tidy_rows(result)
    texts = ("scope", *result["group_by"])
    kinds = {
        name: "string" if name in texts else "int64" if name in _COUNTS else "double"
        for name in rows[0]
    }
    rest = {key: result[key] for key in ("requests", "flags", "provenance")}
    schema = arrow.schema(
        [(name, arrow.type_for_alias(kind)) for name, kind in kinds.items()],
        metadata={METADATA_KEY: json.dumps(rest)},
    )
    buffer = arrow.BufferOutputStream()
    parquet.write_table(arrow.Table.from_pylist(rows, schema=schema), buffer)
    return bytes(buffer.getvalue().to_pybytes())


def _groups(log: RequestLog, found: Attributed, drawn: Account) -> Iterator[Result]:
    for labels, row in found.rows.items():
        parts = found.parts(row)
        keys: Sequence[str] = log.meaning.group_by
        yield {
            **dict(zip(keys, labels, strict=True)),
            **drawn.summary(parts),
            "share": drawn.share(parts),
        }


def _tidy(scope: str, keys: Result, row: Mapping[str, Any]) -> Result:
    numbers = {
        f"{quantity}_{statistic}": None if row[quantity] is None else row[quantity][statistic]
        for quantity in QUANTITIES
        for statistic in QUANTILES
    }
    return {"scope": scope, **keys, **{count: row[count] for count in _COUNTS}, **numbers}


def _log_flags(read: LogSums, found: Attributed) -> Iterator[Result]:
    """Say what the log leaves open, gravest first; shares are of its rows."""
    excluded = sum(sums.requests for sums in found.excluded.values())
    rejected = sum(n for reason, n in read.rejected.items() if reason != "skipped")
    for code, message, rows, of in (
        ("rows_rejected", "rows of the log have no usable counts and are not in it", rejected, 0),
        ("models_excluded", "requests to unknown models are not in it", excluded, 0),
        (
            "cache_unknown",
            "cached tokens are not stated; the whole prompt is taken as computed",
            read.cache_unknown,
            found.requests,
        ),
    ):
        if rows:
            yield {
                "code": code,
                "message": message,
                "share": rows / (of or read.rows),
                "of": "rows",
            }
