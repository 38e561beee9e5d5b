"""What pictures of a sweep have in common: words for answers, header and footer."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wh_uncertainty.cli.canvas import (
    FAINT,
    MARGIN,
    Figure,
    Line,
    new_page,
    shortened,
    wrapped_lines,
)
from wh_uncertainty.cli.hashes import shown_hash
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS
from wh_uncertainty.model.scenario import Scenario

if TYPE_CHECKING:
    from wh_uncertainty.model.analyses.sweep import Sweep

__all__ = ["AXIS", "GAP", "NO_NUMBERS", "PACE", "Row", "heading", "phrase", "scenario_page", "word"]

Row = Mapping[str, Any]

PACE = "interactivity_tok_s"
NO_NUMBERS = "no answer"
GAP = 0.25  # inches
AXIS = 0.6  # tick labels with the label of the axis [inches]

_BARE = ("model", "workload", "hardware", "precision", "deployment", "region")
_HEADINGS = {PACE: "tok/s per user", "cached_share": "cached share", "as_of": "as of"}
_TITLE, _TEXT, _FOOT = 12, 9.5, 7.5  # points
_NARROWEST = 6.6  # inches


def scenario_page(
    path: Path, sweep: "Sweep", width: float, height: float, key: str
) -> AbstractContextManager[tuple[Figure, float]]:
    """Give a figure with what all rows have in common above, and their provenance below.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    sweep : Sweep
    width, height : float
        Least width of all, and height of the room between [inches].
    key : str
        What the signs mean.

    Returns
    -------
    context manager
        See `new_page`.
    """
    width = max(width, _NARROWEST)
    room = width - 2 * MARGIN
    header, footer = _header(sweep.rows, room), _footer(sweep, key, room)
    return new_page(path, width, height, header, footer)


def _header(rows: Sequence[Row], width: float) -> list[Line]:
    """Say what is shown, and what all rows have in common: pictures are pasted elsewhere."""
    title = "Wh per query, mean of the workload's queries"
    same = {
        field.name: rows[0][field.name]
        for field in fields(Scenario)
        if len({row[field.name] for row in rows}) == 1
    }
    boundary = same.pop("boundary", None)
    pinned = [phrase(k, v) for k, v in same.items() if v is not None and v != "any"]
    lines = wrapped_lines(title, width, _TITLE, weight="bold")
    if pinned:
        lines += wrapped_lines(f"All: {', '.join(pinned)}", width, _TEXT)
    if boundary is not None:
        lines += wrapped_lines(f"Counted: {BOUNDARY_WORDS[boundary]}", width, _TEXT, FAINT)
    return lines


def _footer(sweep: "Sweep", key: str, width: float) -> list[Line]:
    """Explain the signs and say what the picture was made from, as far as rows agree on it."""
    p = sweep.provenance
    hashes = [
        f"{part} {shown_hash(found.pop())}"
        for part in ("observations", "posterior", "priors")
        if len(found := {row[f"{part}_sha256"] for row in sweep.rows if row["error"] is None}) == 1
    ]
    made = (
        f"{key}. wh-uncertainty {p['version']}, seed {p['seed']}, {p['draws']:,} draws per row, "
        f"sha256 of {', '.join(hashes)}"
    )
    return wrapped_lines(made, width, _FOOT, FAINT)


def heading(axis: str) -> str:
    """Name a column of answers."""
    return _HEADINGS.get(axis, axis)


def word(value: Any) -> str:
    """Write an answer under its heading."""
    return f"{value:g}" if isinstance(value, float) else shortened(str(value))


def phrase(axis: str, value: Any) -> str:
    """Name a value where no heading does: a name alone, a number with what it is."""
    if axis == PACE:
        return f"{word(value)} tok/s"
    return word(value) if axis in _BARE else f"{heading(axis)} {word(value)}"
