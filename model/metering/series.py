"""What is common to all power logs: samples of each device on one clock, and what was odd."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Finding", "Kind", "MeterError", "PowerLog", "Samples", "Series", "Window"]

Floats = NDArray[np.float64]
Kind = Literal["power", "counter"]

#: Eight devices every second for more than a week; a file with more is sampled down by its owner.
MAX_SAMPLES = 5_000_000
MAX_DEVICES = 10_000
#: Over the 95th percentile of a device's power: no load does that.
SPIKE = 20.0


class MeterError(ValueError):
    """A measurement cannot be used; names the file, the place, the rule and the remedy."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a reader of the measurement has to know.

    Parameters
    ----------
    code, message : str
    """

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time.

    Parameters
    ----------
    start_s, end_s : float
        Since 1970 if the clock of the log is a calendar's [s].
    """

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Length [s]."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Samples of one device, by rising time.

    Parameters
    ----------
    device : str
    kind : {"power", "counter"}
    time_s : ndarray of shape (sample,)
    value : ndarray of shape (sample,)
        Power [W], or the reading of an energy counter [J].
    """

    device: str
    kind: Kind
    time_s: Floats
    value: Floats

    @property
    def step_s(self) -> float:
        """Median time between two samples [s]."""
        return float(np.median(np.diff(self.time_s)))


@dataclass(frozen=True, slots=True, eq=False)
class PowerLog:
    """A power log that was read.

    Parameters
    ----------
    name : str
        Of the file.
    words : str
        What kind of log it is.
    at_boards : bool
        Whether such a log can only come from the GPU boards.
    series : tuple of Series
    findings : tuple of Finding
    """

    name: str
    words: str
    at_boards: bool
    series: tuple[Series, ...]
    findings: tuple[Finding, ...]

    @property
    def span(self) -> Window:
        """The time that all devices have in common."""
        return Window(
            max(float(s.time_s[0]) for s in self.series),
            min(float(s.time_s[-1]) for s in self.series),
        )


@dataclass(slots=True)
class Samples:
    """Samples while they are read, as pairs of time and value; `name` is the file's, for errors."""

    name: str
    kept: dict[tuple[str, Kind], array[float]] = field(
        default_factory=dict[tuple[str, Kind], "array[float]"]
    )
    count: int = 0
    missing: int = 0

    def add(self, device: str, kind: Kind, time_s: float, value: float) -> None:
        """Keep a sample; a value that is none is only counted."""
        if np.isnan(value):
            self.missing += 1
            return
        self.count += 1
        if self.count > MAX_SAMPLES:
            raise MeterError(
                f"{self.name}: more than {MAX_SAMPLES:,} samples; keep fewer per minute, or a part"
            )
        self.kept.setdefault((device, kind), array("d")).extend((time_s, value))
        if len(self.kept) > MAX_DEVICES:
            raise MeterError(f"{self.name}: more than {MAX_DEVICES:,} devices; split the file")

    def log(self, words: str, *, at_boards: bool, findings: Iterable[Finding] = ()) -> PowerLog:
        """Put every device's samples in order.

        Raises
        ------
        MeterError
            No device has two samples.
        """
        found = list(findings)
        if self.missing:
            found.append(Finding("missing", f"{self.missing:,} samples without a value left out"))
        series = [_series(key, pairs, found) for key, pairs in sorted(self.kept.items())]
        usable = tuple(s for s in series if len(s.time_s) > 1)
        for lost in {s.device for s in series} - {s.device for s in usable}:
            found.append(Finding("single_sample", f"{lost}: one sample is no series; left out"))
        if not usable:
            raise MeterError(f"{self.name}: no device has two samples of power or energy")
        return PowerLog(self.name, words, at_boards, usable, tuple(found))


def _series(key: tuple[str, Kind], pairs: array[float], found: list[Finding]) -> Series:
    """Sort by time; samples of one instant, as of a clock of whole seconds, are averaged."""
    device, kind = key
    columns: Floats = np.frombuffer(pairs, dtype=np.float64).reshape(-1, 2)
    time, value = columns[:, 0], columns[:, 1]
    if (np.diff(time) < 0).any():
        found.append(Finding("unordered", f"{device}: samples were not in the order of time"))
    instants: Floats = np.unique(time)
    if len(instants) < len(time):
        double = len(time) - len(instants)
        found.append(Finding("double", f"{device}: {double:,} samples share an instant; averaged"))
    if kind == "power" and (value > SPIKE * np.quantile(value, 0.95)).any() and value.any():
        words = f"{device}: a sample of {value.max():,.4g} W is more than {SPIKE:g} times what all"
        found.append(Finding("spike", f"{words} but a twentieth stay below; correct or drop it"))
    at = np.searchsorted(instants, time)
    return Series(device, kind, instants, np.bincount(at, weights=value) / np.bincount(at))
