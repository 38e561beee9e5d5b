"""Options that more than one command has."""

from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from wh_uncertainty.cli.render import Format

__all__ = [
    "DrawsOption",
    "Estimand",
    "EstimandOption",
    "FormatOption",
    "NoSiteOption",
    "ObservationsOption",
    "OutputFormatOption",
    "OutputOption",
    "PlotOption",
    "PosteriorOption",
    "PriorsOption",
    "ReleaseOption",
    "SeedOption",
    "SiteOption",
    "UsageError",
    "draws_up_to",
    "read_share",
    "said_by_options",
]

_FEWEST_DRAWS = 1_000  # fewer do not hold a 5th percentile


class UsageError(typer.TyperException):
    """Options that do not go together, are not enough, or say what cannot be."""

    exit_code = 2


class Estimand(StrEnum):
    """What an analysis is about."""

    MEAN = "mean"
    ONE_QUERY = "one-query"


@contextmanager
def said_by_options(refusal: type[Exception]) -> Generator[None]:
    """Let a refusal of the model be a mistake of the command line, whose options said it.

    Parameters
    ----------
    refusal : type of Exception

    Raises
    ------
    UsageError
        In the words of the refusal.
    """
    try:
        yield
    except refusal as error:
        raise UsageError(str(error)) from error


def read_share(text: str) -> float:
    """Return the share that an option states, as ``0.4`` or ``40%``.

    Raises
    ------
    typer.BadParameter
        It is no number.
    """
    from wh_uncertainty.model.shares import read_share as read

    try:
        return read(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a share; write 10% or 0.1") from None


def draws_up_to(most: int) -> Any:
    """Return an option for the size of a sample."""
    return typer.Option(min=_FEWEST_DRAWS, max=most, metavar="N", help="Size of the sample.")


DrawsOption = Annotated[int, draws_up_to(50_000_000)]
EstimandOption = Annotated[
    Estimand,
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
OutputFormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        metavar="table|json|csv",
        help="How the result is written. [default: by the end of --output's name, else a table]",
        show_default=False,
    ),
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
