"""A TOML file of answers, read with care: it may be anybody's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wh_uncertainty.model.names import ScenarioError

__all__ = ["read_answers_file"]

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
    import tomllib  # a file is the exception

    try:
        with path.open("rb") as file:  # what never ends is read no further either
            content = file.read(_LARGEST_FILE_BYTES + 1)
        if len(content) <= _LARGEST_FILE_BYTES:
            return tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except RecursionError:
        raise ScenarioError(f"{path}: malformed TOML, lists too deep; a list holds names") from None
    except ValueError as error:  # tomllib's own, or int's of thousands of digits
        raise ScenarioError(f"{path}: malformed TOML, {error}") from error
    raise ScenarioError(f"{path}: a {noun} file has at most {_LARGEST_FILE_BYTES:,} B; shorten it")
