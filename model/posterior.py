"""Posterior draws on disk: a NumPy archive and a readable record beside it, no pickle."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.bounded import read_within
from wh_uncertainty.model.data_release import data_release
from wh_uncertainty.model.swapping import locked, swap_in
from wh_uncertainty.priors import DEFAULT_RELEASE

__all__ = [
    "Posterior",
    "PosteriorError",
    "embedded_directory",
    "load_posterior",
    "make_directory",
    "mean_and_deviation",
    "posterior_directory",
    "posterior_names",
    "write_posterior",
]

FORMAT = "wh-uncertainty-posterior/1"
_LARGEST_BYTES = 64 * 1024 * 1024
_REMEDY = "refit it with `wh-uncertainty fit`, or reinstall the package"


class PosteriorError(ValueError):
    """A posterior on disk cannot be used; names the file, the fault and the remedy."""


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Draws of one fit and the record of how they were made.

    Parameters
    ----------
    name : str
        What was fitted: a model, or ``board-power``.
    arrays : mapping of str to ndarray
        Draws along the first axis; an array ``x`` stored as ``x_mean`` and half-precision
        ``x_deviation`` is rebuilt by `draws_of`.
    record : mapping of str to Any
        Labels of the axes, sampler settings, versions, seed, diagnostics, hashes.
    sha256 : str
        Of both files.
    """

    name: str
    arrays: Mapping[str, NDArray[Any]]
    record: Mapping[str, Any]
    sha256: str

    @property
    def draws(self) -> int:
        """Number of draws kept."""
        return int(self.record["kept_draws"])

    def draws_of(self, quantity: str) -> NDArray[np.float64]:
        """Return a quantity's draws, shape ``(draw, ...)``, rebuilt from mean and deviation."""
        mean = self.arrays[f"{quantity}_mean"]
        deviation = self.arrays[f"{quantity}_deviation"]
        return mean.astype(np.float64) + deviation.astype(np.float64)


