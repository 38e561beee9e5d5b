"""Tables and paragraphs of fixed width, for people.

rich would draw them prettier, but importing it takes a third of the time that a whole `simulate`
needs, and its boxes would have to be taken out again to be pasted anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Column", "aligned", "labelled", "printable", "wrapped"]

_GAP = "  "
_WIDTH = 92
_LABEL_WIDTH = 14
_TYING = "\u00a0\u202f"
_TIED_PERCENT = "\u00a0%"  # while lines are broken: no number without its per cent sign


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    key : str
        Of the records shown.
    title : str
    right : bool
        Align to the right, as numbers are.
    """

    key: str
    title: str
    right: bool = False


def aligned(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """Set rows of cells in columns as wide as their widest cell.

    Parameters
    ----------
    rows : sequence of rows
        All of the same length; a heading is a row like any other.
    right : sequence of bool
        Per column, whether it is aligned to the right.

    Returns
    -------
    str
        Lines without trailing blanks, each ended by a newline.
    """
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (
        _GAP.join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        for row in cells
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def labelled(label: str, text: str) -> str:
    """Set a paragraph beside its label.

    Parameters
    ----------
    label, text : str
        An empty label continues the one before.

    Returns
    -------
    str
        Lines, each ended by a newline.
    """
    return wrapped(text, f"{label:<{_LABEL_WIDTH}}", " " * _LABEL_WIDTH)


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Break a paragraph into lines.

    Parameters
    ----------
    text : str
    first, rest : str
        What the first and the other lines begin with.

    Returns
    -------
    str
        Lines, each ended by a newline; words and names with hyphens stay whole.
    """
    lines: list[str] = []
    line = first
    for word in printable(text).replace(" %", _TIED_PERCENT).split(" "):
        if line not in (first, rest) and len(line) + 1 + len(word) > _WIDTH:
            lines.append(line)
            line = rest
        line += word if line in (first, rest) else f" {word}"
    return "".join(f"{line.rstrip()}\n" for line in [*lines, line]).replace(_TIED_PERCENT, " %")


def printable(text: str) -> str:
    """Replace what would move the cursor: a file name may hold line breaks and escape codes.

    Blanks that hold a number and its unit together stay.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        One line.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in _TYING else " " for char in text)
