"""Texts of a result made fit for a page."""

from collections.abc import Mapping
from typing import Any, cast

from wh_uncertainty.cli.layout import printable

__all__ = ["readable"]

# Names and titles may be anything; a page of one name is read by nobody.
_LONGEST_TEXT = 160


def readable(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take out of all texts what would break a line or turn its direction, and shorten them.

    Parameters
    ----------
    result : mapping
        JSON values.

    Returns
    -------
    mapping
        The same, but for its texts.
    """
    return cast("Mapping[str, Any]", _readable_value(result))


def _readable_value(value: object) -> object:
    match value:
        case str():
            return _shortened(printable(value))
        case dict():
            return {key: _readable_value(one) for key, one in value.items()}  # pyright: ignore
        case list():
            return [_readable_value(one) for one in value]  # pyright: ignore
        case _:
            return value


def _shortened(text: str) -> str:
    half = _LONGEST_TEXT // 2
    return text if len(text) <= _LONGEST_TEXT else f"{text[:half]}…{text[-half:]}"
