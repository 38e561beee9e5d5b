"""What answers must be like, whatever was asked: finite, not negative, in order, whole."""

import csv
import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

__all__ = ["file_faults", "text_faults"]

_QUANTILES = ("p05", "p25", "p50", "p75", "p95")
_NO_NUMBER = re.compile(r"(?<![\w.'\"/=\[-])[-+]?(nan|inf|infinity)(?![\w'\"/\]-])", re.IGNORECASE)
_NOT_FINITE = {"nan", "inf", "+inf", "-inf", "infinity", "-infinity"}
#: Quantities that are never below zero, and parts of names of those that may be.
_ENERGY = re.compile(r"(^|[_.])k?wh([_.]|$)|(^|\.)j_per|energy|gco2|tco2|water|_usd|_min(ute)?s?$")
_SIGNED = re.compile(r"difference|ln_|_error|reduction|first|total_low|correlation|relative")
_WHOLE_HTML = "</html>"
_SCRIPTS = re.compile(r"<(script|style|svg)\b.*?</\1>", re.DOTALL)
_PNG_END = b"IEND\xaeB`\x82"


def text_faults(text: str, form: str) -> Iterator[str]:
    """Say what is wrong with an answer.

    Parameters
    ----------
    text : str
        As it went to standard output; none at all where a file took it.
    form : str
        table, json, csv or schema.

    Yields
    ------
    str
    """
    if not text:
        return
    if form == "json":
        yield from _json_faults(text)
    elif form == "csv":
        yield from _csv_faults(text)
    elif form != "schema" and (found := _NO_NUMBER.search(text)):
        yield f"{found[0]} in words: {text[max(0, found.start() - 80) : found.end() + 40]!r}"


def file_faults(path: Path) -> Iterator[str]:
    """Say what is wrong with a file that a command wrote, by the end of its name.

    Parameters
    ----------
    path : Path

    Yields
    ------
    str
    """
    content = path.read_bytes()
    try:
        yield from _CHECKS.get(path.suffix, _any_faults)(content)
    except Exception as error:
        yield f"{path.name}: is not whole: {error!r:.200}"


def _any_faults(content: bytes) -> Iterator[str]:
    """A file without an end of its name is the answer as it would be on standard output."""
    text = content.decode()
    yield from _json_faults(text) if text.startswith(("{", "[")) else text_faults(text, "table")


def _json_faults(text: str) -> Iterator[str]:
    def refuse(word: str) -> None:
        raise ValueError(f"{word} in JSON")

    try:
        content = json.loads(text, parse_constant=refuse)
    except ValueError as error:
        yield f"no JSON: {error}"
        return
    yield from _value_faults("", content)


def _value_faults(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        table: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        yield from _order_faults(name, table)
        for key, part in table.items():
            yield from _value_faults(f"{name}.{key}", part)
    elif isinstance(value, list):
        listed: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        for part in listed:
            yield from _value_faults(name, part)
    elif isinstance(value, float | int) and not isinstance(value, bool):
        if not math.isfinite(value):
            yield f"{name} is {value}"
        if value < 0 and _ENERGY.search(name) and not _SIGNED.search(name):
            yield f"{name} is negative: {value}"


def _order_faults(name: str, found: Mapping[str, Any]) -> Iterator[str]:
    values = [found[key] for key in _QUANTILES if isinstance(found.get(key), float | int)]
    if any(high < low for low, high in pairwise(values)):
        yield f"{name}: quantiles are out of order: {values}"


def _csv_faults(text: str) -> Iterator[str]:
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    stems = {key.removesuffix("_p50") for key in header if key.endswith("_p50")}
    for row in rows:
        if len(row) != len(header):
            yield f"a row of {len(row)} cells below a header of {len(header)}: {row!r:.200}"
            continue
        cells = dict(zip(header, row, strict=True))
        yield from _row_faults(cells, row, stems)


def _row_faults(cells: Mapping[str, str], row: Sequence[str], stems: set[str]) -> Iterator[str]:
    if bad := _NOT_FINITE & {cell.strip().casefold() for cell in row}:
        yield f"{bad} among {row!r:.200}"
    quantity = cells.get("quantity", "")
    for stem in ("", *(f"{stem}_" for stem in stems)):
        values = {key: _number(cells.get(f"{stem}{key}", "")) for key in _QUANTILES}
        known = {key: value for key, value in values.items() if value is not None}
        yield from _order_faults(f"{quantity}{stem}", known)
        yield from _value_faults(f"{quantity}{stem}", known)


def _number(cell: str) -> float | None:
    try:
        return float(cell.removeprefix("'"))  # a minus sign is no formula
    except ValueError:
        return None


def _html_faults(content: bytes) -> Iterator[str]:
    text = content.decode()
    if not text.rstrip().endswith(_WHOLE_HTML):
        yield "a page without its end"
    if found := _NO_NUMBER.search(_SCRIPTS.sub("", text)):
        yield f"{found[0]} on a page"


def _svg_faults(content: bytes) -> Iterator[str]:
    ElementTree.fromstring(content)
    if found := re.search(rb"[\" ,](nan|inf)[\" ,]", content):
        yield f"{found[0]!r} in a picture"


def _png_faults(content: bytes) -> Iterator[str]:
    if not content.endswith(_PNG_END):
        yield "a picture without its end"


def _zip_faults(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if damaged := archive.testzip():
            yield f"damaged: {damaged}"


def _parquet_faults(content: bytes) -> Iterator[str]:
    read: Any = import_module("pyarrow.parquet").read_table
    for row in read(io.BytesIO(content)).to_pylist():
        for key, value in row.items():
            yield from _value_faults(key, value)


def _toml_faults(content: bytes) -> Iterator[str]:
    import tomllib

    yield from _value_faults("", tomllib.loads(content.decode()))


_CHECKS: Mapping[str, Callable[[bytes], Iterator[str]]] = {
    ".json": lambda content: _json_faults(content.decode()),
    ".csv": lambda content: _csv_faults(content.decode()),
    ".html": _html_faults,
    ".svg": _svg_faults,
    ".png": _png_faults,
    ".docx": _zip_faults,
    ".xlsx": _zip_faults,
    ".parquet": _parquet_faults,
    ".toml": _toml_faults,
}
