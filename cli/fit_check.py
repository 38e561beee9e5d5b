"""What `fit --check` does: sample, say how well it went, draw it, and write if asked to."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from wh_uncertainty.cli.check_report import render_check
from wh_uncertainty.cli.files import emit
from wh_uncertainty.cli.fitting import check_of, posterior_of, sampled, settings_for
from wh_uncertainty.cli.render import Format

if TYPE_CHECKING:
    from wh_uncertainty.model.observations import Observations
    from wh_uncertainty.priors import Catalogue

__all__ = ["show_check"]


def show_check(
    rows: "Observations",
    name: str,
    catalogue: "Catalogue",
    asked: Mapping[str, int | None],
    *,
    form: Format,
    plot: Path | None,
    out: Path | None,
) -> None:
    """Check one fit.

    Parameters
    ----------
    rows : Observations
    name : str
        A model, or ``board-power``.
    catalogue : Catalogue
    asked : mapping
        Settings that replace the usual ones; None leaves one as it is.
    form : Format
    plot : Path, optional
    out : Path, optional
        Where the posterior is written. Default: nowhere.

    Raises
    ------
    ConvergenceError
        A posterior was to be written and missed a gate; the check has been shown.
    OutputError, PosteriorError
        Picture or posterior cannot be written.
    """
    from wh_uncertainty.model.posterior import make_directory, write_posterior

    if out is not None:
        make_directory(out)
    sample = sampled(rows, name, catalogue, settings_for(rows, name, asked))
    check = check_of(sample, catalogue)
    emit(render_check(check.report, form))
    if plot is not None:
        from wh_uncertainty.cli.plot_check import draw_check

        draw_check(plot, check)
    if out is not None:
        write_posterior(out, name, *posterior_of(sample, rows, catalogue))
