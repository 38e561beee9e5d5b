"""A document as a text to go on writing in: headings, tables and pictures of a word processor."""

import datetime
import io
import zipfile
from importlib import import_module
from typing import Any

from wh_uncertainty.cli.briefing.document import (
    Block,
    Boxes,
    Chart,
    Code,
    Document,
    Interval,
    Listing,
    Number,
    Paragraph,
    Section,
    Table,
)
from wh_uncertainty.cli.charts import vega
from wh_uncertainty.cli.layout import printable

__all__ = ["render_docx"]

_WIDTH_INCHES = 6.0
_STYLES = {"": "Normal", "lead": "Intense Quote", "note": "Caption", "warning": "Quote"}
_ITEM, _CODE, _TABLE = "List Bullet", "No Spacing", "Light Grid Accent 1"
_NESTED = ("Normal", "List Bullet", "List Bullet 2", "List Bullet 3")
# A text holds when it was made; the same result has to give the same bytes.
_CREATED = datetime.datetime(2000, 1, 1)
_EAST_ASIAN = {"ja": "Noto Sans CJK JP", "ko": "Noto Sans CJK KR"}


def render_docx(document: Document) -> bytes:
    """Write a document as DOCX.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
    """
    text: Any = import_module("docx").Document()
    _describe(text, document)
    text.add_heading(printable(document.title), level=0)
    if document.subtitle:
        text.add_paragraph(printable(document.subtitle), style="Subtitle")
    for section in document.sections:
        _write_section(text, section, 1)
    buffer = io.BytesIO()
    text.save(buffer)
    return _without_times(buffer)


def _without_times(written: io.BytesIO) -> bytes:
    """Pack an archive anew; its parts hold when they were written."""
    packed = io.BytesIO()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(packed, "w") as archive:
        for name in parts.namelist():  # ZipInfo of a name is of 1980
            archive.writestr(zipfile.ZipInfo(name), parts.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _describe(text: Any, document: Document) -> None:
    properties = text.core_properties
    properties.title, properties.language = printable(document.title)[:255], document.lang
    properties.author, properties.comments = "wh-uncertainty", ""
    properties.created = properties.modified = _CREATED
    fonts = text.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts()
    qualified = import_module("docx.oxml.ns").qn
    fonts.set(qualified("w:eastAsia"), _EAST_ASIAN.get(document.lang, "Noto Sans CJK JP"))


def _write_section(text: Any, section: Section, level: int) -> None:
    text.add_heading(printable(section.heading), level=level)
    for block in section.blocks:
        _write_block(text, block)
    for inner in section.sections:
        _write_section(text, inner, level + 1)


def _write_block(text: Any, block: Block) -> None:
    match block:
        case Paragraph(said, role):
            text.add_paragraph(printable(said), style=_STYLES[role])
        case Listing(items):
            for item in items:
                text.add_paragraph(printable(item), style=_ITEM)
        case Boxes(labels, counted, caption):
            for depth, label in enumerate(labels):
                paragraph = text.add_paragraph(style=_NESTED[depth])
                paragraph.add_run(label).bold = depth >= counted
            text.add_paragraph(printable(caption), style="Caption")
        case Code(said):
            text.add_paragraph(printable(said), style=_CODE)
        case Chart(spec, caption):
            width = import_module("docx.shared").Inches(_WIDTH_INCHES)
            picture = text.add_picture(io.BytesIO(vega.png(spec)), width=width)
            picture._inline.docPr.set(
                "descr", printable(caption)
            )  # what those hear who do not see it
            text.add_paragraph(printable(caption), style="Caption")
        case Table():
            _write_table(text, block)


def _write_table(text: Any, table: Table) -> None:
    text.add_paragraph(printable(table.caption), style="Caption")
    grid = text.add_table(rows=1 + len(table.rows), cols=len(table.columns), style=_TABLE)
    lines = [[column.title for column in table.columns]]
    lines += [[_said(cell) for cell in row] for row in table.rows]
    # Rows are looked up once: python-docx searches the whole table for each cell.
    for row, words in zip(grid.rows, lines, strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    text.add_paragraph()


def _said(cell: str | Number | Interval) -> str:
    return printable(cell if isinstance(cell, str) else cell.text)
