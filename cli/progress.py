"""How far a command is, on standard error."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(noun: str) -> Generator[Callable[[int, int], None]]:
    """Show how many things are done, and how long the rest will take.

    Parameters
    ----------
    noun : str
        What they are.

    Yields
    ------
    callable
        To be called with how many are done, and how many there are.
    """
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(noun, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
