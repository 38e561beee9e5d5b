"""Time an import of 100,000 rows, as a ratio to json and pandas in the same run.

Usage: ``python -m tests.benchmarks.import_speed [--rows N] [--pairs N]``. A benchmark, not a test:
run it on a quiet machine. The base is `json.loads` of the whole file and a pandas data frame of
its rows, metrics flattened into columns; ours is reading, interpreting, checking and the text of
the table. Each runs in a process of its own, alternately; times are processor seconds.
"""

import importlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure, median_ratio, published

RATIO_MAX, MEMORY_MAX_MB = 3.0, 500.0

_MEASURED = """
import resource, sys, time
from pathlib import Path
{imports}
path = Path(sys.argv[1])
start = time.process_time()
{work}
took = time.process_time() - start
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
_BASE = _MEASURED.format(
    imports="import json\nimport pandas",
    work="rows = json.loads(path.read_bytes())\n"
    'pandas.DataFrame([{**row, **row.pop("metrics")} for row in rows])',
)
_OURS = _MEASURED.format(
    imports="from wh_uncertainty.model.intake.intake import take_in\n"
    "from wh_uncertainty.priors import load_catalogue",
    work="taken = take_in([path], load_catalogue())\ntaken.kept_csv()\ntaken.rejected_csv()",
)


def measure(rows: int, pairs: int) -> Iterator[Figure]:
    """Time and memory of an import."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "api.json")
        write_rows(path, rows)
        size = f"{rows:,} rows of API JSON, {path.stat().st_size / 1e6:,.0f} MB"
        runs = [(run(_BASE, path), run(_OURS, path)) for _ in range(pairs)]
    base_s, ours_s = ([pair[side][0] for pair in runs] for side in (0, 1))
    base_mb, ours_mb = (max(pair[side][1] for pair in runs) for side in (0, 1))
    yield median_ratio("import / (json + pandas)", ours_s, base_s, RATIO_MAX)
    yield Figure("its peak memory", ours_mb, "MB", MEMORY_MAX_MB, f"({base_mb:,.0f} MB); {size}")


def write_rows(path: Path, count: int) -> None:
    """Write rows with as many metrics as the dashboard's newest have."""
    sys.path.append(str(Path(__file__).parents[1] / "support"))
    vintages: Any = importlib.import_module("vintages")
    quantities = ("ttft", "tpot", "itl", "e2el", "intvty")
    statistics = ("std", "p90", "p99", "p99.9")
    more = {f"{s}_{q}": 0.123456789012345 for s in statistics for q in quantities}
    with path.open("w", encoding="utf-8") as file:
        for index, point in enumerate(vintages.points(count)):
            row = vintages.api_row(point, 2)
            row["metrics"] = more | row["metrics"]
            file.write(("[" if index == 0 else ",") + json.dumps(row))
        file.write("]")


def run(code: str, path: Path) -> tuple[float, float]:
    """Return processor seconds and peak memory [MB] of a process."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, check=True, text=True
    )
    seconds, megabytes = done.stdout.split()
    return float(seconds), float(megabytes)


if __name__ == "__main__":
    published(measure, rows=100_000, pairs=5)
