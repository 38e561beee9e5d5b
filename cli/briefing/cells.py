"""Cells and columns that several tables have."""

from collections.abc import Mapping, Sequence

from wh_uncertainty.cli.briefing.document import Cell, Column, Interval, Number
from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.cli.numbers import supported_digits
from wh_uncertainty.cli.quantities import QUANTILES

__all__ = [
    "absent",
    "interval_cell",
    "interval_column",
    "interval_words",
    "quantile_cells",
    "quantile_columns",
]

_ENDS = ("p05", "p50", "p95")


def quantile_columns(
    language: Language, unit: str = "", keys: Sequence[str] = QUANTILES
) -> tuple[Column, ...]:
    """Describe a column for each quantile."""
    return tuple(Column(language.say(f"quantile.{key}"), unit, numeric=True) for key in keys)


def interval_column(language: Language, heading: str, unit: str = "") -> Column:
    """Describe a column of medians with their intervals."""
    ends = tuple(language.say(f"quantile.{key}") for key in _ENDS)
    return Column(heading, unit, numeric=True, ends=ends)


def interval_cell(
    language: Language,
    quantiles: Mapping[str, float] | None,
    scale: float = 1,
    digits: int | None = None,
) -> Interval:
    """Write a median and its 90 % interval, with as many digits as it supports or as are asked."""
    if quantiles is None:
        return Interval(None, language.say("number.none"))
    low, middle, high = (scale * quantiles[key] for key in _ENDS)
    supported = supported_digits(quantiles) if digits is None else digits
    said = {key: language.number(scale * quantiles[key], supported) for key in _ENDS}
    reach = language.say("number.range", low=said["p05"], high=said["p95"])
    return Interval((low, middle, high), said["p50"], reach)


def interval_words(quantiles: Mapping[str, float], language: Language) -> dict[str, str]:
    """Write the ends, the median and the mean, by their places in a sentence."""
    keys = {"low": "p05", "middle": "p50", "high": "p95", "mean": "mean"}
    return {place: language.quantity(quantiles, key) for place, key in keys.items()}


def quantile_cells(
    language: Language, quantiles: Mapping[str, float], scale: float = 1
) -> tuple[Cell, ...]:
    """Write quantiles with the digits that their interval supports."""
    return tuple(
        Number(scale * quantiles[key], language.quantity(quantiles, key, scale))
        for key in QUANTILES
    )


def absent(language: Language) -> Number:
    """Say that a number is not known."""
    return Number(None, language.say("number.none"))
