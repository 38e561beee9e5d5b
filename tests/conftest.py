"""Every test carries the marker of the folder it lies in, so that none can be forgotten."""

import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

_TESTS = Path(__file__).parent

# Tests do not time anything: a machine that is busy elsewhere is no failure.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(_TESTS).parts[0]
        item.add_marker(getattr(pytest.mark, folder))


@pytest.fixture(scope="session")
def vintages() -> Any:
    """The module that writes known points in the form of every vintage."""
    spec = spec_from_file_location("vintages", _TESTS / "vintages.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
