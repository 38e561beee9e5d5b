"""Every test carries the marker of the folder it lies in, so that none can be forgotten."""

import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

# Before anything imports NumPy, and for every command that tests start: tests run one process per
# core already, and matrices on more threads than cores take twice as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

_TESTS = Path(__file__).parent

_ACTIVITIES = """
organisation = "City"
period = "April 2026 to March 2027"
[[scenario]]
name = "Placed"
model = "gpt-oss-120b"
workload = "1k/1k"
hardware = "h100"
region = "sweden"
queries_per_year = 2e7
market_based_g_per_kwh = 12
[[scenario]]
name = "Anywhere"
model = "kimi-k2.5"
workload = "1k/8k"
boundary = "it"
queries_per_year = 1e6
"""

_CHROMIUM = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

# Tests do not time anything: a machine that is busy elsewhere is no failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A test session keeps most of what it makes; searching it all for cycles again and again is idle.
gc.set_threshold(50_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(_TESTS).parts[0]
        item.add_marker(getattr(pytest.mark, folder))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """Keep the tests of a file on one process: what they share takes long to make."""
    return import_module("xdist.scheduler").LoadFileScheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Generator[None]:
    """Interrupts reach what is started, even from a suite that a shell runs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def vintages() -> Any:
    """The module that writes known points in the form of every vintage."""
    spec = spec_from_file_location("vintages", _TESTS / "support" / "vintages.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def briefed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, Any]]:
    """A briefing of two activities, one of them in no region, and what its JSON says."""
    from wh_uncertainty.model.context import prepare
    from wh_uncertainty.model.documents.briefing import brief
    from wh_uncertainty.model.documents.briefing_file import read_briefing
    from wh_uncertainty.model.scenario import create_scenario
    from wh_uncertainty.priors import load_catalogue

    path = tmp_path_factory.mktemp("briefed") / "scenarios.toml"
    path.write_text(_ACTIVITIES, "utf-8")
    plan, catalogue = read_briefing(path), load_catalogue()
    scenarios = [create_scenario(catalogue, **one.answers) for one in plan.scenarios]
    briefing = brief(plan, [prepare(one, catalogue) for one in scenarios], draws=2_000, seed=3)
    return briefing, briefing.to_dict()


@pytest.fixture
def serve() -> Callable[[Callable[[BaseHTTPRequestHandler], None]], AbstractContextManager[str]]:
    """Serve on this machine, with what answers a request; the context is the address."""

    @contextmanager
    def served(answer: Callable[[BaseHTTPRequestHandler], None]) -> Generator[str]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    return served


@pytest.fixture(scope="session")
def command() -> list[str]:
    """The installed script; from a source tree where nothing is installed, its module."""
    script = Path(sys.executable).with_name("wh-uncertainty")
    return [str(script)] if script.exists() else [sys.executable, "-m", "wh_uncertainty.cli.main"]


Exploring = AbstractContextManager[tuple[subprocess.Popen[str], int]]


@pytest.fixture(scope="session")
def exploring(command: list[str]) -> Callable[..., Exploring]:
    """Start `explore` with more options; the context is its process and the port that it says."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    @contextmanager
    def started(*options: object) -> Generator[tuple[subprocess.Popen[str], int]]:
        with subprocess.Popen(
            [*command, "explore", "--no-browser", *map(str, options)],
            env=environment,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            try:
                assert process.stdout is not None
                address = process.stdout.readline().strip()
                assert address.startswith("http://127.0.0.1:"), address
                yield process, int(address.removesuffix("/").rpartition(":")[2])
            finally:
                process.kill()  # does nothing to one that has ended

    return started


@pytest.fixture(scope="session")
def browser() -> Generator[Any]:
    """Chromium that resolves no name, so that whatever is fetched from elsewhere fails."""
    from playwright.sync_api import sync_playwright  # not where the built wheel is tested

    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("chromium is not installed; it is in requirements/debian.txt")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=_CHROMIUM)
        yield started
        started.close()
