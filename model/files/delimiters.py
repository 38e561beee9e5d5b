"""Cells of a table: what stands between them, and whether one holds a number."""

from __future__ import annotations

import csv

__all__ = ["delimiter_of", "header_of", "is_number"]

#: A comma, and what spreadsheets write where a comma is part of numbers, or none is wanted.
_DELIMITERS = ",;\t"


def delimiter_of(header: str) -> str:
    """Choose between comma, semicolon and tab by what splits a header into most names."""
    return max(_DELIMITERS, key=lambda char: len(_split(header, char)))


def header_of(line: str) -> tuple[str, tuple[str, ...]]:
    """Return the delimiter of a header, and its names; none where quotes allow of no delimiter."""
    delimiter = delimiter_of(line)
    return delimiter, _split(line, delimiter)


def is_number(cell: str) -> bool:
    """Whether a cell is one for `float`."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _split(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([line], delimiter=delimiter, strict=True), ()))
    except csv.Error:
        return ()
