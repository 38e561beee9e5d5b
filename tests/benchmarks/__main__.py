"""Print every figure of speed and size that is asked for, in one table, with the machine.

Usage: ``python -m tests.benchmarks [NAME ...]`` in the project's folder, on a quiet machine; a
quarter of an hour on two cores. Each benchmark runs in a process of its own: a child starts with
the peak memory of the process that it was made from.
"""

import json
import subprocess
import sys

from tests.benchmarks.figures import Figure, machine

NAMES = (
    *("speed", "usage", "import_speed", "sobol", "sweep", "report", "explore", "account"),
    "fit_time",
)


def main() -> None:
    """Run the benchmarks that are named, or all; exit code 1 if a figure is missed."""
    names = sys.argv[1:] or NAMES
    strange = [name for name in names if name not in NAMES]
    if strange:
        raise SystemExit(f"{strange[0]}: is no benchmark; there are {', '.join(NAMES)}")
    print("\n".join(machine()), flush=True)
    missed = 0
    for name in names:
        words = [sys.executable, "-m", f"tests.benchmarks.{name}", "--json"]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
        print(f"\n{name}", flush=True)
        for record in json.loads(done.stdout):
            figure = Figure(**record)
            missed += figure.at_most is not None and figure.value > figure.at_most
            print(f"  {figure.line()}", flush=True)
    raise SystemExit(f"\n{missed} missed" if missed else 0)


if __name__ == "__main__":
    main()
