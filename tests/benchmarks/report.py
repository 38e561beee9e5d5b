"""Time a report of 12 scenarios on two cores, and weigh its page.

Usage: ``python -m tests.benchmarks.report``. A benchmark, not a test: run it on a quiet machine.
"""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure, installed, published

SECONDS_MAX, PAGE_MAX_MB = 30.0, 3.0
MODELS = ("gpt-oss-120b", "deepseek-r1-0528", "kimi-k2.5", "glm-5")
WORKLOADS = ("chat", "1k/8k", "8k/1k")
FORMATS = (("html",), ("html", "pdf", "docx", "xlsx", "json"))
FLAGS = {"html": "--output"}


def measure() -> Iterator[Figure]:
    """Time the page alone, and all formats."""
    with tempfile.TemporaryDirectory() as folder:
        scenarios = Path(folder) / "scenarios.toml"
        scenarios.write_text(twelve_scenarios(), encoding="utf-8")
        for formats in FORMATS:
            targets = [
                word
                for end in formats
                for word in (FLAGS.get(end, f"--{end}"), str(scenarios.with_name(f"b.{end}")))
            ]
            start = time.perf_counter()
            words = installed("report", str(scenarios), *targets)
            subprocess.run(words, check=True, stderr=subprocess.DEVNULL)
            seconds = time.perf_counter() - start
            yield Figure(f"12 scenarios as {', '.join(formats)}", seconds, "s", SECONDS_MAX)
        size_mb = scenarios.with_name("b.html").stat().st_size / 1e6
        yield Figure("its page", size_mb, "MB", PAGE_MAX_MB)


def twelve_scenarios() -> str:
    """Return a file of every model with every workload."""
    tables = [
        f'[[scenario]]\nname = "{model}, {workload}"\nmodel = "{model}"\nworkload = "{workload}"\n'
        f"queries_per_year = 1e6\n"
        for model in MODELS
        for workload in WORKLOADS
    ]
    return '[common]\nregion = "japan"\n' + "\n".join(tables)


if __name__ == "__main__":
    published(measure)
