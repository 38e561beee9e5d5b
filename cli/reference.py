"""The commands as README.md shows them: `python -m wh_uncertainty.cli.reference README.md`.

Writes every command's help between the two marks of the file, so that what is documented is what
is built; a test fails while they differ.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.application import app
from wh_uncertainty.cli.files import write_whole

__all__ = ["command_helps", "with_reference"]

_START, _END = "<!-- commands -->\n", "<!-- /commands -->\n"
_WIDTH = 78  # as the script writes where no terminal tells its width


def command_helps() -> dict[str, str]:
    """Return the help of every command.

    Returns
    -------
    dict of str
        By the words that call it, ``wh-uncertainty list models``.
    """
    from typer.main import get_command  # Typer exports the object behind an app only there

    return dict(_helps(get_command(app), "wh-uncertainty", None))


def with_reference(readme: str) -> str:
    """Return a README whose reference is up to date.

    Parameters
    ----------
    readme : str
        With both marks, each on a line.

    Returns
    -------
    str
    """
    before, _, rest = readme.partition(_START)
    _, _, after = rest.partition(_END)
    blocks = (f"### `{name}`\n\n```text\n{text}\n```\n" for name, text in command_helps().items())
    return f"{before}{_START}\n{'\n'.join(blocks)}\n{_END}{after}"


def _helps(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    last = name.rpartition(" ")[2]
    settings = {"resilient_parsing": True, "terminal_width": _WIDTH}
    with command.make_context(last, [], parent=parent, **settings) as context:
        parts = getattr(command, "commands", {})
        if not parts:
            yield name, command.get_help(context).strip()
        for part, subcommand in parts.items():
            yield from _helps(subcommand, f"{name} {part}", context)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    write_whole(path, with_reference(path.read_text("utf-8")).encode())
