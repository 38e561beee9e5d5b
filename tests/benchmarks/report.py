"""Print how long a report of 12 scenarios takes on two cores, and how large its page is.

Usage: ``python tests/benchmarks/report.py``. A benchmark, not a test: run it on a quiet machine.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

SECONDS_MAX, PAGE_MAX_MB = 30.0, 3.0
MODELS = ("gpt-oss-120b", "deepseek-r1-0528", "kimi-k2.5", "glm-5")
WORKLOADS = ("chat", "1k/8k", "8k/1k")
FORMATS = (("html",), ("html", "pdf", "docx", "xlsx", "json"))


def main() -> None:
    """Time the page alone, and all formats."""
    with tempfile.TemporaryDirectory() as folder:
        scenarios = Path(folder) / "scenarios.toml"
        scenarios.write_text(twelve_scenarios(), encoding="utf-8")
        for formats in FORMATS:
            start = time.perf_counter()
            subprocess.run(command(scenarios, formats), check=True, stderr=subprocess.DEVNULL)
            seconds = time.perf_counter() - start
            what = f"12 scenarios as {', '.join(formats)}"
            print(f"{what:48} {seconds:5.1f} s   at most {SECONDS_MAX:g} s")
        size_mb = (scenarios.with_name("b.html")).stat().st_size / 1e6
        print(f"{'the page':48} {size_mb:5.1f} MB  at most {PAGE_MAX_MB:g} MB")


def twelve_scenarios() -> str:
    """Return a file of every model with every workload."""
    tables = [
        f'[[scenario]]\nname = "{model}, {workload}"\nmodel = "{model}"\nworkload = "{workload}"\n'
        f"queries_per_year = 1e6\n"
        for model in MODELS
        for workload in WORKLOADS
    ]
    return '[common]\nregion = "japan"\n' + "\n".join(tables)


def command(scenarios: Path, formats: tuple[str, ...]) -> list[str]:
    """Return the installed script on a file of scenarios; from a source tree, its module."""
    script = Path(sys.executable).with_name("wh-uncertainty")
    start = [str(script)] if script.exists() else [sys.executable, "-m", "wh_uncertainty.cli.main"]
    flags = {"html": "--output"}
    targets = [
        word
        for end in formats
        for word in (flags.get(end, f"--{end}"), str(scenarios.with_name(f"b.{end}")))
    ]
    return [*start, "report", str(scenarios), *targets]


if __name__ == "__main__":
    main()
