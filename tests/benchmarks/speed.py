"""Time `simulate` as ratios to plain numpy in the same run, and take its peak memory.

Usage: ``python -m tests.benchmarks.speed [--pairs N]``. A benchmark, not a test: run it on a quiet
machine. Times are medians of interleaved pairs, so that a machine that slows down slows both.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping

import numpy as np

from tests.benchmarks.figures import (
    Call,
    Figure,
    installed,
    median_ratio,
    published,
    timed_in_turns,
)
from wh_uncertainty.model import simulate

QUESTION: Mapping[str, str] = {"model": "gpt-oss-120b", "workload": "1k/8k"}
PROCESS_DRAWS, IN_PROCESS_DRAWS, MEMORY_DRAWS = 100_000, 1_000_000, 10_000_000
PROCESS_RATIO_MAX, IN_PROCESS_RATIO_MAX, MEMORY_MAX_MB = 3.0, 12.0, 400.0

_KIB_PER_MB = 1e6 / 1024
BARE = [sys.executable, "-c", "import numpy"]


def measure(pairs: int) -> Iterator[Figure]:
    """Time and memory of `simulate`."""
    # First: a child starts with the peak of the process it was made from.
    peak_mb = peak_memory_mb(command(MEMORY_DRAWS))
    times = timed_in_turns(
        {"ours": run_process(command(PROCESS_DRAWS)), "numpy": run_process(BARE)}, pairs
    )
    what = "process, 100,000 draws / import numpy"
    yield median_ratio(what, times["ours"], times["numpy"], PROCESS_RATIO_MAX)
    times = timed_in_turns({"ours": simulate_in_process, "numpy": draw_lognormals}, pairs)
    what = "1,000,000 draws / 3,000,000 lognormals"
    yield median_ratio(what, times["ours"], times["numpy"], IN_PROCESS_RATIO_MAX)
    yield Figure("peak memory, 10,000,000 draws", peak_mb, "MB", MEMORY_MAX_MB)


def command(draws: int) -> list[str]:
    """Return the installed command asking the question."""
    asked = [word for key, value in QUESTION.items() for word in (f"--{key}", value)]
    return installed("simulate", *asked, "--draws", str(draws))


def run_process(words: list[str]) -> Call:
    """Return a call that runs a command to its end and discards what it says.

    Both sides have their bytecode, as installed packages do: an environment that forbids writing
    it would have a source tree compiled anew in every process, and numpy not.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=environment)


def simulate_in_process() -> object:
    """Draw, and take the quantiles of both estimands."""
    return simulate(QUESTION, draws=IN_PROCESS_DRAWS).quantiles()


def draw_lognormals() -> object:
    """Draw as many times three lognormals, and nothing else."""
    return np.random.default_rng(0).lognormal(size=(IN_PROCESS_DRAWS, 3))


def peak_memory_mb(words: list[str]) -> float:
    """Return the largest resident set of a command (Linux and BSD count in KiB, macOS in bytes)."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: exit code {process.returncode}")
    return usage.ru_maxrss / (1e6 if sys.platform == "darwin" else _KIB_PER_MB)


if __name__ == "__main__":
    published(measure, pairs=15)
