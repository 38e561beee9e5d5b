"""Parts of a forest plot: intervals one below the other, with columns of words beside them."""

from collections.abc import Mapping, Sequence

from wh_uncertainty.cli.canvas import BLUE, FAINT, INK, Axes, Figure, text_inches
from wh_uncertainty.cli.log_axis import dress_log_axis

__all__ = ["FOREST_KEY", "ROW_INCHES", "column_inches", "draw_intervals", "write_column"]

Quantiles = Mapping[str, float]

FOREST_KEY = "Thick line 50 %, thin line 90 % interval, dot median"
ROW_INCHES = 0.25

_SMALL = 8.5  # points
_LEAST_MARGIN, _SHARE_OF_MARGIN = 1.02, 0.06


def draw_intervals(axes: Axes, rows: Sequence[Quantiles | None], label: str) -> None:
    """Draw the 90 % interval thin, the 50 % interval thick, the median as a dot.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    rows : sequence of mappings or None
        With ``p05`` to ``p95``, all positive; None leaves a row empty.
    label : str
        Of the logarithmic axis, with its unit.
    """
    for y, quantiles in enumerate(rows):
        if quantiles is None:
            continue
        for low, high, weight in (("p05", "p95", 1.4), ("p25", "p75", 4.5)):
            ends = [quantiles[low], quantiles[high]]
            axes.plot(ends, [y, y], color=BLUE, lw=weight, solid_capstyle="butt")
        axes.plot(quantiles["p50"], y, "o", color="white", mec=INK, ms=4.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xscale("log")
    low, high = axes.dataLim.intervalx
    margin = max(_LEAST_MARGIN, (high / low) ** _SHARE_OF_MARGIN)
    axes.set_xlim(low / margin, high * margin)
    dress_log_axis(axes.xaxis)
    axes.set_xlabel(label)


def write_column(
    figure: Figure, x: float, top: float, cells: Sequence[str], faint: str | None = None
) -> None:
    """Write a heading above `top` and the cells below it, each in the middle of its row.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    x, top : float
        Left end of the column, and upper end of its first row [inches].
    cells : sequence of str
        The heading and one cell per row.
    faint : str, optional
        A cell that is no answer.
    """
    width, height = figure.get_size_inches()
    for i, cell in enumerate(cells):
        y = 1 - (top + (i - 0.5) * ROW_INCHES) / height
        weight, colour = ("bold" if i == 0 else "normal"), FAINT if cell == faint else INK
        style = {"fontsize": _SMALL, "fontweight": weight, "color": colour}
        figure.text(x / width, y, cell, va="center_baseline", **style)


def column_inches(cells: Sequence[str]) -> float:
    """Return the width that a column of cells takes [inches]."""
    return max(text_inches(cell, _SMALL, "bold") for cell in cells)
