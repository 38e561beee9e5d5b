"""What is wrong with a request log, in one line, and without anybody's password."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from urllib.parse import parse_qsl, unquote, urlsplit

from wh_uncertainty.cli.ending import ended_by

__all__ = ["RequestLogError", "redacted", "reported", "secrets_of"]

_SHOWN_CHARACTERS = 300
# How DuckDB begins the lines in which it says what is wrong with one of a CSV file.
_CAUSES = ("Expected Number of Columns", "Error when converting", "Value with unterminated")


class RequestLogError(ValueError):
    """A request log cannot be accounted; names the file or table, the fault and the remedy."""


def redacted(url: str) -> str:
    """Return a database's address without who may enter it: no user, password or options."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{place}{parts.path}"


def secrets_of(url: str) -> tuple[str, ...]:
    """List the texts of an address that must not be shown, the longest first."""
    parts = urlsplit(url)
    entry = parts.netloc.rpartition("@")[0]
    password = entry.partition(":")[2]
    options = [value for _, value in parse_qsl(parts.query)]
    found = {url, entry, password, unquote(password), parts.query, *options}
    return tuple(sorted(filter(None, found), key=len, reverse=True))


@contextmanager
def reported(what: str, remedy: str, secrets: Sequence[str] = ()) -> Generator[None]:
    """Turn whatever an engine raises into one line.

    Every engine and driver has errors of its own, which may quote the address it was given.

    Parameters
    ----------
    what : str
        The file or table, as it may be shown.
    remedy : str
    secrets : sequence of str
        To be left out.

    Raises
    ------
    RequestLogError
    SystemExit
        A signal ended the process, which an engine tells as an error of its own.
    """
    try:
        yield
    except RequestLogError:
        raise
    except Exception as error:
        if (number := ended_by()) is not None:
            raise SystemExit(128 + number) from None
        words = str(error).strip() or type(error).__name__
        for secret in secrets:
            words = words.replace(secret, "***")
        first, *rest = words.splitlines()
        causes = [part for part in rest if part.startswith(_CAUSES)]
        line = "; ".join((first, *causes)).rstrip(" .:")[:_SHOWN_CHARACTERS]
        raise RequestLogError(f"{what}: {line}; {remedy}") from None
