"""The command `fit`: from benchmark rows to the posterior that `simulate` reads."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wh_uncertainty.cli.files import emit
from wh_uncertainty.cli.layout import Column
from wh_uncertainty.cli.options import ObservationsOption, PriorsOption, SeedOption, UsageError
from wh_uncertainty.cli.render import Format, render_records

if TYPE_CHECKING:
    from wh_uncertainty.model.observations import Observations
    from wh_uncertainty.model.sampling import Progress, Settings
    from wh_uncertainty.priors import Catalogue

__all__ = ["fit"]

ModelOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Fit this model, or `board-power`.")
]
AllOption = Annotated[
    bool, typer.Option("--all", help="Fit all models with enough rows, and board power.")
]
OutOption = Annotated[Path, typer.Option(metavar="DIR", help="Where the posteriors go.")]
TuneOption = Annotated[
    int | None, typer.Option(min=100, metavar="N", help="Draws per chain to adapt the sampler.")
]
DrawsOption = Annotated[
    int | None, typer.Option(min=100, metavar="N", help="Draws per chain to learn from.")
]

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
    observations: ObservationsOption = None,
    priors: PriorsOption = None,
    out: OutOption = Path("posterior"),
    tune: TuneOption = None,
    draws: DrawsOption = None,
    seed: SeedOption = 0,
) -> None:
    """Fit the posterior by sampling, which takes a minute or more per model.

    Draws that have not converged are refused and nothing is written.
    """
    if every == (model is not None):
        raise UsageError("give either --model or --all; `wh-uncertainty list models` shows them")
    from wh_uncertainty.model.observations import load_observations
    from wh_uncertainty.model.posterior import write_posterior
    from wh_uncertainty.priors import load_catalogue

    rows, catalogue = load_observations(observations), load_catalogue(overrides=priors)
    asked = {"tune": tune, "draws": draws, "seed": seed}
    given = {key: n for key, n in asked.items() if n is not None}
    records: list[dict[str, Any]] = []
    for name in _names(rows, catalogue, model):
        settings = replace(_default_settings(rows, name), **given)
        with _progress_bar(name) as progress:
            arrays, record = _fit(rows, name, catalogue, settings, progress)
        write_posterior(out, name, arrays, record)
        records.append(_summary(name, out, record))
    emit(render_records(records, _COLUMNS, Format.TABLE))


def _names(rows: "Observations", catalogue: "Catalogue", model: str | None) -> tuple[str, ...]:
    """Return what is fitted: one thing, or all models and the board power they share."""
    from wh_uncertainty.cli.choices import model_named
    from wh_uncertainty.model.fit import fittable_models
    from wh_uncertainty.model.power_posterior import POWER_NAME

    if model is None:
        return (*fittable_models(rows), POWER_NAME)
    return (POWER_NAME if model == POWER_NAME else model_named(catalogue, model),)


def _default_settings(rows: "Observations", name: str) -> "Settings":
    from wh_uncertainty.model.fit import default_settings
    from wh_uncertainty.model.power_fit import POWER_SETTINGS
    from wh_uncertainty.model.power_posterior import POWER_NAME

    return POWER_SETTINGS if name == POWER_NAME else default_settings(rows, name)


def _fit(
    rows: "Observations",
    name: str,
    catalogue: "Catalogue",
    settings: "Settings",
    progress: "Progress",
) -> tuple[dict[str, Any], dict[str, Any]]:
    from wh_uncertainty.model.fit import fit_cost_law
    from wh_uncertainty.model.power_fit import fit_board_power
    from wh_uncertainty.model.power_posterior import POWER_NAME

    if name == POWER_NAME:
        return fit_board_power(rows, catalogue, settings, progress)
    return fit_cost_law(rows, name, catalogue, settings, progress)


@contextmanager
def _progress_bar(name: str) -> Generator["Progress"]:
    """Show on standard error how many draws are done."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _summary(name: str, out: Path, record: dict[str, Any]) -> dict[str, Any]:
    diagnostics = record["diagnostics"]
    return {
        "model": name,
        "rows": record["observations"]["rows_fitted"],
        "r_hat_max": f"{diagnostics['r_hat_max']:.4f}",
        **{key: round(diagnostics[key]) for key in ("ess_bulk_min", "ess_tail_min")},
        "divergent_fraction": f"{diagnostics['divergent_fraction']:.2%}",
        "file": str(out / f"{name}.npz"),
    }
