"""The command `schema`: what the JSON of other commands looks like, as JSON Schema."""

from importlib.resources import files
from typing import Annotated

import typer

from wh_uncertainty.cli.files import check_targets, emit
from wh_uncertainty.cli.options import OutputOption, UsageError

__all__ = ["SCHEMAS", "schema", "schema_text"]

#: Names of the schemas that ship with the package.
SCHEMAS = ("simulation", "briefing", "sustainability")

NameArgument = Annotated[
    str, typer.Argument(metavar="simulation|briefing|sustainability", help="Whose JSON.")
]


def schema(name: NameArgument = "sustainability", output: OutputOption = None) -> None:
    """JSON Schema of `simulate --format json` and `report --json`.

    Draft 2020-12, each complete in itself: nothing has to be fetched to validate with it.
    """
    if name not in SCHEMAS:
        raise UsageError(f"schema {name!r}: must be one of {', '.join(SCHEMAS)}")
    check_targets(output)
    emit(schema_text(name), output)


def schema_text(name: str) -> str:
    """Read a schema.

    Parameters
    ----------
    name : str
        One of `SCHEMAS`.

    Returns
    -------
    str
        JSON.
    """
    package = files(__package__)
    return package.joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
