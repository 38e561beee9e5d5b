"""Time the fit of one model as a user runs it, from a cold process to files on disk.

Usage: ``python -m tests.benchmarks.fit_time``. Slow by nature: a minute or more on two cores, all
of which the sampler uses. Only a quiet machine gives the figure that counts.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure, installed, published

MODEL, MOST_S = "gpt-oss-120b", 90.0


def measure() -> Iterator[Figure]:
    """Fit into a temporary directory, and say what the sampler reached."""
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        words = installed("fit", "--model", MODEL, "--out", out)
        done = subprocess.run(words, check=False, stdout=subprocess.DEVNULL)
        taken_s = time.perf_counter() - start
        if done.returncode:
            raise SystemExit(f"fit of {MODEL}: exit code {done.returncode} after {taken_s:.0f} s")
        record = json.loads(next(Path(out).glob("*.json")).read_text("utf-8"))
    reached = record["diagnostics"]
    note = (
        f"({record['observations']['rows_fitted']} rows; R-hat {reached['r_hat_max']:.4f}, "
        f"ESS {reached['ess_bulk_min']:.0f} bulk and {reached['ess_tail_min']:.0f} tail, "
        f"{reached['divergent_fraction']:.2%} divergent)"
    )
    yield Figure(f"fit of {MODEL}", taken_s, "s", MOST_S, note)


if __name__ == "__main__":
    published(measure)
