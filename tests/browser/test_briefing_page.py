"""The page of `report` in a real browser, and on paper."""

import subprocess
from collections.abc import Callable, Generator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

SCENARIOS = """
title = "Assistants"
organisation = "City"
period = "2026"
[common]
region = "japan"
[[scenario]]
name = "Support chat"
model = "gpt-oss-120b"
workload = "chat"
queries_per_year = 2e7
[[scenario]]
name = "A name so long that no axis has room for all of it, however wide <the page> may be"
model = "deepseek-r1-0528"
workload = "1k/8k"
queries_per_year = 1_000_020_000_123
market_based_g_per_kwh = 12
"""
CHARTS = 1 + 2 * 3
LANGUAGES = ("en", "ja", "ko", "de", "fr")

_LEAVING = """() => [...document.body.querySelectorAll("*")]
    .filter((one) => one.checkVisibility() && !one.closest(".scroll, pre, thead"))
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
    .map((one) => one.outerHTML.slice(0, 80))"""
_SCROLLING = """() => [...document.querySelectorAll(".scroll")]
    .filter((one) => one.scrollWidth > one.clientWidth)
    .map((one) => one.getAttribute("aria-label"))"""
_CUT = """() => [...document.querySelectorAll(".live svg")].flatMap((svg) => {
    const whole = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].filter((text) => {
        const box = text.getBoundingClientRect();
        return box.width && (box.left < whole.left - 1 || box.right > whole.right + 1);
    }).map((text) => text.textContent);
})"""


@pytest.fixture(scope="session")
def written(command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The page of two scenarios in a language, with its PDF beside it; made once."""
    folder = tmp_path_factory.mktemp("briefing")
    (folder / "scenarios.toml").write_text(SCENARIOS, "utf-8")

    def write(lang: str) -> Path:
        page = folder / f"{lang}.html"
        if not page.exists():
            targets = ["--output", page.name, "--pdf", f"{lang}.pdf"]
            options = ["--lang", lang, "--draws", "2000"]
            asked = [*command, "report", "scenarios.toml", *targets, *options]
            subprocess.run(asked, cwd=folder, check=True, capture_output=True, timeout=120)
        return page

    return write


@pytest.fixture(params=[1280, 390])
def page(request: pytest.FixtureRequest, browser: Browser) -> Generator[Page]:
    """A page; whatever is opened in it, it has no complaint and asks nobody for anything."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda one: asked.append(one.url))
    yield opened
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def _read_through(page: Page, path: Path) -> None:
    """Scroll to the end: a chart comes to life when it is near."""
    page.goto(path.as_uri())
    figures = page.locator("figure.chart")
    for k in range(CHARTS):
        figures.nth(k).scroll_into_view_if_needed()
        figures.nth(k).locator(".live svg").wait_for()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_cut_in_any_language(
    page: Page, written: Callable[[str], Path], lang: str
) -> None:
    _read_through(page, written(lang))
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(_LEAVING) == []
    assert page.evaluate(_CUT) == []


def test_charts_answer_the_pointer(page: Page, written: Callable[[str], Path]) -> None:
    _read_through(page, written("en"))
    page.locator("#summary .live .mark-symbol path").first.hover()
    page.locator(".vg-tooltip.visible").wait_for()
    assert "Support chat" in page.locator(".vg-tooltip.visible").inner_text()


def test_no_accessibility_rule_is_broken(page: Page, written: Callable[[str], Path]) -> None:
    _read_through(page, written("en"))
    axe: Any = Axe()
    violations: list[dict[str, Any]] = axe.run(page).response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"][:3]]) for v in violations] == []


def test_paper_has_the_charts_as_they_were_drawn(
    page: Page, written: Callable[[str], Path]
) -> None:
    _read_through(page, written("en"))
    page.emulate_media(media="print")
    assert page.locator(".drawn:visible").count() == CHARTS
    assert page.locator(".live:visible").count() == 0


def test_without_scripts_all_is_there(browser: Browser, written: Callable[[str], Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(written("en").as_uri())
    assert page.locator(".drawn:visible").count() == CHARTS
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_table_is_wider_than_a_screen(
    browser: Browser, written: Callable[[str], Path], lang: str
) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(written(lang).as_uri())
    assert page.locator(".scroll").count() > 10
    assert page.evaluate(_SCROLLING) == []
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_leaves_the_margins_of_the_paper(written: Callable[[str], Path], lang: str) -> None:
    laid_out: Any = import_module("weasyprint").HTML(str(written(lang))).render()
    boxes = [page._page_box for page in laid_out.pages]
    leaving = [
        (number, text.text)
        for number, box in enumerate(boxes, 1)
        for text in box.descendants()
        if type(text).__name__ == "TextBox"
        if text.position_x + text.width > box.margin_width() - box.margin_right + 0.5
    ]
    assert len(boxes) > 10
    assert leaving == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_is_tagged_titled_and_bookmarked(written: Callable[[str], Path], lang: str) -> None:
    with PdfReader(written(lang).with_suffix(".pdf")) as pdf:
        root: Any = pdf.root_object
        assert root["/MarkInfo"]["/Marked"].value is True
        assert root["/Lang"] == lang
        assert pdf.metadata is not None
        assert pdf.metadata.title == "Assistants"
        assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()
        assert len(_titles(pdf.outline)) == 1 + 10 + 2 + 4  # title, sections, scenarios, evidence
        assert "Support chat" in pdf.pages[0].extract_text()


def _titles(outline: list[Any]) -> list[str]:
    nested = (_titles(one) if isinstance(one, list) else [one.title] for one in outline)  # pyright: ignore
    return [title for titles in nested for title in titles]
