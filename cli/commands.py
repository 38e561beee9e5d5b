"""The commands by name; a module is imported when its command is asked for.

Starting `simulate` then pays for no other command, however many there come to be. Only the help
of the whole program, which shows a line of each, imports them all.
"""

from collections import UserDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command  # Typer exports the object behind an app only there

__all__ = ["COMMANDS", "CommandGroup"]

#: In the order of the help: module, and the function or Typer app in it.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "simulate": ("simulate", "simulate"),
    "compare": ("compare", "compare"),
    "sensitivity": ("sensitivity", "sensitivity"),
    "disclosure": ("disclosure", "disclosure"),
    "sweep": ("sweep", "sweep"),
    "explore": ("explore", "explore"),
    "report": ("report", "report"),
    "measure": ("measure", "measure"),
    "schema": ("schema", "schema"),
    "fit": ("fit", "fit"),
    "validate": ("validate", "validate"),
    "list": ("listing", "app"),
    "priors": ("priors", "app"),
    "observations": ("observations", "app"),
}


class CommandGroup(TyperGroup):
    """The group of all commands."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands(COMMANDS)


class _Commands(UserDict[str, Any]):
    """Where each command is, by its name; looked up, it is the command."""

    def __getitem__(self, name: str) -> Any:
        module, part = super().__getitem__(name)
        return _command(name, getattr(import_module(f"wh_uncertainty.cli.{module}"), part))


def _command(name: str, part: Any) -> Any:
    """Return what Typer makes of a function or of an app with commands of its own."""
    holder = typer.Typer(add_completion=False, rich_markup_mode=None)
    holder.callback()(lambda: None)  # makes it a group, of a single command too
    if isinstance(part, typer.Typer):
        holder.add_typer(part, name=name)
    else:
        holder.command(name)(part)
    group: Any = get_command(holder)
    return group.commands[name]
