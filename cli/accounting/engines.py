"""Where the pass runs: DuckDB in this process, Spark, or the database that holds the table."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wh_uncertainty.cli.accounting.faults import RequestLogError, redacted, reported, secrets_of
from wh_uncertainty.cli.accounting.json_types import json_columns
from wh_uncertainty.cli.accounting.log_files import (
    CsvHeader,
    LogFile,
    csv_header,
    partition_keys,
)
from wh_uncertainty.cli.accounting.places import FILE_COLUMN
from wh_uncertainty.cli.accounting.request_map import RequestMap
from wh_uncertainty.cli.ending import held_back

__all__ = ["database_table", "database_url", "duckdb_tables", "spark_tables"]

Expression = Any  # of Ibis, which is imported only when a log is read

_MEMORY = "512MB"
_LARGEST_JSON_BYTES = 16_777_216
# Nothing is fetched, by name or by surprise; what does not fit in memory is refused, not spilled.
_SETTINGS = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": _MEMORY,
    "temp_directory": "",
    "preserve_insertion_order": False,
}
_FILE_SCHEMES = ("duckdb", "sqlite")
# Extras of Ibis, where they have another name than the scheme.
_EXTRAS = {"postgresql": "postgres"}


def duckdb_tables(files: Sequence[LogFile], meaning: RequestMap) -> list[Expression]:
    """Register files with an embedded DuckDB: a table for each kind, and each header of CSV.

    Parameters
    ----------
    files : sequence of LogFile
    meaning : RequestMap

    Returns
    -------
    list of ibis tables
        Of one connection; nothing has been read but headers and footers.

    Raises
    ------
    RequestLogError
    """
    import ibis

    _import_duckdb()
    engine = ibis.duckdb.connect(":memory:", **_SETTINGS)
    engine.raw_sql("SET TimeZone = 'UTC'")
    engine.raw_sql("SET enable_progress_bar = false")
    tables: list[Expression] = []
    parquet, csv, jsonl = (_of_kind(files, kind) for kind in ("parquet", "csv", "jsonl"))
    with reported("requests", "correct the file, or leave it out"):
        if parquet:
            options = {"union_by_name": True, "filename": FILE_COLUMN, "file_row_number": True}
            options |= _partitions(parquet, meaning)
            tables.append(engine.read_parquet(_escaped(parquet), **options))
        for header, members in _by_header(csv).items():
            dialect = {"delim": header.delimiter, "quote": '"', "escape": '"', "header": True}
            dialect |= {"auto_detect": False, **_partitions(members, meaning)}
            columns = dict.fromkeys(header.names, "VARCHAR")
            tables.append(
                engine.read_csv(_escaped(members), columns=columns, filename=FILE_COLUMN, **dialect)
            )
        if jsonl:
            tables.append(
                engine.read_json(
                    _escaped(jsonl),
                    format="newline_delimited",
                    columns=json_columns(_places_within(jsonl, meaning), meaning.rows),
                    maximum_object_size=_LARGEST_JSON_BYTES,
                    filename=FILE_COLUMN,
                    **_partitions(jsonl, meaning),
                )
            )
    return tables


def _import_duckdb() -> None:
    with held_back():
        import_module("duckdb")


def spark_tables(files: Sequence[LogFile], meaning: RequestMap, master: str) -> list[Expression]:
    """Register files with Spark.

    Parameters
    ----------
    files : sequence of LogFile
    meaning : RequestMap
    master : str
        ``local[2]``, ``yarn``, ``spark://host:7077``.

    Returns
    -------
    list of ibis tables

    Raises
    ------
    RequestLogError
        Spark is not installed, or does not start.
    """
    import ibis

    try:
        sql: Any = import_module("pyspark.sql")
    except ModuleNotFoundError:
        raise RequestLogError(
            "--spark: PySpark is not installed; install requirements/spark.txt"
        ) from None
    with reported("--spark", "check Java and the address of the master"):
        builder = sql.SparkSession.builder.master(master).appName("wh-uncertainty account")
        quiet = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
        as_text = {"spark.sql.sources.partitionColumnTypeInference.enabled": "false"}
        for key, value in {**quiet, **as_text, "spark.sql.session.timeZone": "UTC"}.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        engine = ibis.pyspark.connect(session)
        frames = _spark_frames(session, files, meaning)
        names = [f"wh_uncertainty_{k}" for k in range(len(frames))]
        for name, frame in zip(names, frames, strict=True):
            frame.createOrReplaceTempView(name)
        return [engine.table(name) for name in names]


def database_table(url: str, table: str) -> Expression:
    """Open a table where it is; only its sums leave the database.

    Parameters
    ----------
    url : str
        As Ibis reads it: ``postgres://``, ``sqlite://``, ``duckdb://`` ...; ``env:NAME`` takes it
        from the environment, where no list of processes shows it.
    table : str
        Its name, as the database spells it.

    Returns
    -------
    ibis table

    Raises
    ------
    RequestLogError
        No connection, or no such table; without user, password or options of the address.
    """
    import ibis

    scheme = urlsplit(url).scheme
    options: dict[str, Any] = {}
    if scheme in _FILE_SCHEMES:
        path = Path(url.removeprefix(f"{scheme}://").partition("?")[0])
        if not os.path.isfile(path):  # it would be made, and found empty
            raise RequestLogError(f"{redacted(url)}: no such file; check the path")
    if scheme == "duckdb":
        options = {**_SETTINGS, "read_only": True}
        _import_duckdb()
    with reported(redacted(url), "check address, table, user and password", secrets_of(url)):
        try:
            engine = ibis.connect(url, **options)
        except ImportError:
            raise RequestLogError(
                f"{redacted(url)}: the driver of this database is not installed; pip install "
                f"'ibis-framework[{_EXTRAS.get(scheme, scheme)}]'"
            ) from None
        try:
            return engine.table(table)
        except Exception:
            engine.disconnect()
            raise


def database_url(text: str) -> str:
    """Return the address that a text is or names; empty if it is a path."""
    if not text.startswith("env:"):
        return text if "://" in text else ""
    name = text.removeprefix("env:")
    if "://" not in os.environ.get(name, ""):
        raise RequestLogError(f"{text}: the environment has no address of that name; set {name}")
    return os.environ[name]


def _of_kind(files: Iterable[LogFile], kind: str) -> list[LogFile]:
    return [file for file in files if file.kind == kind]


def _escaped(files: Iterable[LogFile]) -> list[str]:
    """Paths that DuckDB takes by the letter: inside of brackets no letter is a pattern."""
    special = str.maketrans({char: f"[{char}]" for char in "*?["})
    return [str(file.path).translate(special) for file in files]


def _partitions(files: Sequence[LogFile], meaning: RequestMap) -> dict[str, Any]:
    """Have folders such as ``day=2026-10-01`` read as columns of text, where the map names them."""
    keys = _partition_keys(files, meaning)
    return {"hive_partitioning": bool(keys), "hive_types_autocast": False}


def _partition_keys(files: Sequence[LogFile], meaning: RequestMap) -> tuple[str, ...]:
    return partition_keys(files, (place[0] for place in _places(meaning)))


def _places_within(files: Sequence[LogFile], meaning: RequestMap) -> list[tuple[str, ...]]:
    """Places inside of files, without those that folders hold."""
    keys = _partition_keys(files, meaning)
    return [place for place in _places(meaning) if place[0] not in keys]


def _by_header(files: Iterable[LogFile]) -> dict[CsvHeader, list[LogFile]]:
    groups: dict[CsvHeader, list[LogFile]] = {}
    for file in files:
        groups.setdefault(csv_header(file), []).append(file)
    return groups


def _places(meaning: RequestMap) -> list[tuple[str, ...]]:
    mapped = (*meaning.columns.values(), *meaning.labels.values())
    return [*(place for places in mapped for place in places), *((c,) for c in meaning.skip)]


def _spark_frames(session: Any, files: Sequence[LogFile], meaning: RequestMap) -> list[Any]:
    frames: list[Any] = []
    options: dict[str, Any]
    parquet, csv, jsonl = (_of_kind(files, kind) for kind in ("parquet", "csv", "jsonl"))

    def reader(members: Sequence[LogFile]) -> Any:
        keys = _partition_keys(members, meaning)
        return session.read.options(**({"basePath": _above(members[0], keys)} if keys else {}))

    if parquet:
        options = {"mergeSchema": True}
        frames.append(reader(parquet).options(**options).parquet(*_escaped_for_hadoop(parquet)))
    for header, members in _by_header(csv).items():
        options = {"header": True, "mode": "FAILFAST", "escape": '"', "sep": header.delimiter}
        frames.append(reader(members).csv(_escaped_for_hadoop(members), **options))
    if jsonl:
        options = {"primitivesAsString": True, "mode": "FAILFAST"}
        frames.append(reader(jsonl).json(_escaped_for_hadoop(jsonl), **options))
    return frames


def _above(file: LogFile, keys: Sequence[str]) -> str:
    """Return the folder that holds those which name the keys."""
    parts = file.path.parent.parts
    first = next(k for k, part in enumerate(parts) if part.partition("=")[0] in keys)
    return str(Path(*parts[:first]))


def _escaped_for_hadoop(files: Iterable[LogFile]) -> list[str]:
    special = str.maketrans({char: f"\\{char}" for char in "*?[]{}\\"})
    return [str(file.path).translate(special) for file in files]
