"""Reading no more than there should be: of a file, and of a line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

__all__ = ["MAX_LINE_CHARS", "LongLineError", "lines_within", "read_within"]

#: A row of any table that we read has some hundreds; without a limit, one line can fill the memory.
MAX_LINE_CHARS = 2**20


class LongLineError(csv.Error):
    """A line has no end in sight; whoever reads a table says so as of any other that is none."""


def read_within(path: Path, most_bytes: int) -> bytes | None:
    """Read a file that is not too large; what never ends, such as a device, is too large.

    Parameters
    ----------
    path : Path
    most_bytes : int

    Returns
    -------
    bytes or None
        None if there are more bytes.

    Raises
    ------
    OSError
        It cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(most_bytes + 1)
    return content if len(content) <= most_bytes else None


def lines_within(text: TextIO, most_chars: int = MAX_LINE_CHARS) -> Iterator[str]:
    """Yield the lines of a text, none of which is longer than it may be.

    Parameters
    ----------
    text : text stream
    most_chars : int
        Of one line, its end included.

    Yields
    ------
    str

    Raises
    ------
    LongLineError
        A line is longer; at most one character more of it was read.
    """
    while line := text.readline(most_chars + 1):
        if len(line) > most_chars:
            raise LongLineError(f"a line of more than {most_chars:,} characters")
        yield line
