"""The command `fit`: from benchmark rows to the posterior that `simulate` reads."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wh_uncertainty.cli.files import emit
from wh_uncertainty.cli.fitting import names_to_fit, posterior_of, sampled, settings_for
from wh_uncertainty.cli.layout import Column, printable
from wh_uncertainty.cli.options import PriorsOption, SeedOption, UsageError
from wh_uncertainty.cli.render import Format, render_records

if TYPE_CHECKING:
    from wh_uncertainty.model.fitting.fit_rows import FitRows
    from wh_uncertainty.model.observations import Observations
    from wh_uncertainty.priors import Catalogue

__all__ = ["fit"]

ModelOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Fit this model, or `board-power`.")
]
AllOption = Annotated[
    bool,
    typer.Option(
        "--all", help="Fit all models with enough rows and board power, and sketch all together."
    ),
]
OwnRowsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Benchmark rows as CSV, added to those shipped."),
]
OnlyOption = Annotated[
    bool, typer.Option("--only", help="With --observations: fit that file's rows alone.")
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Where the posteriors go: `posterior`, if nothing is said. With --check none is "
        "written, unless this says where.",
    ),
]
ResumeOption = Annotated[
    bool,
    typer.Option(
        "--resume", help="Skip what DIR holds of the same rows, priors, settings and version."
    ),
]
TuneOption = Annotated[
    int | None, typer.Option(min=100, metavar="N", help="Draws per chain to adapt the sampler.")
]
DrawsOption = Annotated[
    int | None, typer.Option(min=100, metavar="N", help="Draws per chain to learn from.")
]
CheckOption = Annotated[
    bool,
    typer.Option(
        "--check",
        help="Say how well the sampler and the fit did: diagnostics, leave-one-out, predictive "
        "checks, prior beside posterior.",
    ),
]
CheckFormatOption = Annotated[
    Format | None,
    typer.Option("--format", metavar="table|json", help="With --check: how it is written."),
]
CheckPlotOption = Annotated[
    Path | None,
    typer.Option(
        "--plot",
        metavar="FILE",
        help="With --check: also draw traces and predictive checks, as .svg or .png.",
    ),
]

_OUT = Path("posterior")
_COLUMNS = (
    Column("model", "fitted"),
    Column("rows", "rows", right=True),
    Column("r_hat_max", "R-hat", right=True),
    Column("ess_bulk_min", "bulk ESS", right=True),
    Column("ess_tail_min", "tail ESS", right=True),
    Column("divergent_fraction", "divergent", right=True),
    Column("file", "file"),
)


def fit(
    model: ModelOption = None,
    every: AllOption = False,
    observations: OwnRowsOption = None,
    only: OnlyOption = False,
    priors: PriorsOption = None,
    out: OutOption = None,
    resume: ResumeOption = False,
    tune: TuneOption = None,
    draws: DrawsOption = None,
    seed: SeedOption = 0,
    check: CheckOption = False,
    form: CheckFormatOption = None,
    plot: CheckPlotOption = None,
) -> None:
    """Fit the posterior by sampling, which takes a minute or more per model.

    Draws that have not converged are refused: what DIR holds stays as it was.
    """
    if every == (model is not None):
        raise UsageError("give either --model or --all; `wh-uncertainty list models` shows them")
    if only and observations is None:
        raise UsageError("--only is about a file of rows; add --observations FILE")
    _refuse_parts_of_a_check(check, every=every, resume=resume, form=form, plot=plot)
    from wh_uncertainty.priors import load_catalogue

    catalogue = load_catalogue(overrides=priors)
    rows = _rows(catalogue, observations, only)
    asked = {"tune": tune, "draws": draws, "seed": seed}
    names = names_to_fit(rows, catalogue, model)
    if check:
        from wh_uncertainty.cli.fit_check import show_check

        show_check(rows, names[0], catalogue, asked, form=form or Format.TABLE, plot=plot, out=out)
        return
    records = [
        _fitted(rows, name, catalogue, asked, out=out or _OUT, resume=resume) for name in names
    ]
    if every:
        _sketch(rows, catalogue, out or _OUT)
    emit(render_records(records, _COLUMNS, Format.TABLE))


def _sketch(rows: "Observations", catalogue: "Catalogue", out: Path) -> None:
    """Write what all models' rows say of deployments that none of them was benchmarked on."""
    from wh_uncertainty.model.kin.sketch import sketch_models
    from wh_uncertainty.model.kin.sketch_file import SKETCH_NAME, write_sketch

    typer.echo(f"{SKETCH_NAME}: a sketch of all fits together, for what has no rows", err=True)
    write_sketch(out, sketch_models(rows, catalogue), rows, catalogue)


