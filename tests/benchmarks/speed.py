"""Print how fast `simulate` is, as ratios to plain numpy in the same run, and its peak memory.

Usage: ``python tests/benchmarks/speed.py [--pairs N]``. A benchmark, not a test: run it on a quiet
machine. Times are medians of interleaved pairs, so that a machine that slows down slows both.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

import numpy as np

from wh_uncertainty.model import simulate

QUESTION: Mapping[str, str] = {"model": "gpt-oss-120b", "workload": "1k/8k"}
PROCESS_DRAWS, IN_PROCESS_DRAWS, MEMORY_DRAWS = 100_000, 1_000_000, 10_000_000
PROCESS_RATIO_MAX, IN_PROCESS_RATIO_MAX, MEMORY_MAX_MB = 3.0, 12.0, 400.0

_KIB_PER_MB = 1e6 / 1024


def main() -> None:
    """Measure and print one line per requirement."""
    parser = argparse.ArgumentParser(description="Time and memory of `simulate`.")
    parser.add_argument("--pairs", type=int, default=15, help="at least 11")
    pairs = max(parser.parse_args().pairs, 11)
    # First: a child starts with the peak of the process it was made from.
    peak_mb = peak_memory_mb(command(MEMORY_DRAWS))
    ours, numpys = interleaved_s(run_process(command(PROCESS_DRAWS)), run_process(BARE), pairs)
    report("process, 100,000 draws / import numpy", ours, numpys, PROCESS_RATIO_MAX)
    ours, numpys = interleaved_s(simulate_in_process, draw_lognormals, pairs)
    report("1,000,000 draws / 3,000,000 lognormals", ours, numpys, IN_PROCESS_RATIO_MAX)
    print(f"{'peak memory, 10,000,000 draws':40} {peak_mb:6.0f} MB   at most {MEMORY_MAX_MB:g} MB")


BARE = [sys.executable, "-c", "import numpy"]


def command(draws: int) -> list[str]:
    """Return the installed script asking the question; from a source tree, its module."""
    script = Path(sys.executable).with_name("wh-uncertainty")
    start = [str(script)] if script.exists() else [sys.executable, "-m", "wh_uncertainty.cli.main"]
    asked = [word for key, value in QUESTION.items() for word in (f"--{key}", value)]
    return [*start, "simulate", *asked, "--draws", str(draws)]


def run_process(words: list[str]) -> Callable[[], object]:
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


def interleaved_s(
    first: Callable[[], object], second: Callable[[], object], pairs: int
) -> tuple[list[float], list[float]]:
    """Time two calls in turn, after one pair to warm caches [s]."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(pairs + 1):
        for call, taken in zip((first, second), times, strict=True):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    return times[0][1:], times[1][1:]


def peak_memory_mb(words: list[str]) -> float:
    """Return the largest resident set of a command (Linux and BSD count in KiB, macOS in bytes)."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: exit code {process.returncode}")
    return usage.ru_maxrss / (1e6 if sys.platform == "darwin" else _KIB_PER_MB)


def report(what: str, ours: list[float], numpys: list[float], ratio_max: float) -> None:
    """Print the ratio of medians, with both medians and how the ratio of pairs spreads."""
    ratios = np.array(ours) / np.array(numpys)
    low, high = np.quantile(ratios, [0.25, 0.75])
    print(
        f"{what:40} {median(ours) / median(numpys):6.2f} x    at most {ratio_max:g} x    "
        f"({median(ours) * 1e3:.0f} / {median(numpys) * 1e3:.0f} ms; "
        f"half of {len(ours)} pairs in {low:.2f}-{high:.2f})"
    )


if __name__ == "__main__":
    main()
