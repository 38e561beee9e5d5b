"""What ``dcgmi dmon -e 155,156`` prints: power [W] and an energy counter [mJ] for each GPU.

Columns are separated by blanks, and two lines of header repeat. It prints no time: a line may begin
with one that a tool such as ``ts`` put there, else samples are taken at a stated step.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TextIO

from wh_uncertainty.model.files.bounded import lines_within
from wh_uncertainty.model.metering.cells import Quantity, instant_s, reading
from wh_uncertainty.model.metering.series import Finding, MeterError, PowerLog, Samples

__all__ = ["is_dcgm", "read_dcgm"]

_COLUMNS = {
    "power": Quantity("power", 1.0, stated=True),
    "powr": Quantity("power", 1.0, stated=True),
    "totec": Quantity("counter", 1e-3, stated=True),
}
_HEADER = re.compile(r"(?P<time>.*?)#\s?Entity\s+(?P<names>.+)")
_SAMPLE = re.compile(r"(?P<time>.*?)\b(?P<device>GPU(?:-I|-CI)?\s+\d+)\s+(?P<cells>.+)")


def is_dcgm(first_lines: Iterable[str]) -> bool:
    """Whether a file begins as dcgmi dmon does."""
    return any(_HEADER.match(line) for line in first_lines)


def read_dcgm(name: str, text: TextIO, step_s: float | None) -> PowerLog:
    """Read what dcgmi dmon printed.

    Parameters
    ----------
    name : str
        Of the file, for errors.
    text : text stream
    step_s : float or None
        Time between two samples of a device, where lines have no time of their own [s].

    Returns
    -------
    PowerLog

    Raises
    ------
    MeterError
        Neither power nor energy is among the columns, a cell is none, or no time is known.
    """
    samples, names, seen = Samples(name), list[str](), Counter[str]()
    for number, line in enumerate(lines_within(text), start=1):
        if header := _HEADER.match(line):
            names = header["names"].lower().split()
            if not _COLUMNS.keys() & set(names):
                raise MeterError(f"{name}: neither POWER nor TOTEC; record fields 155 and 156")
        elif (sample := _SAMPLE.match(line)) and names:
            device = " ".join(sample["device"].split())
            place = f"{name} line {number}"
            time_s = _time_s(place, sample["time"].strip(), step_s, seen[device])
            seen[device] += 1
            _add(samples, place, device, time_s, dict(zip(names, sample["cells"].split())))  # noqa: B905
    timed = step_s is None
    findings = () if timed else (_without_clock(step_s),)
    return samples.log("dcgmi dmon log", at_boards=True, findings=findings)


def _time_s(place: str, text: str, step_s: float | None, sample: int) -> float:
    if step_s is not None:
        return sample * step_s
    try:
        return instant_s(text)
    except (ValueError, OverflowError):
        raise MeterError(
            f"{place}: no time before the sample; give the time between samples with --step, or "
            "record through a tool that puts a time before each line"
        ) from None


def _add(samples: Samples, place: str, device: str, time_s: float, cells: dict[str, str]) -> None:
    for column, quantity in _COLUMNS.items():
        if column in cells:
            try:
                value = reading(cells[column], quantity)
            except ValueError as error:
                raise MeterError(
                    f"{place} [{column.upper()}]: {cells[column][:40]!r} is no reading ({error}); "
                    "drop the line"
                ) from None
            samples.add(device, quantity.kind, time_s, value)


def _without_clock(step_s: float | None) -> Finding:
    return Finding(
        "no_clock", f"the log has no clock: samples are taken {step_s:g} s apart, from 0 on"
    )