def _refuse_parts_of_a_check(
    check: bool, *, every: bool, resume: bool, form: Format | None, plot: Path | None
) -> None:
    """Refuse options that only a check has, or that it has not."""
    if not check:
        for option, given in (("--format", form), ("--plot", plot)):
            if given is not None:
                raise UsageError(f"{option} is about a check; add --check")
        return
    if every:
        raise UsageError("--check takes one fit at a time; give --model in place of --all")
    if resume:
        raise UsageError("--check samples anew, as no file keeps all draws; leave out --resume")
    if form is Format.CSV:
        raise UsageError("a check is several tables; --format table or json")
    if plot is not None:
        from wh_uncertainty.cli.canvas import check_picture

        check_picture(plot)


def _rows(catalogue: "Catalogue", file: Path | None, only: bool) -> "Observations":
    """Return the rows to fit, and say on standard error what became of a user's."""
    from wh_uncertainty.model.observations import load_observations

    if file is None:
        return load_observations()
    from wh_uncertainty.model.fitting.fit_rows import fit_rows

    chosen = fit_rows(catalogue, load_observations(file), None if only else load_observations())
    typer.echo(_what_became_of(chosen, file), err=True)
    return chosen.observations


def _what_became_of(chosen: "FitRows", file: Path) -> str:
    parts = [f"{chosen.added:,} rows taken"]
    if chosen.repeated:
        parts.append(f"{chosen.repeated:,} left out, as shipped rows say the same")
    if chosen.unknown:
        parts.append(
            f"{chosen.unknown:,} left out, of a model, accelerator or precision that the "
            "catalogue lacks"
        )
    return f"{printable(str(file))}: {'; '.join(parts)}"


def _fitted(
    rows: "Observations",
    name: str,
    catalogue: "Catalogue",
    asked: dict[str, int | None],
    *,
    out: Path,
    resume: bool,
) -> dict[str, Any]:
    """Fit and write one posterior, unless it is there; return a line of the summary."""
    from wh_uncertainty.model.fitting.resumption import finished_fit
    from wh_uncertainty.model.posterior import make_directory, write_posterior

    settings = settings_for(rows, name, asked)
    if resume and (held := finished_fit(out, name, rows, catalogue, settings)):
        typer.echo(f"{name}: {printable(str(out))} holds this fit already; skipped", err=True)
        return _summary(name, out, held.record)
    make_directory(out)
    arrays, record = posterior_of(sampled(rows, name, catalogue, settings), rows, catalogue)
    write_posterior(out, name, arrays, record)
    return _summary(name, out, record)


def _summary(name: str, out: Path, record: Any) -> dict[str, Any]:
    diagnostics = record["diagnostics"]
    return {
        "model": name,
        "rows": record["observations"]["rows_fitted"],
        "r_hat_max": f"{diagnostics['r_hat_max']:.4f}",
        **{key: round(diagnostics[key]) for key in ("ess_bulk_min", "ess_tail_min")},
        "divergent_fraction": f"{diagnostics['divergent_fraction']:.2%}",
        "file": str(out / f"{name}.npz"),
    }
