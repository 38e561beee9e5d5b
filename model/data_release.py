"""Releases of data: what an answer is made from, under one name that later versions keep.

A release is a directory of priors of that name, and a manifest ``data/releases/NAME.json`` that
says where its posteriors lie and which bytes belong to it. Files of the newest release lie in
``data`` itself; before they change they are copied to ``data/releases/NAME``, and the manifest
points there (``scripts/release_data.py keep``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wh_uncertainty.priors import DEFAULT_RELEASE, PriorError
from wh_uncertainty.priors.files import release_directory

__all__ = [
    "SINGLE_FILES",
    "DataRelease",
    "data_release",
    "data_root",
    "release_files",
    "release_findings",
    "release_names",
    "releases_directory",
]

#: Beside the posteriors: rows they were fitted to with their sources, and scores of what was held
#: out. Answers quote the scores; the rows are there so that a stranger can fit them again.
SINGLE_FILES = (
    "calibration.json",
    "inferencemax.csv",
    "left_out.json",
    "sources.csv",
    "validation.json",
)
_POSTERIOR = "posterior"


@dataclass(frozen=True, slots=True)
class DataRelease:
    """What a manifest says.

    Parameters
    ----------
    name : str
    directory : Path
        Holds the posteriors and `SINGLE_FILES`.
    sha256 : mapping of str to str
        By a file's name within the release (`release_files`).
    answers : tuple of mapping
        What the release answers to some questions: ``scenario``, ``draws``, ``seed``, and
        percentiles of ``wh_per_query``.
    """

    name: str
    directory: Path
    sha256: Mapping[str, str]
    answers: tuple[Mapping[str, Any], ...]

    @property
    def posterior(self) -> Path:
        """Directory of the posteriors."""
        return self.directory / _POSTERIOR


def data_root() -> Path:
    """Return where the data of the newest release lie."""
    return Path(__file__).parent / "data"


def releases_directory() -> Path:
    """Return where the manifests lie, with the files of earlier releases beside them."""
    return data_root() / "releases"


def release_names() -> tuple[str, ...]:
    """List the releases that this version knows, the oldest first."""
    return tuple(sorted(path.stem for path in releases_directory().glob("*.json")))


def data_release(name: str = DEFAULT_RELEASE) -> DataRelease:
    """Read the manifest of a release.

    Parameters
    ----------
    name : str

    Returns
    -------
    DataRelease

    Raises
    ------
    PriorError
        No release has that name; the message lists those that there are.
    """
    if name not in release_names():
        raise PriorError(f"release {name!r}: does not exist; use one of {_listed()}")
    manifest = json.loads((releases_directory() / f"{name}.json").read_bytes())
    return DataRelease(
        name=name,
        directory=data_root() / manifest["directory"],
        sha256=manifest["sha256"],
        answers=tuple(manifest["answers"]),
    )


def release_files(name: str, directory: Path) -> dict[str, Path]:
    """Find the files of a release.

    Parameters
    ----------
    name : str
        Of its priors.
    directory : Path
        Of the rest.

    Returns
    -------
    dict of Path
        By name within the release: ``priors/facility.toml``, ``posterior/glm-5.npz``.
    """
    priors = release_directory(name)
    found = {f"priors/{p.relative_to(priors).as_posix()}": p for p in priors.rglob("*.*")}
    found |= {f"{_POSTERIOR}/{p.name}": p for p in (directory / _POSTERIOR).glob("*.*")}
    found |= {file: directory / file for file in SINGLE_FILES}
    return dict(sorted(found.items()))


def release_findings(release: DataRelease) -> list[str]:
    """Compare the files of a release with its manifest.

    Parameters
    ----------
    release : DataRelease

    Returns
    -------
    list of str
        A line for each file that is missing, altered or not of the release; empty if none is.
    """
    found = release_files(release.name, release.directory)
    findings: list[str] = []
    for name in sorted(release.sha256.keys() | found.keys()):
        if name not in release.sha256:
            findings.append(f"{name}: is not of release {release.name}")
        elif name not in found or not found[name].is_file():
            findings.append(f"{name}: is missing")
        elif hashlib.sha256(found[name].read_bytes()).hexdigest() != release.sha256[name]:
            findings.append(f"{name}: is not what release {release.name} was made of")
    return findings


def _listed() -> str:
    return ", ".join(release_names()) or "none: this build has no manifest"