def mean_and_deviation(name: str, draws: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Split draws for storage, as `Posterior.draws_of` puts them together again.

    Deviations of a logarithm are below 4 or so, where half precision errs by at most 0.001 and
    typically 0.0001.

    Parameters
    ----------
    name : str
    draws : ndarray of shape (draw, ...)

    Returns
    -------
    dict of str to ndarray
    """
    mean = draws.mean(axis=0).astype(np.float32)
    return {f"{name}_mean": mean, f"{name}_deviation": (draws - mean).astype(np.float16)}


def embedded_directory(release: str = DEFAULT_RELEASE) -> Path:
    """Return the posteriors of a release that ship with the package."""
    return data_release(release).posterior


def posterior_directory(own: Path | None, release: str) -> Path:
    """Return the user's own posteriors where there are any, else those of a release."""
    return embedded_directory(release) if own is None else own


def posterior_names(directory: Path | None = None) -> tuple[str, ...]:
    """List what has been fitted.

    Parameters
    ----------
    directory : Path, optional
        Default: the embedded posteriors.

    Returns
    -------
    tuple of str

    Raises
    ------
    PosteriorError
        Not a readable directory.
    """
    where = embedded_directory() if directory is None else directory
    try:
        return tuple(
            sorted(p.removesuffix(".npz") for p in os.listdir(where) if p.endswith(".npz"))
        )
    except OSError as error:
        raise PosteriorError(f"posterior directory {where}: {error.strerror}; {_REMEDY}") from error


def load_posterior(name: str, directory: Path | None = None) -> Posterior:
    """Read and verify a posterior.

    Parameters
    ----------
    name : str
    directory : Path, optional
        Default: the embedded posteriors.

    Returns
    -------
    Posterior

    Raises
    ------
    PosteriorError
        Missing, unreadable, truncated or altered since it was written; an array that cannot be
        used says so when it is first asked for.
    """
    where = embedded_directory() if directory is None else directory
    others = posterior_names(where)
    if others and not any(os.path.exists(where / f"{name}.{kind}") for kind in ("json", "npz")):
        raise PosteriorError(
            f"{where}: holds no posterior of {name}, only of {', '.join(others)}; make one with "
            f"`wh-uncertainty fit --model {name} --out DIR` and name it with --posterior DIR"
        )
    path = where / f"{name}.npz"
    record_bytes, archive = _read_pair(where, name)
    record = _record(where / f"{name}.json", record_bytes)
    if hashlib.sha256(archive).hexdigest() != record["npz_sha256"]:
        raise PosteriorError(
            f"{path}: contents do not match the hash in {name}.json (truncated or altered); "
            f"{_REMEDY}"
        )
    digest = hashlib.sha256(record_bytes + archive).hexdigest()
    return Posterior(name, _Archive(path, archive), record, digest)


def make_directory(directory: Path) -> None:
    """Make a directory of posteriors and see that it can be written to, before sampling begins.

    Parameters
    ----------
    directory : Path

    Raises
    ------
    PosteriorError
        It cannot be made, or not be written to.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if not os.access(directory, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise PosteriorError(
            f"{directory}: no posterior can be written there ({error.strerror}); "
            "choose another directory with --out"
        ) from error


def write_posterior(
    directory: Path, name: str, arrays: Mapping[str, NDArray[Any]], record: Mapping[str, Any]
) -> None:
    """Write a posterior; both files appear complete or not at all.

    Parameters
    ----------
    directory : Path
        Made if missing.
    name : str
    arrays : mapping of str to ndarray
    record : mapping of str to Any
        JSON-ready; the archive's hash is added.

    Raises
    ------
    PosteriorError
        The directory cannot be written to.
    """
    temporary = [directory / f".{name}.{os.getpid()}.{kind}.tmp" for kind in ("npz", "json")]
    final = [directory / f"{name}.npz", directory / f"{name}.json"]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with temporary[0].open("wb") as file:
            np.savez(file, allow_pickle=False, **dict(arrays))
        hashed = hashlib.sha256(temporary[0].read_bytes()).hexdigest()
        whole = {"format": FORMAT, "name": name, "npz_sha256": hashed, **record}
        temporary[1].write_text(json.dumps(whole, indent=1, allow_nan=False) + "\n", "utf-8")
        swap_in(directory, list(zip(temporary, final, strict=True)))
    except OSError as error:
        raise PosteriorError(
            f"{directory}: cannot write the posterior of {name} ({error.strerror}); "
            "choose another directory with --out"
        ) from error
    finally:
        for path in temporary:
            if os.path.exists(path):  # not so where the directory could not be made
                path.unlink()


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
        raise PosteriorError(f"{path}: {error.strerror}; {_REMEDY}") from error
    if content is None:
        raise PosteriorError(f"{path}: larger than {_LARGEST_BYTES} bytes; {_REMEDY}")
    return content


def _record(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        record: Any = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise PosteriorError(f"{path}: not JSON ({error}); {_REMEDY}") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:  # pyright: ignore
        raise PosteriorError(f"{path}: format is not {FORMAT!r}; {_REMEDY}")
    if not isinstance(record.get("npz_sha256"), str):  # pyright: ignore
        raise PosteriorError(f"{path}: no npz_sha256, the archive's hash; {_REMEDY}")
    return _Record(path, record)  # pyright: ignore


class _Record(dict[str, Any]):
    """A record that says which file lacks what: other versions wrote down other things."""

    def __init__(self, path: Path, record: dict[str, Any]) -> None:
        super().__init__(record)
        self._path = path

    def __missing__(self, key: str) -> Any:
        raise PosteriorError(
            f"{self._path}: the record has no {key!r}, so this version cannot use it; {_REMEDY}"
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
                f"{self._path}: not a NumPy archive ({error}); {_REMEDY}"
            ) from error
