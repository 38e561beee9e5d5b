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
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise ScenarioError(f"{path}: a {noun} file is smaller than {_LARGEST_FILE_BYTES} B")
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except RecursionError:
        raise ScenarioError(f"{path}: malformed TOML, lists too deep; a list holds names") from None
    except ValueError as error:  # tomllib's own, or int's of thousands of digits
        raise ScenarioError(f"{path}: malformed TOML, {error}") from error
