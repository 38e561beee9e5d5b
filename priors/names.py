"""When two spellings are one name."""

from __future__ import annotations

__all__ = ["bare_name"]


def bare_name(text: str) -> str:
    """Return what a name is compared by: its letters and digits, regardless of case."""
    return "".join(c for c in text.casefold() if c.isalnum())
