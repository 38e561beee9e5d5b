"""The command `account`: a log of requests in, its energy, carbon and cost out."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wh_uncertainty.cli.files import OutputError, check_distinct, check_folder, emit, write_whole
from wh_uncertainty.cli.options import (
    PosteriorOption,
    PriorsOption,
    ReleaseOption,
    SeedOption,
    SiteOption,
    UsageError,
    draws_up_to,
)
from wh_uncertainty.cli.render import Format, to_csv
from wh_uncertainty.priors import DEFAULT_RELEASE

if TYPE_CHECKING:
    from wh_uncertainty.cli.accounting.request_log import RequestLog

__all__ = ["account"]

RequestsOption = Annotated[
    list[str],
    typer.Option(
        "--requests",
        metavar="PATH|URL",
        help="Parquet, CSV or JSONL; paths and globs, several times; or a database's address, "
        "env:NAME to take it from the environment.",
    ),
]
MapOption = Annotated[
    str,
    typer.Option(
        "--map",
        metavar="MAP",
        help="What columns mean: a TOML file, or otel|otlp|openai|vllm|litellm.",
    ),
]
TableOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Of the database, as it spells it.")
]
SparkOption = Annotated[
    str | None,
    typer.Option(metavar="MASTER", help="Read the files with Spark: local[2], yarn, spark://..."),
]
UnknownOption = Annotated[
    str,
    typer.Option(
        metavar="error|exclude|widest",
        help="What becomes of models that nothing is known of; widest: any known one, each as "
        "likely.",
    ),
]
RejectedOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="List rejected rows there, as .csv, a million at most; those of excluded models "
        "are not among them.",
    ),
]
DrawsOption = Annotated[int, draws_up_to(100_000)]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        metavar="table|json|csv",
        help="How standard output is written. [default: table]",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write there, as .parquet, .csv or .json."),
]

_MOST_REJECTED_LISTED = 1_000_000
_LONGEST_NUMBER = 20
_REJECTED_KEYS = (
    *("reason", "file", "row", "model"),
    *("found_input_tokens", "found_output_tokens", "found_cached_tokens"),
)


def account(
    requests: RequestsOption,
    map_: MapOption,
    table: TableOption = None,
    spark: SparkOption = None,
    unknown: UnknownOption = "error",
    rejected: RejectedOption = None,
    site: SiteOption = None,
    release: ReleaseOption = DEFAULT_RELEASE,
    priors: PriorsOption = None,
    posterior: PosteriorOption = None,
    draws: DrawsOption = 20_000,
    seed: SeedOption = 0,
    form: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Energy, carbon and cost of a request log, of any size, in one pass."""
    _check_options(unknown, output, rejected, form)
    from wh_uncertainty.cli.accounting.answer import answer
    from wh_uncertainty.cli.accounting.attribution import Unknown, attributed
    from wh_uncertainty.cli.accounting.request_log import open_log
    from wh_uncertainty.cli.accounting.request_map import read_request_map
    from wh_uncertainty.model.accounts.request_account import account as account_services
    from wh_uncertainty.model.accounts.services import modelled, services_of
    from wh_uncertainty.priors import load_catalogue

    meaning, catalogue = read_request_map(map_, site), load_catalogue(release, priors)
    with (
        _said("accounting"),
        closing(open_log(requests, meaning, table=table, spark=spark)) as log,
    ):
        read = log.read()
        served = modelled(catalogue, posterior)
        found = attributed(read, meaning, catalogue, Unknown(unknown), served)
        services = services_of(
            found.totals,
            found.sites,
            catalogue,
            counts_cache=read.cache_unknown < found.requests,
            stand_ins=served,
            posterior_dir=posterior,
        )
        result = answer(log, read, found, account_services(services, draws=draws, seed=seed))
        listed = None if rejected is None else _rejected_csv(log)
    if rejected is not None and listed is not None:
        write_whole(rejected, listed.encode())
    _write(result, output, form or Format.TABLE)
    if output is not None:
        from wh_uncertainty.cli.account_report import rows_words

        typer.echo(f"{output}: {rows_words(result['requests'])}", err=True)


def _check_options(
    unknown: str, output: Path | None, rejected: Path | None, form: Format | None
) -> None:
    if unknown not in ("error", "exclude", "widest"):
        raise UsageError(f"--unknown {unknown}: must be error, exclude or widest")
    if output is not None and form is not None:
        raise UsageError("--format is for standard output; the end of --output's name says enough")
    check_distinct(output, rejected)
    for path, kinds in ((output, (".parquet", ".csv", ".json")), (rejected, (".csv",))):
        if path is None:
            continue
        if path.suffix.lower() not in kinds:
            raise OutputError(f"{path}: ends with {' or '.join(kinds)}; change the end of its name")
        check_folder(path)


@contextmanager
def _said(what: str) -> Generator[None]:
    """Show on standard error what is under way, and for how long."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        bar.add_task(what, total=None)
        yield


def _rejected_csv(log: "RequestLog") -> str:
    rows = log.rejected(_MOST_REJECTED_LISTED)
    return to_csv(_REJECTED_KEYS, [[_found(row[key]) for key in _REJECTED_KEYS] for row in rows])


def _found(value: str | None) -> str | int | None:
    """Return a whole number as one: of a text that begins with a sign spreadsheets are kept."""
    if value is not None and value.removeprefix("-").isdecimal() and len(value) < _LONGEST_NUMBER:
        return int(value)
    return value


def _write(result: dict[str, Any], output: Path | None, form: Format) -> None:
    from wh_uncertainty.cli.account_report import render_account

    if output is not None and output.suffix.lower() == ".parquet":
        from wh_uncertainty.cli.accounting.answer import tidy_parquet

        write_whole(output, tidy_parquet(result))
        return
    if output is not None:
        form = Format.JSON if output.suffix.lower() == ".json" else Format.CSV
    emit(render_account(result, form), output)
