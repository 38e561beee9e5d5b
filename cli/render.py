"""Records as a table, JSON or CSV."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.files import OutputError
from wh_uncertainty.cli.layout import Column, aligned
from wh_uncertainty.cli.numbers import significant

__all__ = ["Format", "format_of", "render_records", "to_csv", "to_json"]

Cell = str | float | bool | list[str] | None
Record = Mapping[str, Any]

# A spreadsheet runs a cell that begins with one of these; a leading apostrophe makes it text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    """How a result is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


_BY_SUFFIX = {".json": Format.JSON, ".csv": Format.CSV}
_NEVER_WRITTEN = (".docx", ".html", ".parquet", ".pdf", ".png", ".svg", ".xlsx")


def format_of(asked: Format | None, output: Path | None) -> Format:
    """Return the format that was asked for, else what the file's name says, else a table.

    Parameters
    ----------
    asked : Format or None
    output : Path or None

    Returns
    -------
    Format

    Raises
    ------
    OutputError
        The name is that of a format which no result is written in.
    """
    suffix = "" if output is None else output.suffix.lower()
    if asked is None and suffix in _NEVER_WRITTEN:
        raise OutputError(
            f"{output}: no result is written as {suffix}; end its name with .json, .csv or .txt"
        )
    return asked or _BY_SUFFIX.get(suffix, Format.TABLE)


def render_records(
    records: Sequence[Record], columns: Sequence[Column], form: Format, empty: str = "nothing"
) -> str:
    """Write records of equal keys.

    Parameters
    ----------
    records : sequence of mappings
        Values are JSON's scalars or lists of words.
    columns : sequence of Column
        What the table shows; JSON and CSV hold every key.
    form : Format
    empty : str
        What the table says when there is no record.

    Returns
    -------
    str
        Ends with a newline.
    """
    if form is Format.JSON:
        return to_json(list(records))
    if form is Format.CSV:
        keys = list(records[0]) if records else [column.key for column in columns]
        return to_csv(keys, [[record[key] for key in keys] for record in records])
    if not records:
        return f"{empty}\n"
    heading = [column.title for column in columns]
    body = [[_cell(record[column.key]) for column in columns] for record in records]
    return aligned([heading, *body], [column.right for column in columns])


def to_json(value: Any) -> str:
    """Write JSON, which knows neither NaN nor infinity.

    Parameters
    ----------
    value : JSON value

    Returns
    -------
    str
        Ends with a newline.

    Raises
    ------
    ValueError
        A number is not finite; that is a defect of the program, not of its input.
    """
    return json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def to_csv(keys: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Write a table that a spreadsheet reads as data and never runs as a formula.

    Parameters
    ----------
    keys : sequence of str
        The header.
    rows : sequence of rows
        Numbers in full precision, None as an empty cell, lists joined by ``|``.

    Returns
    -------
    str
        One line per row, ended by a newline.
    """
    import csv  # the usual table needs neither
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(keys)
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def _csv_cell(value: Cell) -> str | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        value = "|".join(value)
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _cell(value: Cell) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return _fact(value)
        case list():
            return ", ".join(value)
        case str():
            return value


def _fact(value: float) -> str:
    """Write a stated number: three digits, but no zeros that only an interval would justify."""
    text = significant(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
