"""Rows of a CSV file, one at a time, as mappings of column name to cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from wh_uncertainty.model.intake.limits import MAX_ROW_CHARS, mib
from wh_uncertainty.model.observation_schema import ObservationError

__all__ = ["csv_rows"]

_LARGEST_HEADER = 1_000


def csv_rows(name: str, text: io.TextIOBase) -> Iterator[tuple[int, object, int]]:
    """Read lines below a header; lines before it that begin with ``#`` are a licence.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    text : text stream

    Yields
    ------
    tuple of int, object and int
        The line's number in the file, a mapping, and its length in characters. A line with more
        or fewer cells than the header stays a list: it is a finding, not a row.

    Raises
    ------
    ObservationError
        No header, no CSV, or a row of more than 1 MiB.
    """
    lines = _Lines(name, text)
    table = csv.reader(lines, strict=True)
    try:
        header = next((line for line in table if line), list[str]())
        _check_header(name, header)
        for cells in table:
            if cells:
                row = dict(zip(header, cells, strict=False))
                yield lines.number, row if len(cells) == len(header) else cells, lines.chars
            lines.chars = 0
    except csv.Error as error:
        where = f"{name} line {lines.number}"
        raise ObservationError(f"{where}: no CSV ({error}); export it again") from error
    except UnicodeDecodeError as error:
        raise ObservationError(f"{name}: not UTF-8 text; save it as UTF-8") from error


def _check_header(name: str, header: list[str]) -> None:
    if len(header) > _LARGEST_HEADER:
        raise ObservationError(f"{name}: header of over {_LARGEST_HEADER} cells; is it a table?")
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise ObservationError(f"{name} header [{twice[0][:60]}]: column named twice; keep one")
    if not header:
        raise ObservationError(f"{name}: empty file; it must begin with the column names")


class _Lines:
    """Lines of bounded length, counted; comments above the header are left out.

    `chars` counts from when it was last set to 0: a quoted cell may hold line breaks.
    """

    def __init__(self, name: str, text: io.TextIOBase) -> None:
        self.number = self.chars = 0
        self._name, self._text, self._above = name, text, True

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        while True:
            line = self._text.readline(MAX_ROW_CHARS + 1)
            if not line:
                raise StopIteration
            self.number += 1
            self.chars += len(line)
            if self.chars > MAX_ROW_CHARS:
                where = f"{self._name} line {self.number}"
                raise ObservationError(f"{where}: longer than {mib(MAX_ROW_CHARS)}B; is it CSV?")
            if self._above and line.startswith("#"):
                self.chars = 0
            else:
                self._above = self._above and not line.strip()
                return line
