"""Rows of a JSON file, one at a time: the file may be larger than the memory."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterator
from typing import Any, TypeGuard

from wh_uncertainty.model.intake.limits import MAX_ROW_CHARS, mib
from wh_uncertainty.model.observation_schema import ObservationError

__all__ = ["Ambiguous", "is_object", "json_object", "json_rows"]

_CHUNK_CHARS = 2**20
_SPACE = re.compile(r"[ \t\r\n]*")


class Ambiguous(dict[str, Any]):
    """An object that names a key twice: which value is meant, nobody knows."""


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a value is a JSON object, or a line of a table by column name."""
    return isinstance(value, dict)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    return content if len(content) == len(pairs) else Ambiguous(content)


# NaN and Infinity are no JSON, but Python writes them; the checks find them as values.
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=lambda _: math.nan)


def json_object(text: str) -> object:
    """Read one JSON value that stands in a cell.

    Raises
    ------
    ValueError
        It is none.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def json_rows(name: str, text: io.TextIOBase) -> Iterator[tuple[int, object, int]]:
    """Read the elements of an array, or objects that follow each other.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    text : text stream

    Yields
    ------
    tuple of int, object and int
        The element's number, its value as `json` gives it, and its length in characters. An
        object with a key named twice is an `Ambiguous`.

    Raises
    ------
    ObservationError
        Malformed, cut off, nested too deep, or a row of more than 1 MiB.
    """
    window = _Window(name, text)
    if not window.peek():
        raise ObservationError(f"{name}: empty file; it must hold benchmark rows")
    array = window.take("[")
    if array and window.take("]"):
        yield from ()
    else:
        yield from _elements(window, array)
    if window.peek():
        raise window.error("goes on after its end; keep one array, or objects one after another")


def _elements(window: _Window, array: bool) -> Iterator[tuple[int, object, int]]:
    while True:
        value, chars = window.value()
        yield window.row, value, chars
        if array and window.take("]"):
            return
        if not array and window.peek() != "{":
            return
        if array and not window.take(","):
            raise window.error("has no ',' or ']' after that row; is the file cut off?")


class _Window:
    """The part of the file that is in memory, with a place in it."""

    def __init__(self, name: str, text: io.TextIOBase) -> None:
        self.name, self.row = name, 0
        self._text, self._buffer, self._at, self._ended = text, "", 0, False

    def peek(self) -> str:
        """Return the next character that is no space, or nothing at the end."""
        while True:
            found = _SPACE.match(self._buffer, self._at)
            self._at = self._at if found is None else found.end()
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def take(self, char: str) -> bool:
        """Step over a character, if it is the next."""
        if self.peek() != char:
            return False
        self._at += 1
        return True

    def value(self) -> tuple[object, int]:
        """Read the next value; say how many characters it takes."""
        self.peek()
        self.row += 1
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except RecursionError:
                raise self.error("is nested too deep; benchmark rows are flat") from None
            except ValueError as error:
                if len(self._buffer) - self._at > MAX_ROW_CHARS:
                    raise self.error(f"is no JSON within {mib(MAX_ROW_CHARS)}B") from error
                if not self._more():
                    raise self.error(f"is no JSON ({_reason(error)})") from error
                continue
            chars, self._at = end - self._at, end
            if chars > MAX_ROW_CHARS:
                raise self.error(f"is longer than {mib(MAX_ROW_CHARS)}B")
            return value, chars

    def _more(self) -> bool:
        if self._ended:
            return False
        try:
            chunk = self._text.read(_CHUNK_CHARS)
        except UnicodeDecodeError as error:
            raise ObservationError(f"{self.name}: not UTF-8 text; save it as UTF-8") from error
        self._ended = not chunk
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        return bool(chunk)

    def error(self, problem: str) -> ObservationError:
        """Name the row that cannot be read."""
        return ObservationError(f"{self.name} row {self.row}: {problem}; download or save it again")


def _reason(error: ValueError) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else str(error).partition(";")[0]
