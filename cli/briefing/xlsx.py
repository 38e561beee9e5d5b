"""A document's tables as a workbook: one sheet per table, numbers as numbers."""

import datetime
import io
import math
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
_LONGEST_SHEET = 31
_NARROWEST, _WIDEST = 12, 60  # of a column [letters]
_DIGITS_SHOWN = 4
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
        formats = _Formats(book)
        for table in tables_of(document):
            sheet = book.add_worksheet(table.name[:_LONGEST_SHEET])
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            _fill(sheet, table, formats)
    return buffer.getvalue()


class _Formats:
    """Formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._add = book.add_format
        self.caption = book.add_format({"bold": True})
        self.heading = book.add_format({"bold": True, "bottom": 1})
        self._numbers: dict[int, Any] = {}

    def number(self, value: float) -> Any:
        """Show a few digits of a number that is all there."""
        magnitude = math.floor(math.log10(abs(value))) if value else 0
        decimals = min(max(_DIGITS_SHOWN - 1 - magnitude, 0), 15)
        if value == round(value):
            decimals = 0
        if decimals not in self._numbers:
            shown = "#,##0" + ("." + "0" * decimals if decimals else "")
            self._numbers[decimals] = self._add({"num_format": shown})
        return self._numbers[decimals]


def _fill(sheet: Any, table: Table, formats: _Formats) -> None:
    sheet.write_string(0, 0, printable(table.caption)[:_LONGEST_CELL], formats.caption)
    titles = list(_titles(table.columns))
    rows = [list(_values(row, table.columns)) for row in table.rows]
    for k, title in enumerate(titles):
        sheet.write_string(2, k, title, formats.heading)
        texts = (cell for cell in (title, *(row[k] for row in rows)) if isinstance(cell, str))
        sheet.set_column(k, k, min(max(_NARROWEST, *map(len, texts)), _WIDEST))
    for i, row in enumerate(rows):
        for k, value in enumerate(row):
            _write(sheet, 3 + i, k, value, formats)
    sheet.freeze_panes(3, 1)


def _titles(columns: Sequence[Column]) -> Iterator[str]:
    for column in columns:
        for end in column.ends or ("",):
            heading = f"{column.heading}, {end}" if end else column.heading
            yield f"{heading} [{column.unit}]" if column.unit else heading


def _values(row: Sequence[Cell], columns: Sequence[Column]) -> Iterator[str | float | None]:
    for cell, column in zip(row, columns, strict=True):
        if isinstance(cell, Interval):
            yield from cell.ends or (None,) * len(column.ends)
        else:
            yield cell.value if isinstance(cell, Number) else cell


def _write(sheet: Any, row: int, column: int, value: str | float | None, formats: _Formats) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, printable(value)[:_LONGEST_CELL])
    elif value is not None:
        sheet.write_number(row, column, value, formats.number(value))
