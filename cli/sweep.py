"""The command `sweep`: every combination of a grid in, one tidy table out."""

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wh_uncertainty.cli.files import OutputError, check_folder, emit, write_whole
from wh_uncertainty.cli.layout import Column
from wh_uncertainty.cli.numbers import interval, quantity
from wh_uncertainty.cli.options import (
    DrawsOption,
    PosteriorOption,
    PriorsOption,
    ReleaseOption,
    SeedOption,
    SiteOption,
    UsageError,
)
from wh_uncertainty.cli.progress import progress_bar
from wh_uncertainty.cli.render import Format, render_records
from wh_uncertainty.priors import DEFAULT_RELEASE

if TYPE_CHECKING:
    from wh_uncertainty.model.analyses.sweep import Sweep

__all__ = ["sweep"]

GridArgument = Annotated[
    Path, typer.Argument(metavar="GRID", help="TOML: keys as in a scenario file, or lists of them.")
]
OutputOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write all columns there, as .parquet or .csv."),
]
JobsOption = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Processes at once. [default: the CPUs at hand]"),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Compute on this Dask cluster instead, tcp://host:8786."),
]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        metavar="table|json|csv",
        help="How standard output is written. [default: table]",
    ),
]
PlotOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Also draw the intervals, or curves over interactivity, as .svg or .png.",
    ),
]

Row = Mapping[str, Any]

_TITLES = {"interactivity_tok_s": "tok/s", "cached_share": "cached", "as_of": "as of"}
_TABLE_STATISTICS = ("p05", "p50", "p95", "mean")


def sweep(
    grid: GridArgument,
    output: OutputOption = None,
    jobs: JobsOption = None,
    scheduler: SchedulerOption = None,
    release: ReleaseOption = DEFAULT_RELEASE,
    priors: PriorsOption = None,
    posterior: PosteriorOption = None,
    site: SiteOption = None,
    draws: DrawsOption = 100_000,
    seed: SeedOption = 0,
    form: FormatOption = None,
    plot: PlotOption = None,
) -> None:
    """Watt-hours per query for all combinations of a grid, as a table.

    Each row has a seed of its own, with which `simulate` gives the same numbers.
    """
    _check_options(output, form, jobs, scheduler)
    from wh_uncertainty.model.analyses.grid import read_grid
    from wh_uncertainty.model.analyses.sweep import run_sweep
    from wh_uncertainty.priors import load_catalogue

    asked = read_grid(grid, load_catalogue(release, priors))
    if plot is not None:
        from wh_uncertainty.cli.plot_scenarios import check_scenarios

        check_scenarios(plot, output, asked)  # better known before the work than after it
    if scheduler is not None:
        logging.disable()  # Dask would log in many lines what our error says in one
    with progress_bar("scenarios") as progress:
        done = run_sweep(
            asked.scenarios,
            draws=draws,
            seed=seed,
            priors=priors,
            posterior_dir=posterior,
            site=site,
            release=release,
            jobs=jobs or _cpus(),
            scheduler=scheduler,
            progress=progress,
        )
    _say_gaps(done)
    _write(done, asked.axes, output, form or Format.TABLE)
    if plot is not None:
        from wh_uncertainty.cli.plot_scenarios import draw_scenarios

        draw_scenarios(plot, done, asked.axes)


def _check_options(
    output: Path | None, form: Format | None, jobs: int | None, scheduler: str | None
) -> None:
    if jobs is not None and scheduler is not None:
        raise UsageError("--jobs is for this machine, a scheduler has workers; give one of them")
    if output is None:
        return
    if form is not None:
        raise UsageError("--format is for standard output; the end of --output's name says enough")
    if output.suffix.lower() not in (".parquet", ".csv"):
        raise OutputError(f"{output}: a sweep is .parquet or .csv; change the end of its name")
    check_folder(output)


def _cpus() -> int:
    """Return how many CPUs this process may use; Python 3.12 knows only how many there are."""
    count: int | None = getattr(os, "process_cpu_count", os.cpu_count)()
    return count or 1


def _say_gaps(done: "Sweep") -> None:
    gaps = sum(row["error"] is not None for row in done.rows)
    if gaps:
        typer.echo(
            f"wh-uncertainty: {gaps} of {len(done.rows)} combinations cannot be answered; their "
            "rows have no numbers, and the column `error` says why",
            err=True,
        )


def _write(done: "Sweep", axes: Sequence[str], output: Path | None, form: Format) -> None:
    if output is not None and output.suffix.lower() == ".parquet":
        from wh_uncertainty.model.analyses.sweep_table import to_parquet

        write_whole(output, to_parquet(done.rows, done.provenance))
        return
    form = form if output is None else Format.CSV
    table = form is Format.TABLE
    records = [_shown(row) for row in done.rows] if table else done.rows
    emit(render_records(records, _columns(done.rows, axes), form), output)


def _shown(row: Row) -> Row:
    """Add the words of the table to a row."""
    if row["error"] is not None:
        blank = dict.fromkeys(("median", "interval", "expected", "gco2e"))
        return {**row, **blank, "why": row["error"].partition(";")[0]}
    wh = {key: row[f"wh_mean_{key}"] for key in _TABLE_STATISTICS}
    gco2e = {key: row[f"lifecycle_gco2e_{key}"] for key in _TABLE_STATISTICS}
    return {
        **row,
        "median": quantity(wh),
        "interval": interval(wh, "p05", "p95"),
        "expected": quantity(wh, "mean"),
        "gco2e": None if row["region"] is None else quantity(gco2e),
        "why": None,
    }


def _columns(rows: Sequence[Row], axes: Sequence[str]) -> list[Column]:
    """Return what varies, what came out, and the last two only where there is such a thing."""
    asked = [
        Column(axis, _TITLES.get(axis, axis), right=isinstance(rows[0][axis], float))
        for axis in axes or ("model", "workload")
    ]
    answered = [
        Column("median", "Wh, median", right=True),
        Column("interval", "90 % interval", right=True),
        Column("expected", "expected", right=True),
    ]
    if any(row["region"] is not None for row in rows):
        answered.append(Column("gco2e", "gCO2e", right=True))
    if any(row["error"] is not None for row in rows):
        answered.append(Column("why", "why not"))
    return [*asked, *answered]
