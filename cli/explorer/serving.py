"""A server on this machine's own address, until it is interrupted."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import uvicorn

from wh_uncertainty.cli.explorer.question import Knowledge
from wh_uncertainty.cli.explorer.server import create_app

__all__ = ["ADDRESS", "ServingError", "serve"]

#: Of this machine alone; nothing outside reaches it.
ADDRESS = "127.0.0.1"
_PRINT_SCRIPT = """
import sys
from wh_uncertainty.cli.charts.vega import script
sys.stdout.reconfigure(encoding="utf-8")
sys.stdout.write(script())
"""
_PATIENCE_S = 2  # for answers under way when the server is interrupted


class ServingError(OSError):
    """The server cannot start; names the port, the reason and the remedy."""


def serve(knowledge: Knowledge, port: int, announce: Callable[[str], None]) -> None:
    """Serve the page until interrupted.

    Parameters
    ----------
    knowledge : Knowledge
    port : int
        0 takes a free one.
    announce : callable
        Told the page's address as soon as it can be opened.

    Raises
    ------
    ServingError
        The port cannot be had.
    PosteriorError
        There is nothing to ask about.
    """
    with _listening(port) as listener, ThreadPoolExecutor(1) as beside:
        found = listener.getsockname()[1]
        hosts = frozenset(f"{name}:{found}" for name in (ADDRESS, "localhost"))
        app = create_app(knowledge, hosts, beside.submit(_script_elsewhere).result)
        config = uvicorn.Config(
            app,
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE_S,
        )
        server = _Server(config, lambda: announce(f"http://{ADDRESS}:{found}/"))
        with suppress(KeyboardInterrupt):  # which ends the server, as it is meant to
            server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says when it can be asked: not before Ctrl-C has come to mean an orderly end."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((ADDRESS, port))
    except OSError as error:
        raise ServingError(
            f"port {port}: cannot be used ({error.strerror}); leave --port out to take a free one"
        ) from error


def _script_elsewhere() -> str:
    """Make the charts' script in another process: this one would answer nothing for a second."""
    words = [sys.executable, "-P", "-c", _PRINT_SCRIPT]
    done = subprocess.run(words, check=True, capture_output=True, encoding="utf-8")
    return done.stdout
