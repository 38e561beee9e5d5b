"""Rows as their files hold them, in batches that fit into the memory."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from wh_uncertainty.model.intake.csv_rows import csv_rows
from wh_uncertainty.model.intake.findings import Group
from wh_uncertainty.model.intake.formats import Format, recognise
from wh_uncertainty.model.intake.inputs import RawFile, open_text
from wh_uncertainty.model.intake.json_rows import is_object, json_rows
from wh_uncertainty.model.intake.limits import (
    BATCH_CHARS,
    BATCH_ROWS,
    MAX_KEPT_CHARS,
    MAX_ROWS,
    MAX_UNREADABLE,
    mib,
)
from wh_uncertainty.model.observation_schema import ObservationError

__all__ = ["Batch", "Budget", "file_format", "row_batches"]

_SNIFFED_ROWS, _SNIFFED_CHARS = 50, 4_096


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file.

    Parameters
    ----------
    places : list of int
        Of the element in JSON, of the line in CSV.
    rows : list of object
        A mapping each; anything else is no row.
    written : bool
        All cells are text, as in CSV.
    """

    places: list[int]
    rows: list[object]
    written: bool


def row_batches(file: RawFile, room: int) -> Iterator[Batch]:
    """Read a file.

    Parameters
    ----------
    file : RawFile
    room : int
        How many rows may come.

    Yields
    ------
    Batch
        Without an empty one.

    Raises
    ------
    ObservationError
        The file cannot be read to its end, or holds too many rows.
    """
    places: list[int] = []
    rows: list[object] = []
    held = 0
    with closing(open_text(file)) as text:
        written = not _is_json(text)
    for place, row, chars in _numbered_rows(file):
        if room == 0:
            raise ObservationError(f"{file.name}: over {MAX_ROWS:,} rows in all; import in parts")
        places.append(place)
        rows.append(row)
        room, held = room - 1, held + chars
        if len(rows) == BATCH_ROWS or held > BATCH_CHARS:
            yield Batch(places, rows, written)
            places, rows, held = [], [], 0
    if rows:
        yield Batch(places, rows, written)


class Budget:
    """How much of a file may have to be remembered.

    Parameters
    ----------
    name : str
        Of the file.
    """

    def __init__(self, name: str) -> None:
        self._name, self._unreadable, self._chars = name, 0, 0

    def spend(self, batch: Batch, groups: Sequence[Group], text_chars: int) -> None:
        """Count what a batch adds.

        Raises
        ------
        ObservationError
            It is too much.
        """
        self._unreadable += sum(len(group.rows) for group in groups)
        self._chars += text_chars
        if self._unreadable > MAX_UNREADABLE or self._chars > MAX_KEPT_CHARS:
            raise ObservationError(
                f"{self._name} row {batch.places[-1]}: by now over {MAX_UNREADABLE:,} cells that "
                f"cannot be used, or {mib(MAX_KEPT_CHARS)}B of names; is it a benchmark file?"
            )


def file_format(file: RawFile) -> Format | None:
    """Tell what a file holds by its first rows; None where it has none."""
    form = None
    with closing(_numbered_rows(file)) as rows:
        for _, row, _ in islice(rows, _SNIFFED_ROWS):
            form = recognise(row) if is_object(row) else Format.OTHER
            if form is not Format.OTHER:
                break
    return form


def _numbered_rows(file: RawFile) -> Generator[tuple[int, object, int]]:
    try:
        with closing(open_text(file)) as text:
            if _is_json(text):
                yield from json_rows(file.name, text)
            else:
                yield from csv_rows(file.name, text)
    except UnicodeDecodeError as error:
        raise ObservationError(f"{file.name}: not UTF-8 text; save it as UTF-8") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise ObservationError(f"{file.name}: damaged ({error}); download it again") from error


def _is_json(text: io.TextIOWrapper) -> bool:
    start = text.read(_SNIFFED_CHARS).lstrip()[:1]
    text.seek(0)
    return start in ("[", "{")
