"""Pictures of a sweep: Wh against interactivity with bands, else a forest of intervals."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wh_uncertainty.cli.canvas import check_picture
from wh_uncertainty.cli.files import OutputError, check_distinct
from wh_uncertainty.cli.plot_curves import MOST_PANELS, draw_curves, panels_of
from wh_uncertainty.cli.plot_forest import draw_forest
from wh_uncertainty.cli.scenario_page import PACE, Row

if TYPE_CHECKING:
    from wh_uncertainty.model.analyses.grid import Grid
    from wh_uncertainty.model.analyses.sweep import Sweep

__all__ = ["check_scenarios", "draw_scenarios"]

_FEWEST_PACES = 3  # fewer make no curve
_MAX_ROWS = 60


def check_scenarios(path: Path, output: Path | None, grid: "Grid") -> None:
    """Refuse a picture that cannot be made or read, before the work is done.

    Parameters
    ----------
    path : Path
    output : Path or None
        Where the table goes.
    grid : Grid

    Raises
    ------
    OutputError
        See `check_picture`; or too much for one picture.
    """
    check_distinct(path, output)
    check_picture(path)
    rows = [scenario.to_dict() for scenario in grid.scenarios]
    if _makes_curves(rows):
        n, what, most = len(panels_of(rows, grid.axes)), "curves", MOST_PANELS
    else:
        n, what, most = len(rows), "rows", _MAX_ROWS
    if n > most:
        raise OutputError(
            f"{path}: the grid makes {n:,} {what}, and one picture shows at most {most}; "
            f"name fewer values of {', '.join(grid.axes)}"
        )


def draw_scenarios(path: Path, sweep: "Sweep", axes: Sequence[str]) -> None:
    """Draw the energy of the mean query, row by row.

    Against interactivity where that has three values or more, with a panel for each combination
    of the other axes; otherwise as a forest of intervals.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    sweep : Sweep
    axes : sequence of str
        Columns that vary.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    draw = draw_curves if _makes_curves(sweep.rows) else draw_forest
    draw(path, sweep, axes)


def _makes_curves(rows: Sequence[Row]) -> bool:
    return len({row[PACE] for row in rows}) >= _FEWEST_PACES
