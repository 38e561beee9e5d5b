"""What a document is made of, before it becomes a page, a PDF, a text or a workbook."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wh_uncertainty.cli.charts.vega import Spec

__all__ = [
    "Block",
    "Boxes",
    "Cell",
    "Chart",
    "Code",
    "Column",
    "Document",
    "Interval",
    "Listing",
    "Number",
    "Paragraph",
    "Section",
    "Table",
    "tables_of",
]


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and how the language of the document writes it.

    Parameters
    ----------
    value : float or None
        None where there is none to give.
    text : str
    """

    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Interval:
    """A median with the ends of its interval: one cell to read, three in a workbook.

    Parameters
    ----------
    ends : tuple of float or None
        5 %, 50 % and 95 % point; None where they are not known.
    middle, reach : str
        The median and the interval in words; no interval where they are not known.
    """

    ends: tuple[float, float, float] | None
    middle: str
    reach: str = ""

    @property
    def text(self) -> str:
        """Both, on one line."""
        return f"{self.middle} ({self.reach})" if self.reach else self.middle


Cell = str | Number | Interval

_MOST_COLUMNS, _LONG = 4, 100  # on a phone; letters of a text


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    heading : str
    unit : str
        Empty for words and pure numbers.
    numeric : bool
    is_english : bool
        Whether its words are English whatever the language of the document is.
    ends : tuple of str
        Of a column of intervals: what its three parts are called.
    """

    heading: str
    unit: str = ""
    numeric: bool = False
    is_english: bool = False
    ends: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The heading with its unit."""
        return f"{self.heading} [{self.unit}]" if self.unit else self.heading


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption.

    Parameters
    ----------
    name : str
        Short, unique in the document: the sheet of a workbook. English in every language, since
        formulas and programs find a sheet by it; the caption, on the sheet too, is translated.
    caption : str
    columns : tuple of Column
    rows : tuple of tuple of Cell
        The first cell of a row is its heading.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def has_intervals(self) -> bool:
        """Whether cells hold a median with its interval, which a reader has to be told."""
        return any(column.ends for column in self.columns)

    @property
    def is_wide(self) -> bool:
        """Whether a phone has no room for all columns beside each other."""
        n, intervals = len(self.columns), sum(bool(column.ends) for column in self.columns)
        longest = max((len(c) for row in self.rows for c in row if isinstance(c, str)), default=0)
        return n > _MOST_COLUMNS or (n == _MOST_COLUMNS and (intervals > 1 or longest > _LONG))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph.

    Parameters
    ----------
    text : str
    role : {"", "lead", "note", "warning"}
    """

    text: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """Something to be typed, as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Parameters
    ----------
    spec : dict
        Of `charts.vega.top`.
    caption : str
        Says what it shows, to those who do not see it too.
    """

    spec: Spec
    caption: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Sentences that stand side by side."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Boxes:
    """A picture of boxes within boxes.

    Parameters
    ----------
    labels : tuple of str
        From the outermost to the innermost.
    counted : int
        Position of the outermost box that is counted, with all that it holds.
    caption : str
    """

    labels: tuple[str, ...]
    counted: int
    caption: str


Block = Boxes | Chart | Code | Listing | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what stands under it, and sections within.

    Parameters
    ----------
    key : str
        Unique in the document; letters, digits and hyphens.
    heading : str
    blocks : tuple of Block
    sections : tuple of Section
    """

    key: str
    heading: str
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    Parameters
    ----------
    title, subtitle : str
    lang : str
        Tag of its language.
    sections : tuple of Section
    words : dict of str
        What renderers say themselves: ``contents``, and what ``intervals`` are.
    """

    title: str
    subtitle: str
    lang: str
    sections: tuple[Section, ...]
    words: dict[str, str] = field(default_factory=dict[str, str])


def tables_of(document: Document) -> Iterator[Table]:
    """Yield all tables, in the order of reading.

    Parameters
    ----------
    document : Document

    Yields
    ------
    Table
    """
    yield from _tables(document.sections)


def _tables(sections: tuple[Section, ...]) -> Iterator[Table]:
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Table))
        yield from _tables(section.sections)
