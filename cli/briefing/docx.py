"""A document as a text to go on writing in: headings, tables and pictures of a word processor."""

import datetime
import io
import zipfile
from collections.abc import Mapping
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

_PAGE_INCHES, _MARGIN_INCHES = (8.27, 11.69), 0.9  # A4
_TABLE_POINTS, _SMALL_POINTS, _FEW_COLUMNS = 8, 7, 6
_TINT = "CFE3F0"
_WIDTH_INCHES = _PAGE_INCHES[0] - 2 * _MARGIN_INCHES
# A column is as wide as a power of its longest text: of long texts, lines may be broken.
_SHORTEST, _LONGEST, _POWER = 11, 120, 0.6
_STYLES = {"": "Normal", "lead": "Body Text", "note": "Caption", "warning": "Quote"}
_ITEM, _CODE, _TABLE = "List Bullet", "No Spacing", "Table Grid"
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
        _write_section(text, section, 1, document.words)
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
    page, inches = text.sections[0], import_module("docx.shared").Inches
    page.page_width, page.page_height = (inches(length) for length in _PAGE_INCHES)
    page.left_margin = page.right_margin = inches(_MARGIN_INCHES)
    fonts = text.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts()
    qualified = import_module("docx.oxml.ns").qn
    fonts.set(qualified("w:eastAsia"), _EAST_ASIAN.get(document.lang, "Noto Sans CJK JP"))


def _write_section(text: Any, section: Section, level: int, words: Mapping[str, str]) -> None:
    text.add_heading(printable(section.heading), level=level)
    for block in section.blocks:
        _write_block(text, block, words)
    for inner in section.sections:
        _write_section(text, inner, level + 1, words)


def _write_block(text: Any, block: Block, words: Mapping[str, str]) -> None:
    match block:
        case Paragraph(said, role):
            text.add_paragraph(printable(said), style=_STYLES[role])
        case Listing(items):
            for item in items:
                text.add_paragraph(printable(item), style=_ITEM)
        case Boxes(labels, counted, caption):
            for depth, label in enumerate(labels):
                paragraph = text.add_paragraph(label, style=_NESTED[depth])
                if depth >= counted:
                    _tint(paragraph)
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
            _write_table(text, block, words)


def _tint(paragraph: Any) -> None:
    oxml: Any = import_module("docx.oxml")
    qualified: Any = import_module("docx.oxml.ns").qn
    shading = oxml.OxmlElement("w:shd")
    shading.set(qualified("w:val"), "clear")
    shading.set(qualified("w:fill"), _TINT)
    paragraph._p.get_or_add_pPr().append(shading)


def _write_table(text: Any, table: Table, words: Mapping[str, str]) -> None:
    shared: Any = import_module("docx.shared")
    said = f"{table.caption} ({words['intervals']})" if table.has_intervals else table.caption
    caption = text.add_paragraph(printable(said), style="Caption")
    caption.paragraph_format.keep_with_next = True
    lines = [[column.title for column in table.columns]]
    lines += [[_said(cell) for cell in row] for row in table.rows]
    grid = text.add_table(rows=len(lines), cols=len(table.columns), style=_TABLE)
    grid.autofit = False
    points = _TABLE_POINTS if len(table.columns) <= _FEW_COLUMNS else _SMALL_POINTS
    widths = [shared.Inches(width) for width in _widths(lines)]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    # Rows are looked up once: python-docx searches the whole table for each cell.
    for row, line in zip(grid.rows, lines, strict=True):
        _keep_whole(row, is_heading=line is lines[0])
        for cell, word, width in zip(row.cells, line, widths, strict=True):
            cell.text, cell.width = word, width
            for run in cell.paragraphs[0].runs:
                run.font.size, run.font.bold = shared.Pt(points), line is lines[0]
    text.add_paragraph()


def _widths(lines: list[list[str]]) -> list[float]:
    """Share the width of the page among columns by their longest texts [inches]."""
    longest = [max(map(len, column)) for column in zip(*lines, strict=True)]
    shares = [min(max(n, _SHORTEST), _LONGEST) ** _POWER for n in longest]
    return [_WIDTH_INCHES * share / sum(shares) for share in shares]


def _keep_whole(row: Any, *, is_heading: bool) -> None:
    """Let no page end within a row, and repeat the headings on each page."""
    oxml: Any = import_module("docx.oxml")
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", "w:tblHeader")[: 1 + is_heading]:
        properties.append(oxml.OxmlElement(name))


def _said(cell: str | Number | Interval) -> str:
    return printable(cell if isinstance(cell, str) else cell.text)
