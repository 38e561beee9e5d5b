"""A document's tables as a workbook: one sheet per table, numbers as numbers."""

import datetime
import io
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from wh_uncertainty.cli.briefing.document import (
    Cell,
    Column,
    Document,
    Interval,
    Number,
    Table,
    tables_of,
)
from wh_uncertainty.cli.layout import printable

__all__ = ["render_xlsx"]

_LONGEST_CELL = 32_767  # letters, by the format
_WIDTH_WORDS, _WIDTH_NUMBER, _LONGEST_SHEET = 28, 14, 31
_PARTS = 3  # of an interval
# A workbook holds when it was made; the same result has to give the same bytes.
_CREATED = datetime.datetime(2000, 1, 1)


def render_xlsx(document: Document) -> bytes:
    """Write all tables of a document as a workbook.

    No text is ever taken for a formula, a number or an address.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with import_module("xlsxwriter").Workbook(buffer, options) as book:
        book.set_properties({"title": printable(document.title)[:255], "created": _CREATED})
        heading = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        caption = book.add_format({"bold": True})
        for table in tables_of(document):
            sheet = book.add_worksheet(table.name[:_LONGEST_SHEET])
            _fill(sheet, table, caption, heading)
    return buffer.getvalue()


def _fill(sheet: Any, table: Table, caption: Any, heading: Any) -> None:
    sheet.write_string(0, 0, printable(table.caption)[:_LONGEST_CELL], caption)
    titles = list(_titles(table.columns))
    for k, (title, numeric) in enumerate(titles):
        sheet.write_string(2, k, title, heading)
        sheet.set_column(k, k, _WIDTH_NUMBER if numeric else _WIDTH_WORDS)
    for i, row in enumerate(table.rows):
        for k, value in enumerate(_values(row, table.columns)):
            _write(sheet, 3 + i, k, value)
    sheet.freeze_panes(3, 1)


def _titles(columns: Sequence[Column]) -> Iterator[tuple[str, bool]]:
    for column in columns:
        for end in column.ends or ("",):
            heading = f"{column.heading}, {end}" if end else column.heading
            yield f"{heading} [{column.unit}]" if column.unit else heading, column.numeric


def _values(row: Sequence[Cell], columns: Sequence[Column]) -> Iterator[str | float | None]:
    for cell, column in zip(row, columns, strict=True):
        if isinstance(cell, Interval):
            yield from cell.ends or (None,) * _PARTS
        elif isinstance(cell, Number):
            yield cell.value
        else:
            yield cell
        assert isinstance(cell, Interval) == bool(column.ends)


def _write(sheet: Any, row: int, column: int, value: str | float | None) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, printable(value)[:_LONGEST_CELL])
    elif value is not None:
        sheet.write_number(row, column, value)
