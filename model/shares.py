"""Shares, as people write them."""

from __future__ import annotations

from typing import Any

__all__ = ["read_share"]


def read_share(value: Any) -> float:
    """Return a share that is written as ``0.4`` or ``40%``.

    Parameters
    ----------
    value
        Text or a number.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError, OverflowError
        It is neither.
    """
    if isinstance(value, str) and value.rstrip().endswith("%"):
        return float(value.rstrip().removesuffix("%")) / 100
    return float(value)
