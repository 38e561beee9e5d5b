"""What a benchmark measures: figures beside what is asked for, as lines or as JSON."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

__all__ = [
    "Figure",
    "installed",
    "machine",
    "median_ratio",
    "peak_of_processes",
    "published",
    "timed_in_turns",
]

Call = Callable[[], object]

_SAMPLING_S = 0.05
_LIBRARIES = ("numpy", "scipy", "pymc", "duckdb", "ibis-framework")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement.

    Parameters
    ----------
    what : str
    value : float
    unit : str
        ``x`` for a ratio.
    at_most : float or None
        What is asked for; None where a figure only says how another one came about.
    note : str
    """

    what: str
    value: float
    unit: str
    at_most: float | None = None
    note: str = ""

    def line(self) -> str:
        """Return a line of a table."""
        asked = "" if self.at_most is None else f"at most {self.at_most:,g} {self.unit}"
        verdict = "" if self.at_most is None or self.value <= self.at_most else "MISSED"
        shown = f"{self.value:,.{_decimals(self.value)}f} {self.unit}"
        return f"{self.what:58} {shown:>12}   {asked:18} {verdict:6} {self.note}".rstrip()


def _decimals(value: float) -> int:
    return 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 5


def published(measure: Callable[..., Iterable[Figure]], **options: int) -> None:
    """Measure as the command line asks, and print a line for each figure, or JSON.

    Parameters
    ----------
    measure : callable
        Takes the options by name.
    **options : int
        Their defaults.
    """
    parser = argparse.ArgumentParser(description=measure.__doc__)
    parser.add_argument("--json", action="store_true", help="for `python -m tests.benchmarks`")
    for name, default in options.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    given = vars(parser.parse_args())
    as_json = given.pop("json")
    found: list[dict[str, Any]] = []
    for figure in measure(**given):
        if as_json:
            found.append(asdict(figure))
        else:
            print(figure.line(), flush=True)
    if as_json:
        print(json.dumps(found))


def installed(*words: str) -> list[str]:
    """Return the installed command with these words; from a source tree, its module."""
    script = Path(sys.executable).with_name("wh-uncertainty")
    start = [str(script)] if script.exists() else [sys.executable, "-m", "wh_uncertainty.cli.main"]
    return [*start, *words]


def timed_in_turns(calls: Mapping[str, Call], rounds: int) -> dict[str, list[float]]:
    """Time calls one after the other, again and again, after one round to warm caches [s].

    What else the machine does meanwhile meets all of them.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return {name: taken[1:] for name, taken in times.items()}


def median_ratio(what: str, ours: list[float], base: list[float], at_most: float) -> Figure:
    """Return the ratio of medians, with both and the quartiles of the ratios of pairs."""
    ratios = sorted(one / other for one, other in zip(ours, base, strict=True))
    low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
    taken = f"{median(ours) * 1e3:,.0f} / {median(base) * 1e3:,.0f} ms"
    note = f"({taken}; half of {len(ratios)} pairs in {low:.2f}-{high:.2f})"
    return Figure(what, median(ours) / median(base), "x", at_most, note)


def peak_of_processes(words: list[str]) -> tuple[float, float]:
    """Return how long a command took [s] and the most that it and its children held [MB].

    Resident sets are added up, shared pages as often as they are shared.
    """
    psutil: Any = import_module("psutil")
    start, peak, quiet = time.perf_counter(), 0, subprocess.DEVNULL
    with subprocess.Popen(words, stdout=quiet, stderr=quiet) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _resident_bytes(psutil, root))
            time.sleep(_SAMPLING_S)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: exit code {process.returncode}")
    return time.perf_counter() - start, peak / 1e6


def _resident_bytes(psutil: Any, root: Any) -> int:
    """Add up what a process and its descendants hold; those that end meanwhile hold nothing."""
    total = 0
    try:
        for process in (root, *root.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        return total
    return total


def machine() -> list[str]:
    """Say on what the figures were measured."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return [
        f"{os.cpu_count()} cores ({_processor()}), {memory_gb:.0f} GB, {platform.platform()}",
        f"Python {platform.python_version()}, {libraries}; load before {load}",
    ]


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.is_file():
        for line in described.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
