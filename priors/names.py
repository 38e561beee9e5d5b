"""When two spellings are one name, and which names are close to one."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["bare_name", "close_names"]

_ALIKE = 0.6  # below, short names are proposed that share no more than two letters


def bare_name(text: str) -> str:
    """Return what a name is compared by: its letters and digits, regardless of case."""
    return "".join(c for c in text.casefold() if c.isalnum())


def close_names(
    text: str, names: Iterable[str], most: int = 3, alike: float = _ALIKE
) -> tuple[str, ...]:
    """Return the names that somebody may have meant, the closest first.

    Parameters
    ----------
    text : str
    names : iterable of str
    most : int
        How many are returned at most.
    alike : float
        Least share of letters in common, from 0 to 1.

    Returns
    -------
    tuple of str
    """
    from difflib import get_close_matches  # only when there is something to complain about

    by_bare = {bare_name(name): name for name in names}
    return tuple(by_bare[bare] for bare in get_close_matches(bare_name(text), by_bare, most, alike))
