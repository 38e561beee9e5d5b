"""A picture of a measurement: Wh per query and efficiency, before it and after."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wh_uncertainty.cli.canvas import (
    FAINT,
    MARGIN,
    Axes,
    Line,
    new_axes,
    new_page,
    wrapped_lines,
)
from wh_uncertainty.cli.density import Draws, density
from wh_uncertainty.cli.log_axis import dress_log_axis
from wh_uncertainty.cli.numbers import interval, quantity
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS, provenance_words

if TYPE_CHECKING:
    from wh_uncertainty.model.sites.site_update import SiteUpdate

__all__ = ["draw_measurement"]

Result = Mapping[str, Any]

_TITLE, _TEXT, _FOOT = 12, 9.5, 7.5  # points
_PANEL, _TALL, _GAP, _AXIS = 3.4, 2.2, 0.5, 0.6  # inches
# Grey and blue, told apart in grey print too; line styles differ as well.
_BEFORE, _AFTER = ("#777777", "--"), ("#0072B2", "-")


def draw_measurement(path: Path, result: Result, update: "SiteUpdate") -> None:
    """Draw the densities of energy and efficiency before and after.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    result : mapping
        As `SiteUpdate.to_dict` gives it.
    update : SiteUpdate

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    width = 2 * MARGIN + 2 * _PANEL + _GAP
    header, footer = _header(result, width - 2 * MARGIN), _footer(result, width - 2 * MARGIN)
    panels = (
        ("Wh per query at the meter (logarithmic)", update.prior_wh, update.wh),
        ("efficiency (logarithmic)", update.prior_efficiency, update.efficiency),
    )
    with new_page(path, width, _TALL + _AXIS, header, footer) as (figure, top):
        for k, (label, before, after) in enumerate(panels):
            axes = new_axes(figure, MARGIN + k * (_PANEL + _GAP), top, _PANEL, _TALL)
            _draw_panel(axes, label, before, after)


def _draw_panel(axes: Axes, label: str, before: Draws, after: Draws) -> None:
    for draws, words, (colour, line) in ((before, "before", _BEFORE), (after, "after", _AFTER)):
        points, height = density(draws)
        axes.fill_between(points, height / height.max(), color=colour, alpha=0.15, lw=0)
        axes.plot(points, height / height.max(), line, color=colour, lw=2, label=words)
    axes.set_xscale("log")
    axes.set_ylim(0, 1.3)
    axes.set_yticks([])
    axes.set_xlabel(label)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left", ncols=2)
    dress_log_axis(axes.xaxis)


def _header(result: Result, width: float) -> list[Line]:
    measured, efficiency = result["measured"]["wh_per_query"], result["efficiency"]["posterior"]
    title = f"{result['scenario']['model']}, {result['measured']['requests']:,} requests"
    said = (
        f"measured {quantity(measured)} Wh per query ({interval(measured, 'p05', 'p95')}); "
        f"efficiency {quantity(efficiency)} ({interval(efficiency, 'p05', 'p95')})"
    )
    return [
        *wrapped_lines(title, width, _TITLE, weight="bold"),
        *wrapped_lines(said, width, _TEXT),
        *wrapped_lines(f"Counted: {BOUNDARY_WORDS[result['boundary']]}", width, _TEXT, FAINT),
    ]


def _footer(result: Result, width: float) -> list[Line]:
    words = "Densities, each to its own height; 90 % intervals in brackets. "
    return wrapped_lines(words + provenance_words(result["provenance"]), width, _FOOT, FAINT)
