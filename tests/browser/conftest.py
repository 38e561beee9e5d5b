"""The page of `explore` in a real browser, served by the installed command."""

import subprocess
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response


@dataclass
class Visit:
    """A page with what it said on its console and asked for on the network."""

    page: Page
    address: str
    console: list[str] = field(default_factory=list[str])
    requests: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.console.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def open(self, **question: object) -> None:
        """Go to the page of a question, and wait for all of its answer."""
        query = f"?{urlencode(question)}" if question else ""
        with self.answered():
            self.page.goto(self.address + query)

    @contextmanager
    def answered(self) -> Generator[list[Response]]:
        """Wait for the answer to what is done here, and for its charts; it is in the list."""
        kept: list[Response] = []
        with (
            self.page.expect_response(lambda r: "/api/drivers" in r.url),
            self.page.expect_response(lambda r: "/api/answer" in r.url) as answer,
        ):
            yield kept
        kept.append(answer.value)
        self.page.wait_for_selector('#results[aria-busy="false"]')
        self.page.wait_for_selector("#density-chart svg")
        self.page.wait_for_selector("#drivers-chart svg")

    def text(self, selector: str) -> str:
        """Return what an element shows; blanks that keep a number with its unit are blanks."""
        return " ".join((self.page.text_content(selector) or "").split())


@pytest.fixture(scope="session")
def address(
    exploring: Callable[..., AbstractContextManager[tuple[subprocess.Popen[str], int]]],
) -> Generator[str]:
    with exploring() as (_, port):
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(params=[{"width": 1280, "height": 900}], ids=["1280"])
def visit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Generator[Visit]:
    """A new page; whatever a test does there, it has no complaint and asks nobody else."""
    context = browser.new_context(viewport=request.param, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    made = Visit(context.new_page(), address)
    yield made
    context.close()
    assert made.console == []
    assert {urlsplit(url).netloc for url in made.requests} == {urlsplit(address).netloc}


@pytest.fixture(scope="session")
def printed(command: list[str]) -> Callable[[list[str]], bytes]:
    """Run a command line as the page shows it, and return what it prints."""

    def run(words: list[str]) -> bytes:
        assert words[0] == "wh-uncertainty"
        done = subprocess.run([*command, *words[1:]], capture_output=True, check=True, timeout=120)
        return done.stdout

    return run


def pytest_make_parametrize_id(val: Any, argname: str) -> str | None:
    return f"{val['width']}" if argname == "visit" else None
