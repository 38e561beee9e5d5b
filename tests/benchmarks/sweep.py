"""Print how long a sweep of 500 scenarios takes on two cores, and the peak memory of it all.

Usage: ``python tests/benchmarks/sweep.py``. A benchmark, not a test: run it on a quiet machine.
"""

import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

SCENARIOS, DRAWS, JOBS = 500, 100_000, 2
SECONDS_MAX, MEMORY_MAX_MB = 60.0, 1000.0
GRID = """
model = ["gpt-oss-120b", "deepseek-r1-0528", "kimi-k2.5", "glm-5", "llama-3.3-70b"]
workload = ["1k/8k", "8k/1k", "chat", "reasoning"]
hardware = "b200"
interactivity_tok_s = [15, 25, 35, 50, 70]
region = ["world", "japan", "sweden", "france", "india"]
"""

_SAMPLING_S = 0.05


def main() -> None:
    """Run the command once and print one line per requirement."""
    with tempfile.TemporaryDirectory() as folder:
        grid, table = Path(folder) / "grid.toml", Path(folder) / "table.csv"
        grid.write_text(GRID, encoding="utf-8")
        seconds, memory_mb = measure(command(grid, table))
        rows = len(table.read_text(encoding="utf-8").splitlines()) - 1
    if rows != SCENARIOS:
        raise SystemExit(f"{rows} rows, not {SCENARIOS}")
    report(f"{SCENARIOS} scenarios x {DRAWS:,} draws, {JOBS} jobs", seconds, SECONDS_MAX, "s")
    report("peak memory of all its processes", memory_mb, MEMORY_MAX_MB, "MB")


def report(what: str, measured: float, most: float, unit: str) -> None:
    """Print one measurement beside its requirement."""
    print(f"{what:44} {measured:6.0f} {unit:2}   at most {most:g} {unit}")


def command(grid: Path, table: Path) -> list[str]:
    """Return the installed script on a grid; from a source tree, its module."""
    script = Path(sys.executable).with_name("wh-uncertainty")
    start = [str(script)] if script.exists() else [sys.executable, "-m", "wh_uncertainty.cli.main"]
    sizes = ("--draws", str(DRAWS), "--jobs", str(JOBS))
    return [*start, "sweep", str(grid), *sizes, "--output", str(table)]


def measure(words: list[str]) -> tuple[float, float]:
    """Return the duration [s] and the largest sum of resident sets [MB], shared pages twice."""
    psutil: Any = import_module("psutil")
    start, peak = time.perf_counter(), 0
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, resident_bytes(psutil, root))
            time.sleep(_SAMPLING_S)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: exit code {process.returncode}")
    return time.perf_counter() - start, peak / 1e6


def resident_bytes(psutil: Any, root: Any) -> int:
    """Add up what a process and its descendants hold; those that end meanwhile hold nothing."""
    total = 0
    try:
        for process in (root, *root.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        return total
    return total


if __name__ == "__main__":
    main()
