"""A TOML file of answers, read with care: it may be anybody's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.priors.toml_text import parse_toml_text

__all__ = ["parse_answers", "read_answers_file", "read_small_file"]

_LARGEST_FILE_BYTES = 1_000_000


def read_answers_file(path: Path, noun: str) -> dict[str, Any]:
    """Parse a file; what its keys may be is for the caller to check.

    Parameters
    ----------
    path : Path
    noun : str
        What the file is, for its errors: ``scenario``, ``grid``.

    Returns
    -------
    dict

    Raises
    ------
    ScenarioError
        Unreadable, too large, not UTF-8 or malformed.
    """
    return parse_answers(path, read_small_file(path, noun))


def read_small_file(path: Path, noun: str) -> bytes:
    """Read a file, and of what never ends no more than a file of answers may hold.

    Parameters
    ----------
    path : Path
    noun : str
        As in `read_answers_file`.

    Returns
    -------
    bytes

    Raises
    ------
    ScenarioError
        Unreadable or too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}; check the path") from error
    if len(content) > _LARGEST_FILE_BYTES:
        most = f"{_LARGEST_FILE_BYTES:,}"
        raise ScenarioError(f"{path}: a {noun} file has at most {most} B; shorten it")
    return content


def parse_answers(path: Path, content: bytes) -> dict[str, Any]:
    """Parse the bytes of a file of answers.

    Parameters
    ----------
    path : Path
        For errors.
    content : bytes

    Returns
    -------
    dict

    Raises
    ------
    ScenarioError
        Not UTF-8 or malformed.
    """
    try:
        return parse_toml_text(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except ValueError as error:  # tomllib's own, or int's of thousands of digits
        raise ScenarioError(f"{path}: malformed TOML, {error}") from error
