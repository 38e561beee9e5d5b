"""Files of a release and of a user's directory: reading, hashing, and what can go wrong."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import cast

from wh_uncertainty.priors.spec import PriorError
from wh_uncertainty.priors.toml_text import parse_toml_text

__all__ = [
    "COMPILED",
    "REFERENCES",
    "digest",
    "parse_toml",
    "read_overrides",
    "read_release",
    "release_directory",
    "shared_tables",
]

COMPILED = "compiled.json"
REFERENCES = "references.toml"
_QUANTITIES = "quantities.toml"
_DATA = Path(__file__).parent / "data"
_LARGEST_BYTES = 1_000_000
_MOST_FILES = 1_000


def release_directory(release: str) -> Path:
    """Return the directory of a release.

    Raises
    ------
    PriorError
        If there is no such release.
    """
    known = sorted(entry.name for entry in _DATA.iterdir() if entry.is_dir())
    if release not in known:  # nor `..`, which is a directory too
        raise PriorError(f"release {release!r}: does not exist; use one of {', '.join(known)}")
    return _DATA / release


def read_release(directory: Path) -> dict[str, bytes]:
    """Return every file that makes up a release, by name within it."""
    tables = {path.name: path for path in directory.glob("*.toml")}
    lengths = {f"workloads/{path.name}": path for path in directory.glob("workloads/*.json")}
    return {name: path.read_bytes() for name, path in {**tables, **lengths}.items()}


def read_overrides(directory: Path) -> dict[str, bytes]:
    """Return the TOML files of a user's directory, by name.

    Raises
    ------
    PriorError
        If the directory is missing or holds no TOML file, or a file is unreadable or too large.
    """
    if not os.path.isdir(directory):
        raise PriorError(f"{directory}: is not a directory; name one that holds *.toml files")
    try:
        paths = sorted(path for path in directory.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise PriorError(f"{directory}: cannot be read: {error.strerror}") from error
    if not paths:
        raise PriorError(f"{directory}: holds no *.toml file; put one table per prior into one")
    if len(paths) > _MOST_FILES:
        raise PriorError(f"{directory}: holds more than {_MOST_FILES} *.toml files; join them")
    return {path.name: _read_small(path) for path in paths}


def digest(files: Mapping[str, bytes], *, base: str = "") -> str:
    """Return the SHA-256 of named contents, whatever the order of the mapping.

    Parameters
    ----------
    files
        Contents by name.
    base
        Digest that these files are laid over.
    """
    total = sha256(base.encode())
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.hexdigest()


def parse_toml(name: str, content: bytes) -> dict[str, object]:
    """Return the tables of a file.

    Raises
    ------
    PriorError
        If it is not UTF-8 or not TOML; the message has the line.
    """
    try:
        return parse_toml_text(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PriorError(f"{name}: line {line} is not UTF-8; save the file as UTF-8") from error
    except ValueError as error:  # tomllib's own, or int's of thousands of digits
        raise PriorError(f"{name}: is not TOML: {error}") from error


def shared_tables(contents: Mapping[str, bytes]) -> dict[str, dict[str, object]]:
    """Return the keys that the region priors of one quantity share, by quantity."""
    tables = parse_toml(_QUANTITIES, contents[_QUANTITIES])["quantity"]
    return cast("dict[str, dict[str, object]]", tables)


def _read_small(path: Path) -> bytes:
    if path.exists() and not path.is_file():  # opening a pipe waits for somebody to write
        raise PriorError(
            f"{path.name}: cannot be read: it is no file; leave only files of priors there"
        )
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except OSError as error:
        raise PriorError(f"{path.name}: cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST_BYTES:
        raise PriorError(
            f"{path.name}: is too large; a file of priors has at most {_LARGEST_BYTES:,} bytes"
        )
    return content
