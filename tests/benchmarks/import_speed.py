"""Print how long an import of 100,000 rows takes, as a ratio to json and pandas in the same run.

Usage: ``python tests/benchmarks/import_speed.py [--rows N] [--pairs N]``. A benchmark, not a test:
run it on a quiet machine. The base is `json.loads` of the whole file and a pandas data frame of
its rows, metrics flattened into columns; ours is reading, interpreting, checking and the text of
the table. Each runs in a process of its own, alternately; times are processor seconds.
"""

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

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


def main() -> None:
    """Measure and print one line per requirement."""
    parser = argparse.ArgumentParser(description="Time and memory of an import.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "api.json")
        write_rows(path, arguments.rows)
        print(f"{arguments.rows:,} rows of API JSON, {path.stat().st_size / 1e6:,.0f} MB")
        pairs = [(run(_BASE, path), run(_OURS, path)) for _ in range(arguments.pairs)]
    base_s, ours_s = (median(pair[side][0] for pair in pairs) for side in (0, 1))
    base_mb, ours_mb = (max(pair[side][1] for pair in pairs) for side in (0, 1))
    ratio = median(ours[0] / base[0] for base, ours in pairs)
    print(f"import / (json + pandas)    {ours_s:.2f} s / {base_s:.2f} s = {ratio:.2f}", end="   ")
    print(f"at most {RATIO_MAX:g}")
    print(f"peak memory                 {ours_mb:.0f} MB ({base_mb:.0f} MB)", end="   ")
    print(f"at most {MEMORY_MAX_MB:g} MB")


def write_rows(path: Path, count: int) -> None:
    """Write rows with as many metrics as the dashboard's newest have."""
    sys.path.append(str(Path(__file__).parents[1]))
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
    main()
