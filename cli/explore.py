"""The command `explore`: a page on this machine that answers while one chooses."""

from typing import Annotated

import typer

from wh_uncertainty.cli.options import (
    PosteriorOption,
    PriorsOption,
    ReleaseOption,
    SeedOption,
    SiteOption,
)
from wh_uncertainty.priors import DEFAULT_RELEASE

__all__ = ["explore"]

PortOption = Annotated[
    int,
    typer.Option(
        min=0,
        max=65535,
        metavar="N",
        help="Port on this machine. [default: a free one]",
        show_default=False,
    ),
]
BrowserOption = Annotated[
    bool, typer.Option("--browser/--no-browser", help="Open the page, or only say where it is.")
]


def explore(
    port: PortOption = 0,
    browser: BrowserOption = True,
    site: SiteOption = None,
    release: ReleaseOption = DEFAULT_RELEASE,
    priors: PriorsOption = None,
    posterior: PosteriorOption = None,
    seed: SeedOption = 0,
) -> None:
    """Serve a web page, to this machine only, that answers while you choose.

    It shows the interval, its density and what makes it wide; its address holds the question.
    Ctrl-C ends it.
    """
    from wh_uncertainty.cli.explorer.question import Knowledge
    from wh_uncertainty.cli.explorer.serving import serve
    from wh_uncertainty.cli.question import measured_site
    from wh_uncertainty.priors import load_catalogue

    catalogue = load_catalogue(release, priors)
    measured = measured_site(site, catalogue, posterior)
    knowledge = Knowledge(catalogue, priors, posterior, seed, site, measured)
    serve(knowledge, port, _open if browser else _say)


def _say(address: str) -> None:
    typer.echo(address)
    typer.echo("Ctrl-C ends it", err=True)


def _open(address: str) -> None:
    import webbrowser
    from threading import Thread

    _say(address)
    # Of its own, because a browser in the terminal would keep the server from starting.
    Thread(target=webbrowser.open, args=(address,), daemon=True).start()
