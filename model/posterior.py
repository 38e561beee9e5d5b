"""Posterior draws on disk: a NumPy archive and a readable record beside it, no pickle."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.data_release import data_release
from wh_uncertainty.model.files.swapping import swap_in
from wh_uncertainty.model.posterior_file import FORMAT, REMEDY, PosteriorError, read_verified
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
        raise PosteriorError(f"posterior directory {where}: {error.strerror}; {REMEDY}") from error


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
    return Posterior(name, *read_verified(where, name))


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
