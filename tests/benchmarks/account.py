"""Time the pass of `account` beside bare sums of the same columns, in one run.

Usage: ``python -m tests.benchmarks.account [--rows 100000000] [--spark 1]``. DuckDB makes the log
itself, in a temporary folder. A benchmark, not a test: run it on a quiet machine.
"""

import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure, installed, peak_of_processes, published

RATIO_MAX, LISTING_MAX, MEMORY_MAX_MB, THREADS = 1.5, 2.0, 1000.0, 2
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
SAME_GROUPS = "by the same groups"
BASELINES = {
    "of all mapped columns": ALL,
    SAME_GROUPS: GROUPED,
    "and products by the same groups": PRODUCTS,
    "of tokens alone": TOKENS_ONLY,
}


def measure(rows: int, spark: int) -> Iterator[Figure]:
    """Make logs of growing size; `spark` reads them with local[2] as well."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "map.toml").write_text(MAP, encoding="utf-8")
        for size in (*(size for size in SIZES if size < rows), rows):
            path = folder / f"log-{size}.parquet"
            make(path, size)
            yield Figure(f"{size:,} rows as Parquet", path.stat().st_size / 1e6, "MB")
            ratio_max = RATIO_MAX if size == rows else None  # of small logs, starting takes as long
            yield from passed_and_bare(path, folder / "map.toml", ratio_max, spark=bool(spark))
            if size == SIZES[0]:
                yield listed_and_passed(path, folder / "map.toml")
            path.unlink()


def make(path: Path, rows: int) -> None:
    """Write a log of lognormal lengths."""
    engine = connected()
    engine.execute("SET memory_limit = '4GB'; SET preserve_insertion_order = false")
    engine.execute(MAKE.format(rows=rows, path=path))


def passed_and_bare(
    path: Path, mapped: Path, ratio_max: float | None, *, spark: bool
) -> Iterator[Figure]:
    """Time our pass and bare sums, and take the memory of the whole command."""
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
    yield Figure("  pass", min(ours), "s")
    for words, took in bare.items():
        most = ratio_max if words == SAME_GROUPS else None
        note = f"({min(ours):.2f} / {min(took):.2f} s)"
        yield Figure(f"  pass / bare sums {words}", min(ours) / min(took), "x", most, note)
    command = installed("account", "--requests", str(path), "--map", str(mapped))
    seconds, memory_mb = peak_of_processes(command)
    yield Figure("  whole command", seconds, "s")
    yield Figure("  its peak memory", memory_mb, "MB", MEMORY_MAX_MB)
    if spark:
        yield Figure("  pass on Spark, local[2]", passed("local[2]"), "s")


def listed_and_passed(path: Path, mapped: Path) -> Figure:
    """Time the search for rows that are not accounted, in a log of texts, beside the pass."""
    from wh_uncertainty.cli.accounting.request_log import open_log
    from wh_uncertainty.cli.accounting.request_map import read_request_map

    text = path.with_suffix(".csv")
    connected().execute(f"COPY (FROM '{path}') TO '{text}'")
    log = open_log([str(text)], read_request_map(str(mapped)), table=None, spark=None)
    start = time.perf_counter()
    log.read()
    passed = time.perf_counter() - start
    assert log.rejected(1000) == []
    listed = time.perf_counter() - start - passed
    log.close()
    text.unlink()
    what = "  rows not accounted, listed / pass, as CSV"
    return Figure(what, listed / passed, "x", LISTING_MAX, f"({listed:.2f} / {passed:.2f} s)")


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


if __name__ == "__main__":
    published(measure, rows=SIZES[-1], spark=0)
