"""Print what the pass of `account` costs beside a bare sum of the same columns, in one run.

Usage: ``python tests/benchmarks/account.py [--rows 100000000] [--spark]``. DuckDB makes the log
itself, in a temporary folder. A benchmark, not a test: run it on a quiet machine.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

RATIO_MAX, MEMORY_MAX_MB, THREADS = 1.5, 1000.0, 2
SIZES = (1_000_000, 10_000_000, 100_000_000)
REPEATS = 5
MAP = """
cached_within_input = true
group_by = ["model", "day"]
[columns]
input_tokens = "input_tokens"
output_tokens = "output_tokens"
cached_tokens = "cached_tokens"
model = "model"
time = "time"
"""
# Lognormal lengths by Box and Muller, a month of times in order, as logs are; a hash stands for the
# columns of a log that nobody asks for.
MAKE = """
COPY (
    SELECT model, time, (hash(k) & 4294967295)::UINTEGER AS request, input_tokens, output_tokens,
        (input_tokens * greatest(random() - 0.5, 0))::INTEGER AS cached_tokens
    FROM (
        SELECT
            k, (['gpt-oss-120b', 'deepseek-r1-0528', 'kimi-k2.5', 'glm-5'])[1 + k * 7 % 4] AS model,
            TIMESTAMP '2026-10-01' + to_seconds((k * 2592000 // {rows})::INT) AS time,
            exp(6.5 + 1.2 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))::INT + 1
                AS input_tokens,
            exp(5.7 + 1.1 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))::INT + 1
                AS output_tokens
        FROM range({rows}) AS numbers(k)
    )
) TO '{path}' (FORMAT parquet)
"""
BARE = "SELECT sum(input_tokens), sum(output_tokens), sum(cached_tokens)"
ALL = f"{BARE}, max(model), max(time) FROM '{{path}}'"
GROUPED = f"{BARE}, model, time::DATE FROM '{{path}}' GROUP BY ALL"
PRODUCTS = (
    f"{BARE}, sum(output_tokens::BIGINT * input_tokens),"
    " sum(output_tokens::BIGINT * output_tokens), model, time::DATE FROM '{path}' GROUP BY ALL"
)
TOKENS_ONLY = f"{BARE} FROM '{{path}}'"
BASELINES = {
    "of all mapped columns": ALL,
    "by the same groups": GROUPED,
    "and products by the same groups": PRODUCTS,
    "of tokens alone": TOKENS_ONLY,
}


def main() -> None:
    """Make logs of growing size and print one line per measurement."""
    parser = argparse.ArgumentParser(description="Time the pass of account.")
    parser.add_argument("--rows", type=int, default=SIZES[-1], help="largest log")
    parser.add_argument("--spark", action="store_true", help="also on local[2]")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "map.toml").write_text(MAP, encoding="utf-8")
        for rows in (*(size for size in SIZES if size < options.rows), options.rows):
            path = folder / f"log-{rows}.parquet"
            make(path, rows)
            print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
            measure(path, folder / "map.toml", spark=options.spark)
            path.unlink()


def make(path: Path, rows: int) -> None:
    """Write a log of lognormal lengths."""
    engine = connected()
    engine.execute("SET memory_limit = '4GB'; SET preserve_insertion_order = false")
    engine.execute(MAKE.format(rows=rows, path=path))


def measure(path: Path, mapped: Path, *, spark: bool) -> None:
    """Print durations of our pass and of bare sums, and the memory of the whole command."""
    from wh_uncertainty.cli.accounting.request_log import open_log
    from wh_uncertainty.cli.accounting.request_map import read_request_map

    meaning = read_request_map(str(mapped))

    def passed(master: str | None = None) -> float:
        log = open_log([str(path)], meaning, table=None, spark=master)
        start = time.perf_counter()
        log.read()
        seconds = time.perf_counter() - start
        log.close()
        return seconds

    ours: list[float] = []
    bare: dict[str, list[float]] = {words: [] for words in BASELINES}
    for _ in range(REPEATS):  # in turns, so that what else the machine does meets all of them
        ours.append(passed())
        for words, query in BASELINES.items():
            bare[words].append(timed(query.format(path=path)))
    print(f"  {'our pass':42} {min(ours):8.2f} s")
    for words, took in bare.items():
        ratio = min(ours) / min(took)
        stated = f"ratio {ratio:.2f} of {RATIO_MAX}"
        print(f"  {'bare sums ' + words:42} {min(took):8.2f} s   {stated}")
    seconds, memory_mb = command(path, mapped)
    print(f"  {'whole command':42} {seconds:8.2f} s   {memory_mb:.0f} MB of {MEMORY_MAX_MB:.0f}")
    if spark:
        print(f"  {'our pass on Spark, local[2]':42} {passed('local[2]'):8.2f} s")


def connected() -> Any:
    """Return an engine with the threads that are stated."""
    engine = import_module("duckdb").connect()
    engine.execute(f"SET threads = {THREADS}; SET enable_progress_bar = false")
    return engine


def timed(query: str) -> float:
    """Return the duration of a query [s]."""
    engine = connected()
    start = time.perf_counter()
    engine.execute(query).fetchall()
    return time.perf_counter() - start


def command(path: Path, mapped: Path) -> tuple[float, float]:
    """Return duration [s] and largest resident set [MB] of the command."""
    psutil: Any = import_module("psutil")
    words = [sys.executable, "-m", "wh_uncertainty.cli.main", "account"]
    words += ["--requests", str(path), "--map", str(mapped)]
    start, peak = time.perf_counter(), 0
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, stdout=quiet, stderr=quiet) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, resident_bytes(psutil, root))
            time.sleep(0.02)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: exit code {process.returncode}")
    return time.perf_counter() - start, peak / 1e6


def resident_bytes(psutil: Any, process: Any) -> int:
    """Return what a process holds; nothing if it ended meanwhile."""
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


if __name__ == "__main__":
    main()
