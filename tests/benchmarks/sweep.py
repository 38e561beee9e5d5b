"""Time a sweep of 500 scenarios on two cores, and weigh all of its processes.

Usage: ``python -m tests.benchmarks.sweep``. A benchmark, not a test: run it on a quiet machine.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure, installed, peak_of_processes, published

SCENARIOS, DRAWS, JOBS = 500, 100_000, 2
SECONDS_MAX, MEMORY_MAX_MB = 60.0, 1000.0
GRID = """
model = ["gpt-oss-120b", "deepseek-r1-0528", "kimi-k2.5", "glm-5", "llama-3.3-70b"]
workload = ["1k/8k", "8k/1k", "chat", "reasoning"]
hardware = "b200"
interactivity_tok_s = [15, 25, 35, 50, 70]
region = ["world", "japan", "sweden", "france", "india"]
"""


def measure() -> Iterator[Figure]:
    """Run the command once."""
    sizes = ("--draws", str(DRAWS), "--jobs", str(JOBS))
    with tempfile.TemporaryDirectory() as folder:
        grid, table = Path(folder) / "grid.toml", Path(folder) / "table.csv"
        grid.write_text(GRID, encoding="utf-8")
        words = installed("sweep", str(grid), *sizes, "--output", str(table))
        seconds, memory_mb = peak_of_processes(words)
        rows = len(table.read_text(encoding="utf-8").splitlines()) - 1
    if rows != SCENARIOS:
        raise SystemExit(f"{rows} rows, not {SCENARIOS}")
    what = f"{SCENARIOS} scenarios x {DRAWS:,} draws, {JOBS} jobs"
    yield Figure(what, seconds, "s", SECONDS_MAX)
    yield Figure("peak memory of all its processes", memory_mb, "MB", MEMORY_MAX_MB)


if __name__ == "__main__":
    published(measure)
