"""The command `validate`: how well the posterior predicts rows that it has not seen."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from wh_uncertainty.cli.files import emit
from wh_uncertainty.cli.layout import Column
from wh_uncertainty.cli.options import (
    FormatOption,
    ObservationsOption,
    PosteriorOption,
    ReleaseOption,
    UsageError,
)
from wh_uncertainty.cli.render import Format, render_records, to_json
from wh_uncertainty.priors import DEFAULT_RELEASE

__all__ = ["score_records", "validate"]

ReferencesOption = Annotated[
    bool, typer.Option("--references", help="Our intervals beside figures that others published.")
]
PictureOption = Annotated[
    Path | None,
    typer.Option(
        "--plot", metavar="FILE", help="With --references: also draw it, as .svg or .png."
    ),
]

_COLUMNS = (
    Column("what", "predicted"),
    Column("rows", "rows of"),
    Column("n", "n", right=True),
    Column("ln_mae", "ln-MAE", right=True),
    Column("coverage_50", "50 % covers", right=True),
    Column("coverage_90", "90 % covers", right=True),
    Column("ln_width_90", "ln width", right=True),
    Column("interval_score_90", "interval score", right=True),
)


def validate(
    observations: ObservationsOption = None,
    references: ReferencesOption = False,
    release: ReleaseOption = DEFAULT_RELEASE,
    posterior: PosteriorOption = None,
    form: FormatOption = Format.TABLE,
    plot: PictureOption = None,
) -> None:
    """Score the posterior on rows kept from the fit, or on rows of your own.

    Without a file: the stored scores of the deployments that were left out; as JSON also those of
    rows held out by fold, model, accelerator and date, beside other predictors. With one: its rows,
    each deployment treated as new unless the fit has seen it. With --references no score, but the
    answers to the questions behind published figures.
    """
    if references:
        if observations is not None:
            raise UsageError("--references asks about published figures; leave out --observations")
        _show_references(release, posterior, form, plot)
        return
    if plot is not None:
        raise UsageError("--plot draws published figures beside ours; add --references")
    if observations is None and posterior is not None:
        raise UsageError(
            "--posterior: the stored scores are of the posteriors shipped; add --observations "
            "FILE, or --references"
        )
    from wh_uncertainty.model.observations import load_observations
    from wh_uncertainty.model.scoring.calibration import stored_calibration
    from wh_uncertainty.model.validate import validate as score
    from wh_uncertainty.priors import load_catalogue

    rows = None if observations is None else load_observations(observations)
    scores = score(rows, posterior_dir=posterior, catalogue=load_catalogue(release))
    if form is Format.JSON:
        studies = {"calibration": stored_calibration(release)} if rows is None else {}
        emit(to_json({**scores, **studies}))
    else:
        emit(render_records(list(score_records(scores)), _COLUMNS, form, "no row to score"))


def _show_references(release: str, posterior: Path | None, form: Format, plot: Path | None) -> None:
    if plot is not None:
        from wh_uncertainty.cli.canvas import check_picture

        check_picture(plot)
    from wh_uncertainty.cli.references_report import render_references
    from wh_uncertainty.model.scoring.published import compare, references_result
    from wh_uncertainty.model.scoring.published_file import read_published
    from wh_uncertainty.priors import load_catalogue

    catalogue = load_catalogue(release)
    figures = read_published(catalogue)
    result = references_result(compare(figures, catalogue=catalogue, posterior_dir=posterior))
    emit(render_references(result, form))
    if plot is not None:
        from wh_uncertainty.cli.plot_references import draw_references

        draw_references(plot, result)


def score_records(scores: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Lay nested scores out as rows.

    Parameters
    ----------
    scores : mapping
        As `model.validate.validate` gives them: GPU-seconds under ``overall``, ``by_model`` and
        ``by_hardware``, and the same three under ``board_power`` and ``interactivity``.

    Yields
    ------
    dict
        ``what`` was predicted for ``rows`` of, and the scores; None where there are none.
    """
    predicted = {"GPU-seconds": scores, "board power": scores.get("board_power")}
    predicted["interactivity"] = scores.get("interactivity")
    for what, group in predicted.items():
        for rows, score in _groups(group or {}):
            keys = (column.key for column in _COLUMNS[2:])
            yield {"what": what, "rows": rows, **{key: score.get(key) for key in keys}}


def _groups(group: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if "n" in group:  # a single score
        yield "all", group
        return
    if group.get("overall"):
        yield "all", group["overall"]
    yield from group.get("by_model", {}).items()
    yield from group.get("by_hardware", {}).items()
