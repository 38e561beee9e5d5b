"""Options that more than one command has."""

from pathlib import Path
from typing import Annotated

import typer

from wh_uncertainty.cli.render import Format

__all__ = [
    "EstimandOption",
    "FormatOption",
    "NoSiteOption",
    "ObservationsOption",
    "OutputOption",
    "PlotOption",
    "PosteriorOption",
    "PriorsOption",
    "ReleaseOption",
    "SeedOption",
    "SiteOption",
    "UsageError",
]


class UsageError(typer.TyperException):
    """Options that are each well formed but do not go together, or are not enough."""

    exit_code = 2


EstimandOption = Annotated[
    str,
    typer.Option(metavar="mean|one-query", help="Mean over the queries, or one random query."),
]
OutputOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write there instead of standard output.")
]
PlotOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Also draw a picture, as .svg or .png.")
]
FormatOption = Annotated[
    Format,
    typer.Option("--format", metavar="table|json|csv", help="How the result is written."),
]
ObservationsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Benchmark rows as CSV, instead of those shipped."),
]
PosteriorOption = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Posterior made by `fit`, instead of the one shipped."),
]
PriorsOption = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Your own priors, in place of those of the same name."),
]
ReleaseOption = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Release of the data, see `list releases`: later versions keep it."
    ),
]
SeedOption = Annotated[
    int, typer.Option(min=0, metavar="N", help="Same seed, same machine, same bytes.")
]
NoSiteOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Refused: a measurement ties the unknowns together."),
]
SiteOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="A measured site that the answer agrees with; see `measure`."
    ),
]
