"""Time the fit of one model as a user runs it, from a cold process to files on disk.

Usage: ``python tests/benchmarks/fit_time.py [MODEL]``, gpt-oss-120b by default. Slow by nature: a
minute or more on two cores, all of which the sampler uses. Only a quiet machine gives the figure
that counts: at most 90 s for gpt-oss-120b on two cores.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Fit into a temporary directory; print the wall time and what the sampler reached."""
    parser = argparse.ArgumentParser(description="Time `wh-uncertainty fit`.")
    parser.add_argument("model", nargs="?", default="gpt-oss-120b")
    model = parser.parse_args().model
    words = [sys.executable, "-m", "wh_uncertainty.cli.main", "fit", "--model", model, "--out"]
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        done = subprocess.run([*words, out], check=False)
        taken_s = time.perf_counter() - start
        if done.returncode:
            raise SystemExit(f"fit of {model}: exit code {done.returncode} after {taken_s:.0f} s")
        record = json.loads(next(Path(out).glob("*.json")).read_text("utf-8"))
    reached = record["diagnostics"]
    print(
        f"{model}: {taken_s:.1f} s for {record['observations']['rows_fitted']} rows; "
        f"R-hat {reached['r_hat_max']:.4f}, ESS {reached['ess_bulk_min']:.0f} bulk and "
        f"{reached['ess_tail_min']:.0f} tail, {reached['divergent_fraction']:.2%} divergent"
    )


if __name__ == "__main__":
    main()
