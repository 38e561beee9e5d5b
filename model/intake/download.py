"""One file from the web, when the user allows it: encrypted, of bounded size, in bounded time."""

from __future__ import annotations

import ipaddress
import re
import time
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from wh_uncertainty.model.intake.limits import MAX_ARCHIVE_BYTES, mib
from wh_uncertainty.model.observation_schema import ObservationError

__all__ = ["download", "is_address"]

_CHUNK_BYTES = 2**20
_SILENCE_S = 30.0  # without a byte
_TOTAL_S = 900.0  # a gigabyte at 10 Mbit/s
_SHOWN_CHARS = 100


def is_address(text: str) -> bool:
    """Whether an argument names a web address and not a path."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text) is not None


def download(
    address: str, folder: Path, most_bytes: int = MAX_ARCHIVE_BYTES, total_s: float = _TOTAL_S
) -> Path:
    """Fetch a file.

    Parameters
    ----------
    address : str
        ``https``; plain ``http`` only to this very machine, where nobody can listen in. The same
        holds for wherever the server redirects to.
    folder : Path
        Where it goes, under a name made of host and path.
    most_bytes : int
    total_s : float
        Time until the last byte [s].

    Returns
    -------
    Path

    Raises
    ------
    ObservationError
        Not allowed, not reachable, too large or too slow.
    """
    _check(address)
    target = folder / _name(address)
    handlers = [_CheckedRedirects(), *([ProxyHandler({})] if _is_loopback(address) else [])]
    request = Request(address, headers={"User-Agent": "wh-uncertainty", "Accept": "*/*"})
    until = time.monotonic() + total_s
    try:
        with (
            build_opener(*handlers).open(request, timeout=_SILENCE_S) as answer,
            target.open("wb") as file,
        ):
            _copy(address, answer, file, most_bytes, until)
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(error, ObservationError):
            raise
        if isinstance(error, HTTPError):
            error.close()
            reason = f"answers {error.code} {error.reason}"
        else:
            reason = str(error.reason) if isinstance(error, URLError) else str(error)
        raise ObservationError(f"{_shown(address)}: {reason or 'no answer'}; try later") from error
    return target


def _copy(
    address: str, answer: HTTPResponse, file: IO[bytes], most_bytes: int, until: float
) -> None:
    copied = 0
    while chunk := answer.read1(_CHUNK_BYTES):  # what is there: a trickle must not outlast `until`
        copied += len(chunk)
        if copied > most_bytes:
            raise ObservationError(f"{_shown(address)}: over {mib(most_bytes)}B; ask for less")
        if time.monotonic() > until:
            raise ObservationError(f"{_shown(address)}: too slow; download it another way")
        file.write(chunk)


def _check(address: str) -> None:
    if urlsplit(address).scheme != "https" and not _is_loopback(address):
        raise ObservationError(f"{_shown(address)}: only https is fetched; use an https address")


def _is_loopback(address: str) -> bool:
    parts = urlsplit(address)
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:  # a name may lead anywhere
        return False


def _name(address: str) -> str:
    parts = urlsplit(address)
    return re.sub(r"[^A-Za-z0-9.-]+", "_", f"{parts.hostname}{parts.path}")[:_SHOWN_CHARS]


def _shown(address: str) -> str:
    return address if len(address) <= _SHOWN_CHARS else f"{address[:_SHOWN_CHARS]}..."


class _CheckedRedirects(HTTPRedirectHandler):
    """Follows only to where one could have asked directly."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        try:
            _check(newurl)
            if _is_loopback(newurl) and not _is_loopback(req.full_url):
                raise ObservationError(
                    f"{_shown(newurl)}: a redirect to this machine, not followed"
                )
        except ObservationError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)
