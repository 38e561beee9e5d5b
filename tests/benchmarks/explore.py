"""Time the server behind `explore` over an answer, beside the simulation alone.

Usage: ``python -m tests.benchmarks.explore [--pairs N]``. A benchmark, not a test: run it on a
quiet machine. Each answer is one that was not asked before (another seed). Times are medians of
interleaved pairs: reading the query, simulating, words, densities, chart and JSON, against
`simulate` and its quantiles; and the second request, which says what makes the interval wide.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

from tests.benchmarks.figures import Figure, published
from wh_uncertainty.cli.explorer.question import Knowledge
from wh_uncertainty.cli.explorer.server import create_app
from wh_uncertainty.model import simulate
from wh_uncertainty.priors import load_catalogue

HOST, DRAWS = "127.0.0.1:8000", 20_000
MOST_MS = 150.0
QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "gpt-oss-120b, 1k/8k": {"model": "gpt-oss-120b", "workload": "1k/8k"},
    "deepseek-r1, reasoning, effort, region": {
        "model": "deepseek-r1-0528",
        "workload": "reasoning",
        "effort": "high",
        "region": "japan",
    },
}


def measure(pairs: int) -> Iterator[Figure]:
    """Time of an answer of `explore`, and of what makes it wide."""
    app = create_app(Knowledge(load_catalogue()), frozenset({HOST}))
    for name, question in QUESTIONS.items():
        taken: dict[str, list[float]] = {"answer": [], "drivers": [], "simulate": []}
        for seed in range(pairs + 1):
            sample = {**question, "draws": str(DRAWS), "seed": str(seed)}
            taken["answer"].append(milliseconds(requested(app, "/api/answer", sample)))
            taken["drivers"].append(milliseconds(requested(app, "/api/drivers", sample)))
            taken["simulate"].append(milliseconds(simulated(question, seed)))
        ms = {what: median(times[1:]) for what, times in taken.items()}  # the first warms caches
        note = f"({ms['answer'] / ms['simulate']:.2f} x simulate)"
        yield Figure(f"answer, {name}", ms["answer"], "ms", MOST_MS, note)
        yield Figure(f"drivers, {name}", ms["drivers"], "ms", MOST_MS)


def requested(app: ASGIApp, path: str, query: Mapping[str, str]) -> Callable[[], object]:
    """Return a call that hands a request to the application and wants all of its response."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": urlencode(query).encode(),
        "headers": [(b"host", HOST.encode())],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        if message.get("status", 200) != 200:
            raise SystemExit(f"{path}: status {message['status']}")

    async def respond() -> None:
        await app(scope, receive, send)

    return lambda: asyncio.run(respond())


def simulated(question: Mapping[str, str], seed: int) -> Callable[[], object]:
    """Return a call that answers the question from Python."""
    return lambda: simulate(question, draws=DRAWS, seed=seed).quantiles()


def milliseconds(call: Callable[[], object]) -> float:
    """Time a call [ms]."""
    start = time.perf_counter()
    call()
    return 1e3 * (time.perf_counter() - start)


if __name__ == "__main__":
    published(measure, pairs=15)
