"""The commands `observations import|check`: benchmark files of any vintage into one table."""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wh_uncertainty.cli.files import OutputError, check_folder, emit, write_whole
from wh_uncertainty.cli.options import FormatOption, UsageError
from wh_uncertainty.cli.render import Format

if TYPE_CHECKING:
    from wh_uncertainty.model.intake.intake import Intake

__all__ = ["app"]

app = typer.Typer(help="Benchmark rows of your own: import and check them.")

PathsArgument = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="Files, folders, zip archives; or an https address."),
]
FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="A table of observations, or what `import` reads.")
]
OutOption = Annotated[Path, typer.Option(metavar="FILE", help="The table that is written.")]
NetworkOption = Annotated[
    bool, typer.Option("--allow-network", help="Fetch addresses; else nothing leaves the machine.")
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="Exit code 1 if a row or cell is dropped or flagged.")
]


@app.command(name="import")
def import_(
    paths: PathsArgument,
    out: OutOption = Path("observations.csv"),
    allow_network: NetworkOption = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Turn InferenceMAX / InferenceX results into a table for `fit` and `validate`.

    Reads result JSON, the dashboard's JSON and CSV, and database dumps, of all
    vintages. Rows that are not kept go to OUT.rejected.csv, with the reason.
    """
    from wh_uncertainty.cli.intake_report import render_import
    from wh_uncertainty.model.observation_schema import ObservationError

    if not out.name:
        raise OutputError(
            f"{out}: cannot be written (it is no name of a file); name one with --out"
        )
    check_folder(out)
    rejected = out.with_name(f"{out.stem}.rejected.csv")
    taken = _taken_in(paths, allow_network, (out, rejected))
    if not taken.kept.all() or os.path.exists(rejected):  # an old one would speak of other rows
        write_whole(rejected, taken.rejected_csv())
    if not taken.kept.any():
        raise ObservationError(
            f"{paths[0]}: none of {len(taken.kept)} rows is kept, nothing is written; "
            f"{rejected} says why"
        )
    write_whole(out, taken.kept_csv())
    emit(render_import(taken, out, rejected, form))


@app.command()
def check(
    file: FileArgument,
    strict: StrictOption = False,
    allow_network: NetworkOption = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Say what is wrong with benchmark rows, without writing anything."""
    from wh_uncertainty.cli.intake_report import render_check

    taken = _taken_in([file], allow_network)
    emit(render_check(taken, form))
    if strict and taken.objections():
        raise typer.Exit(1)


def _taken_in(
    arguments: Sequence[str], allow_network: bool, unread: Sequence[Path] = ()
) -> "Intake":
    from wh_uncertainty.model.intake.intake import take_in
    from wh_uncertainty.priors import load_catalogue

    with _on_disk(arguments, allow_network) as paths:
        return take_in(paths, load_catalogue(), unread)


@contextmanager
def _on_disk(arguments: Sequence[str], allow_network: bool) -> Generator[list[Path]]:
    """Fetch what is an address into a folder that is gone afterwards."""
    from tempfile import TemporaryDirectory

    from wh_uncertainty.model.intake.download import download, is_address

    addresses = [text for text in arguments if is_address(text)]
    if addresses and not allow_network:
        raise UsageError(f"{addresses[0]} is an address; add --allow-network to fetch it")
    with TemporaryDirectory(prefix="wh-uncertainty-") as folder:
        paths: list[Path] = []
        for number, text in enumerate(arguments):
            if is_address(text):
                (place := Path(folder, str(number))).mkdir()
                paths.append(download(text, place))
            else:
                paths.append(Path(text))
        yield paths
