"""The command wh-uncertainty: its parts and the one error boundary."""

import sys
from typing import Annotated

import typer

from wh_uncertainty.cli.commands import CommandGroup

__all__ = ["app", "run"]

_NAME = "wh-uncertainty"
_ERRORS = (
    ("wh_uncertainty.priors.spec", "PriorError"),
    ("wh_uncertainty.model.token_lengths.lengths", "WorkloadError"),
    ("wh_uncertainty.model.observation_schema", "ObservationError"),
    ("wh_uncertainty.model.posterior", "PosteriorError"),
    ("wh_uncertainty.model.names", "ScenarioError"),
    ("wh_uncertainty.model.metering.series", "MeterError"),
    ("wh_uncertainty.model.fit", "FitError"),
    ("wh_uncertainty.model.fitting.diagnostics", "ConvergenceError"),
    ("wh_uncertainty.model.validate", "ValidationError"),
    ("wh_uncertainty.model.analyses.sweep", "SweepError"),
    ("wh_uncertainty.cli.files", "OutputError"),
    ("wh_uncertainty.cli.accounting.faults", "RequestLogError"),
    ("wh_uncertainty.cli.explorer.serving", "ServingError"),
)

# Plain help: the same text goes into the README, and rich costs more to import than it gives.
app = typer.Typer(
    name=_NAME,
    cls=CommandGroup,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"{_NAME} {version(_NAME)}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(  # pyright: ignore[reportUnusedFunction]
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")
    ] = False,
) -> None:
    """Watt-hours per query of a large language model, as an interval."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


def run() -> int:
    """Run the command line; the only place that catches errors and turns them into words.

    Returns
    -------
    int
        The exit code.
    """
    try:
        code: object = app(prog_name=_NAME, standalone_mode=False)
    except typer.TyperException as error:  # the command line was wrong
        _say(error.format_message() + _where_help_is(error))
        return error.exit_code
    except _project_errors() as error:
        _say(str(error))
        return 1
    return code if isinstance(code, int) else 0


def _project_errors() -> tuple[type[Exception], ...]:
    """Return our own error types; one whose module was never imported cannot have been raised."""
    return tuple(getattr(sys.modules[home], name) for home, name in _ERRORS if home in sys.modules)


def _where_help_is(error: typer.TyperException) -> str:
    context: typer.Context | None = getattr(error, "ctx", None)
    return "" if context is None else f" (see `{context.command_path} --help`)"


def _say(message: str) -> None:
    from wh_uncertainty.cli.layout import printable

    print(f"{_NAME}: error: {printable(message)}", file=sys.stderr)
