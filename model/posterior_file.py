"""Reading a posterior's two files: verified bytes in, arrays and a record out."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.files.bounded import read_within
from wh_uncertainty.model.files.swapping import locked

__all__ = ["FORMAT", "REMEDY", "PosteriorError", "read_verified"]

FORMAT = "wh-uncertainty-posterior/2"
REMEDY = "refit it with `wh-uncertainty fit`, or reinstall the package"
_LARGEST_BYTES = 64 * 1024 * 1024


class PosteriorError(ValueError):
    """A posterior on disk cannot be used; names the file, the fault and the remedy."""


def read_verified(
    directory: Path, name: str
) -> tuple[Mapping[str, NDArray[Any]], Mapping[str, Any], str]:
    """Read the archive and the record of a posterior, and see that they belong together.

    Parameters
    ----------
    directory : Path
    name : str

    Returns
    -------
    arrays : mapping of str to ndarray
        Each is read when first asked for, and says then if it cannot be used.
    record : mapping of str to Any
        Says which file lacks what, where a key is missing.
    sha256 : str
        Of both files.

    Raises
    ------
    PosteriorError
        Missing, unreadable, truncated or altered since it was written.
    """
    path = directory / f"{name}.npz"
    record_bytes, archive = _read_pair(directory, name)
    record = _record(directory / f"{name}.json", record_bytes)
    if hashlib.sha256(archive).hexdigest() != record["npz_sha256"]:
        raise PosteriorError(
            f"{path}: contents do not match the hash in {name}.json (truncated or altered); "
            f"{REMEDY}"
        )
    digest = hashlib.sha256(record_bytes + archive).hexdigest()
    return _Archive(path, archive), record, digest


def _read_pair(directory: Path, name: str) -> tuple[bytes, bytes]:
    """Read both files; once more if a fit that just ends has replaced one between the two."""
    paths = directory / f"{name}.json", directory / f"{name}.npz"
    record, archive = map(_read, paths)
    if hashlib.sha256(archive).hexdigest().encode() not in record:
        with locked(directory):
            record, archive = map(_read, paths)
    return record, archive


def _read(path: Path) -> bytes:
    try:
        content = read_within(path, _LARGEST_BYTES)
    except OSError as error:
        raise PosteriorError(f"{path}: {error.strerror}; {REMEDY}") from error
    if content is None:
        raise PosteriorError(f"{path}: larger than {_LARGEST_BYTES} bytes; {REMEDY}")
    return content


def _record(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        record: Any = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise PosteriorError(f"{path}: not JSON ({error}); {REMEDY}") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:  # pyright: ignore
        raise PosteriorError(f"{path}: format is not {FORMAT!r}; {REMEDY}")
    if not isinstance(record.get("npz_sha256"), str):  # pyright: ignore
        raise PosteriorError(f"{path}: no npz_sha256, the archive's hash; {REMEDY}")
    return _Record(path, record)  # pyright: ignore


class _Record(dict[str, Any]):
    """A record that says which file lacks what: other versions wrote down other things."""

    def __init__(self, path: Path, record: dict[str, Any]) -> None:
        super().__init__(record)
        self._path = path

    def __missing__(self, key: str) -> Any:
        raise PosteriorError(
            f"{self._path}: the record has no {key!r}, so this version cannot use it; {REMEDY}"
        )


class _Archive(Mapping[str, NDArray[Any]]):
    """Arrays of the bytes that were verified, each read when first asked for; none holds objects.

    A simulation asks for few of them: the rest tells of deployments that were not benchmarked.
    """

    def __init__(self, path: Path, raw: bytes) -> None:
        self._path = path
        self._read: dict[str, NDArray[Any]] = {}
        with self._refusing():
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                if sum(member.file_size for member in archive.infolist()) > _LARGEST_BYTES:
                    raise zipfile.BadZipFile(f"unpacks to more than {_LARGEST_BYTES} bytes")
            self._file: Mapping[str, Any] = np.load(io.BytesIO(raw), allow_pickle=False)

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._read:
            with self._refusing():
                found = self._file[name]
                if not isinstance(found, np.ndarray):  # NumPy hands out what has no header as it is
                    raise zipfile.BadZipFile(f"{name} is no array")
                self._read[name] = found
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._file)

    def __len__(self) -> int:
        return len(self._file)

    @contextmanager
    def _refusing(self) -> Generator[None]:
        try:
            yield
        # A header may promise more numbers than any memory holds.
        except (EOFError, OSError, ValueError, MemoryError, zipfile.BadZipFile) as error:
            raise PosteriorError(
                f"{self._path}: not a NumPy archive ({error}); {REMEDY}"
            ) from error
