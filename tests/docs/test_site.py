"""The site as Sphinx builds it: strict, whole, and asking nobody for anything."""

import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"
PAGES = sorted(page.stem for page in DOCS.glob("*.md"))
SIZES: dict[str, ViewportSize] = {
    "wide": {"width": 1280, "height": 900},
    "narrow": {"width": 390, "height": 844},
}
# What a browser fetches by itself; a link that a reader may follow is none of it.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["'](?:https?:)?//|"""
    r"""<link\b[^>]*\bhref=["'](?:https?:)?//|url\(["']?(?:https?:)?//|@import"""
)


def _build(docs: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Build as scripts/build_docs.py does, pages of another directory for once."""
    call = "import sys, build_docs, pathlib as p; build_docs.build_site(*map(p.Path, sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", call, str(target), str(docs)],
        cwd=CHECKOUT / "scripts",
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    done = _build(DOCS, target)
    assert done.returncode == 0, done.stderr
    return target


def test_every_page_is_built(site: Path) -> None:
    assert {*PAGES, "search", "genindex"} == {page.stem for page in site.glob("*.html")}


def test_nothing_is_fetched(site: Path) -> None:
    files = (file for kind in ("html", "css") for file in site.rglob(f"*.{kind}"))
    found = {file.name: FETCHED.findall(file.read_text("utf-8")) for file in files}
    assert {name: urls for name, urls in found.items() if urls} == {}


def test_each_broken_link_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "docs"
    shutil.copytree(DOCS, broken)
    for outside in ("README.md", "model/version.py"):
        (tmp_path / outside).parent.mkdir(exist_ok=True)
        shutil.copy(CHECKOUT / outside, tmp_path / outside)
    with (broken / "releases.md").open("a", encoding="utf-8") as page:
        page.write("\n[a](gone.md) [b](method.md#lost) [c](#source-none)\n")
        page.write("\n```{include} ../absent.md\n```\n")
    done = _build(broken, tmp_path / "site")
    assert done.returncode != 0
    for missing in ("gone.md", "lost", "source-none", "absent.md"):
        assert missing in done.stderr


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, browser: Browser) -> Generator[Page]:
    """A new page; whatever a test does there, it reads files alone."""
    made = browser.new_page(viewport=SIZES[request.param])
    asked: list[str] = []
    made.on("request", lambda sent: asked.append(sent.url))
    yield made
    made.close()
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits(name: str, page: Page, site: Path) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((site / f"{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    axe: Any = Axe()
    found = axe.run(page, options={"preload": False})  # it would fetch the style sheets once more
    violations: list[dict[str, Any]] = found.response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []
    assert said == []


def test_search_finds_a_prior(page: Page, site: Path) -> None:
    page.goto((site / "search.html").as_uri() + "?q=pue_ai_cloud")
    page.wait_for_selector("#search-results li a")
    assert "Priors" in (page.text_content("#search-results") or "")
