"""A log from where it is to its sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wh_uncertainty.cli.accounting.engines import (
    database_table,
    database_url,
    duckdb_tables,
    spark_tables,
)
from wh_uncertainty.cli.accounting.faults import (
    RequestLogError,
    redacted,
    reported,
    secrets_of,
)
from wh_uncertainty.cli.accounting.log_files import (
    LogFile,
    check_unchanged,
    find_files,
    listing_sha256,
)
from wh_uncertainty.cli.accounting.meaning import REASONS
from wh_uncertainty.cli.accounting.one_pass import (
    LogSums,
    is_sound,
    rejected_rows,
    sum_up,
    summed,
)
from wh_uncertainty.cli.accounting.request_map import RequestMap

__all__ = ["RequestLog", "open_log"]

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class RequestLog:
    """A log that can be read.

    Parameters
    ----------
    meaning : RequestMap
    tables : tuple of ibis tables
    files : tuple of LogFile
        None of a database.
    address : str
        Of a database; holds its secrets and is not shown.
    table : str or None
    """

    meaning: RequestMap
    tables: tuple[Any, ...]
    files: tuple[LogFile, ...]
    address: str
    table: str | None

    def __repr__(self) -> str:
        return f"RequestLog({self.name!r})"

    @property
    def name(self) -> str:
        """What is read, in words that may be shown."""
        if self.address:
            return f"{redacted(self.address)} table {self.table}"
        return str(self.files[0].path) if len(self.files) == 1 else f"{len(self.files)} files"

    def read(self) -> LogSums:
        """Make the one pass; a second one only if there are rows to tell apart.

        Raises
        ------
        RequestLogError
            Whatever the engine says, or a file was written meanwhile.
        """
        records = self._summed(by_reason=bool(self.meaning.skip))
        if not self.meaning.skip and not all(is_sound(r, self.meaning) for r in records):
            records = self._summed(by_reason=True)
        check_unchanged(self.files)
        return sum_up(records, self.meaning)

    def rejected(self, most: int) -> list[Record]:
        """Return rows that are not accounted, where they are and what was found.

        Parameters
        ----------
        most : int
            Of them.
        """
        with self._reported():
            some = rejected_rows(self.tables, self.meaning).limit(most)
            return [_named(record) for record in self._fetched(some).to_pylist()]

    def close(self) -> None:
        """Leave the engine."""
        self.tables[0].get_backend().disconnect()

    def source(self) -> Record:
        """Say what was read, for the provenance."""
        if self.address:
            return {"database": redacted(self.address), "table": self.table}
        return {
            "files": len(self.files),
            "bytes": sum(file.size_bytes for file in self.files),
            "listing_sha256": listing_sha256(self.files),
        }

    def _summed(self, *, by_reason: bool) -> list[Record]:
        with self._reported():
            expression = summed(self.tables, self.meaning, by_reason=by_reason)
            records: list[Record] = self._fetched(expression).to_pylist()
        return records

    def _fetched(self, expression: Any) -> Any:
        return self.tables[0].get_backend().to_pyarrow(expression)

    def _reported(self) -> Any:
        remedy = "correct or replace it, and ask again; nothing is kept of this reading"
        return reported(self.name, remedy, secrets_of(self.address) if self.address else ())


def open_log(
    requests: Sequence[str], meaning: RequestMap, *, table: str | None, spark: str | None
) -> RequestLog:
    """Find what is to be read.

    Parameters
    ----------
    requests : sequence of str
        Paths and globs, or one address of a database.
    meaning : RequestMap
    table : str, optional
        Of that database.
    spark : str, optional
        Master of a Spark cluster that reads the files.

    Returns
    -------
    RequestLog

    Raises
    ------
    RequestLogError
    """
    url = database_url(requests[0])
    if url:
        if len(requests) > 1 or table is None or spark is not None:
            raise RequestLogError(f"{redacted(url)}: a database is read alone, with --table NAME")
        return RequestLog(meaning, (database_table(url, table),), (), url, table)
    if table is not None:
        raise RequestLogError(f"--table {table}: files have no tables; give a database's address")
    mapped = (*meaning.columns.values(), *meaning.labels.values())
    files = find_files(requests, {place[0] for places in mapped for place in places})
    tables = duckdb_tables(files, meaning) if spark is None else spark_tables(files, meaning, spark)
    return RequestLog(meaning, tuple(tables), files, "", None)


def _named(record: Record) -> Record:
    """Say the reason in words; sound counts are here for want of a model or a time."""
    code: int = record["reason"]
    return {**record, "reason": REASONS[code]}
