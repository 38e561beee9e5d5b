"""Runs a command in this process, and says what is wrong with what came of it."""

import io
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from command_cases import Case
from command_output import file_faults, text_faults

from wh_uncertainty.cli.main import main

LONGEST_S = 120
_ERROR = "wh-uncertainty: error: "
#: Commands that exit with 1 to say that something is wrong with what was asked about.
_VERDICTS = (("priors", "check"), ("observations", "check"))


class Late(BaseException):
    """A command does not come to an end; no `except Exception` may hold it up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did.

    Parameters
    ----------
    code : int or None
        None if it raised instead.
    faults : tuple of str
        What must not be; empty if all is well.
    said : str
        The last line on standard error.
    """

    code: int | None
    faults: tuple[str, ...]
    said: str


def run_case(case: Case, folder: Path) -> Outcome:
    """Run a command in an empty folder.

    Parameters
    ----------
    case : Case
    folder : Path

    Returns
    -------
    Outcome
    """
    for name, content in case.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    for name in ("out", "tmp"):
        (folder / name).mkdir()
    before = _listed(folder)
    with _captured() as (out, err), _within(folder):
        try:
            code: int | None = main_with(case.words)
            faults: list[str] = []
        except Late:
            code, faults = None, [f"not done after {LONGEST_S} s"]
        except BaseException:
            code, faults = None, [traceback.format_exc()]
    stdout, stderr = out.getvalue().decode(), err.getvalue().decode()
    if code is not None:
        faults += _spoken(case, code, stdout, stderr)
        faults += text_faults(stdout, _form(case)) if code == 0 else []
    faults += _left_behind(folder, before, code, case)
    return Outcome(code, tuple(faults), stderr.rstrip("\n").rpartition("\n")[2])


def main_with(words: tuple[str, ...]) -> int:
    """Run the command line with an end in sight."""

    def late(*_: object) -> None:
        raise Late

    before, handler = sys.argv, signal.signal(signal.SIGALRM, late)
    sys.argv = ["wh-uncertainty", *words]
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    try:
        return main()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        sys.argv = before


@contextmanager
def _captured() -> Generator[tuple[io.BytesIO, io.BytesIO]]:
    """Give the command streams of its own, as a terminal of UTF-8 has them."""
    out, err, before = io.BytesIO(), io.BytesIO(), (sys.stdout, sys.stderr)
    sys.stdout = io.TextIOWrapper(out, "utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(err, "utf-8", "backslashreplace", write_through=True)
    kept = sys.stdout, sys.stderr
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = before
        for stream in kept:
            stream.flush()
            stream.detach()


@contextmanager
def _within(folder: Path) -> Generator[None]:
    """Work in a folder, and keep what is temporary in it too."""
    before, temporary = Path.cwd(), tempfile.tempdir
    os.chdir(folder)
    tempfile.tempdir = str(folder / "tmp")
    try:
        yield
    finally:
        os.chdir(before)
        tempfile.tempdir = temporary


def _spoken(case: Case, code: int, stdout: str, stderr: str) -> Iterator[str]:
    """Require an answer, or one line that says why there is none."""
    last = stderr.rstrip("\n").rpartition("\n")[2]
    if code not in (0, 1, 2):
        yield f"exit code {code}"
    if "Traceback" in stderr or "Traceback" in stdout:
        yield f"traceback: {stderr}"
    if code == 0 and _ERROR in stderr:
        yield f"exit code 0 with an error: {last}"
    verdict = code == 1 and case.words[:2] in _VERDICTS and stdout
    if code != 0 and not verdict:
        if stderr.count(_ERROR) != 1 or not last.startswith(_ERROR):
            yield f"exit code {code} without one line of error: {stderr!r:.400}"
        elif len(last.removeprefix(_ERROR)) < 12 or not last.removeprefix(_ERROR).strip():
            yield f"an error that says nothing: {last!r}"


def _form(case: Case) -> str:
    """Return the form of standard output; what was asked for last counts."""
    if case.words[0] == "schema":
        return "schema"
    forms = [word.partition("=")[2] for word in case.words if word.startswith("--format=")]
    return forms[-1] if forms else "table"


def _left_behind(
    folder: Path, before: frozenset[str], code: int | None, case: Case
) -> Iterator[str]:
    """Require that only what was asked for is there, and whole."""
    for name in sorted(_listed(folder) - before):
        if not _asked_for(name, case):
            yield f"left behind: {name}"
        elif code != 0 and not name.endswith(".rejected.csv"):
            yield f"written though the exit code is {code}: {name}"
        else:
            yield from file_faults(folder / name)


def _asked_for(name: str, case: Case) -> bool:
    values = [word.partition("=")[2] for word in case.words if word.startswith("--")]
    asked = {os.path.normpath(value) for value in values if value}
    asked |= {f"{os.path.splitext(value)[0]}.rejected.csv" for value in asked}
    return name in asked


def _listed(folder: Path) -> frozenset[str]:
    return frozenset(str(path.relative_to(folder)) for path in folder.rglob("*"))
