"""Cells that the tables of the annex share: medians with expected values, totals, blanks."""

from collections.abc import Iterator, Mapping
from typing import Any

from wh_uncertainty.cli.briefing.cells import absent, interval_cell, interval_column
from wh_uncertainty.cli.briefing.document import Column, Interval, Number
from wh_uncertainty.cli.briefing.language import Language

__all__ = ["NONE", "NO_FACTOR", "spread_cells", "spread_columns", "total_of"]

Record = Mapping[str, Any]

#: A total has no factor and no region.
NONE = "\N{EN DASH}"
NO_FACTOR = Interval(None, NONE)


def total_of(twin: Record) -> Iterator[Record]:
    """Yield the total, unless it is that of one activity.

    Parameters
    ----------
    twin : mapping
        As `annex_twin` gives it.

    Yields
    ------
    mapping
    """
    if len(twin["activities"]) > 1:
        yield twin["totals"]


def spread_columns(words: str, unit: str, language: Language) -> tuple[Column, Column]:
    """Describe the columns of `spread_cells`."""
    quantity = language.say(words)
    expected = language.say("annex.expected", quantity=quantity)
    return interval_column(language, quantity, unit), Column(expected, unit, numeric=True)


def spread_cells(
    quantiles: Record | None, language: Language, scale: float = 1
) -> tuple[Interval, Number]:
    """Write a median with its interval, and the expected value, which adds up."""
    if quantiles is None:
        return interval_cell(language, None), absent(language)
    mean = Number(scale * quantiles["mean"], language.quantity(quantiles, "mean", scale))
    return interval_cell(language, quantiles, scale), mean
