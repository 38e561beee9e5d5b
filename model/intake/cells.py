"""Raw values of one key, checked and converted: a number is a number, a name is a name."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.limits import MAX_TEXT_CHARS

__all__ = ["Problems", "numbers", "texts", "truths"]

#: Positions and values of what cannot be read.
Problems = list[tuple[int, object]]
Floats = NDArray[np.float64]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_LARGEST_WRITTEN = 40  # characters of a number in a cell
_TRUTH = {
    **dict.fromkeys(("true", "t", "1", "on", "yes"), 1.0),
    **dict.fromkeys(("false", "f", "0", "off", "no"), 0.0),
}
_PLAIN_NUMBERS = {int, float, type(None)}


def numbers(values: list[object], written: bool) -> tuple[Floats, Problems]:
    """Convert to finite numbers, NaN where there is none.

    Parameters
    ----------
    values : list
    written : bool
        The values are cells of a text file; else text is no number.

    Returns
    -------
    tuple of ndarray and Problems
        NaN also where the value cannot be read.
    """
    if set(map(type, values)) <= _PLAIN_NUMBERS:
        try:
            array = np.array(values, dtype=np.float64)
        except OverflowError:
            array = np.array([math.inf])  # some whole number is too large; find which
        if values.count(None) == np.count_nonzero(~np.isfinite(array)):
            return array, []
    return _one_by_one(values, lambda value: _number(value, written))


def truths(values: Sequence[object]) -> tuple[Floats, Problems]:
    """Convert yes and no to 1 and 0, NaN where nothing is said.

    Early result files write "true", database exports "t" (InferenceX #145, 2025-11-03).
    """
    return _one_by_one(values, _truth)


def texts(values: Sequence[object]) -> tuple[list[str | None], Problems]:
    """Convert to short printable text, None where there is none; run numbers become text."""
    problems: Problems = []
    found: list[str | None] = []
    known: dict[str, str | None] = {}
    for index, value in enumerate(values):
        if type(value) is str and value in known:
            found.append(known[value])
            continue
        text, readable = _text(value)
        if not readable:
            problems.append((index, value))
        elif type(value) is str:
            known[value] = text
        found.append(text)
    return found, problems


def _text(value: object) -> tuple[str | None, bool]:
    if value is None:
        return None, True
    if type(value) is int and abs(value) < 10**18:
        return str(value), True
    if type(value) is not str or len(value) > MAX_TEXT_CHARS or not value.isprintable():
        return None, False
    return value.strip() or None, True


def _one_by_one(
    values: Sequence[object], convert: Callable[[object], float | None]
) -> tuple[Floats, Problems]:
    """Convert values of mixed types; None from `convert` means unreadable."""
    converted = [convert(value) for value in values]
    problems = [(i, values[i]) for i, number in enumerate(converted) if number is None]
    return np.array([math.nan if n is None else n for n in converted], dtype=np.float64), problems


def _number(value: object, written: bool) -> float | None:
    if value is None or (written and value == ""):
        return math.nan
    if isinstance(value, str):
        readable = written and len(value) <= _LARGEST_WRITTEN and _NUMBER.fullmatch(value.strip())
        number = float(value) if readable else math.nan
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value) if abs(value) < 10**300 else math.nan
    else:
        return None
    return number if math.isfinite(number) else None


def _truth(value: object) -> float | None:
    if value is None or value == "":
        return math.nan
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        return _TRUTH.get(value.strip().lower())
    return float(value) if isinstance(value, int) and value in (0, 1) else None
