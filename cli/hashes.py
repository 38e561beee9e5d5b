"""SHA-256 where people read it: enough of its digits to compare by eye, JSON has all."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["hashes_of", "shown_hash"]

_DIGITS = 12


def shown_hash(sha256: str) -> str:
    """Return the first digits of a hash."""
    return sha256[:_DIGITS]


def hashes_of(provenance: Mapping[str, Any], parts: Sequence[str]) -> str:
    """List parts of a provenance with their hashes.

    Parameters
    ----------
    provenance : mapping
        With a key ``<part>_sha256`` for each part.
    parts : sequence of str

    Returns
    -------
    str
        ``observations 0123456789ab, priors cdef01234567``.
    """
    return ", ".join(f"{part} {shown_hash(provenance[f'{part}_sha256'])}" for part in parts)
