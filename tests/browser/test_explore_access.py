from collections.abc import Callable
from typing import Any, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ASKED = {"model": "deepseek-r1-0528", "workload": "chat", "region": "japan", "draws": 2000}
SIZES = [{"width": 1280, "height": 900}, {"width": 390, "height": 844}]

_LEAVING = """() => [...document.body.querySelectorAll("*")]
    .filter((one) => one.checkVisibility() && !one.matches(".skip"))
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
    .map((one) => one.outerHTML.slice(0, 80))"""
_BOXES = """(id) => {
    const svg = document.querySelector(`#${id} svg`);
    const box = (one) => (({ left, top, right, bottom }) => [left, top, right, bottom])(
        one.getBoundingClientRect());
    const texts = [...svg.querySelectorAll("text")].filter((one) =>
        one.textContent.trim() && one.checkVisibility({ opacityProperty: true }));
    return [box(svg), texts.map((one) => [one.textContent, box(one)])];
}"""
_FOCUSED = """() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    return [one.name || one.id || one.tagName, style.outlineStyle !== "none"];
}"""


class Visit(Protocol):
    page: Page
    console: list[str]

    open: Callable[..., None]
    answered: Callable[[], Any]
    text: Callable[[str], str]


def _assert_accessible(visit: Visit) -> None:
    axe: Any = Axe()
    violations: list[dict[str, Any]] = axe.run(visit.page).response["violations"]
    found = [(v["impact"], v["id"], [node["html"] for node in v["nodes"]]) for v in violations]
    assert found == []


@pytest.mark.parametrize("visit", SIZES, indirect=True)
def test_no_accessibility_rule_is_broken(visit: Visit) -> None:
    visit.open(**ASKED)
    _assert_accessible(visit)
    visit.page.click("#question summary")
    visit.page.click("text=As a table")
    with visit.answered():
        visit.page.select_option("[name=workload]", "")
    _assert_accessible(visit)
    visit.page.fill("[name=lengths]", "none")
    visit.page.wait_for_selector("#problem:not(:empty)")
    _assert_accessible(visit)
    visit.console.clear()  # the refusal


@pytest.mark.parametrize("visit", SIZES, indirect=True)
def test_nothing_is_cut_off(visit: Visit) -> None:
    visit.open(**ASKED)
    visit.page.click("#question summary")
    visit.page.click("text=As a table")
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visit.page.evaluate(_LEAVING) == []


@pytest.mark.parametrize("visit", SIZES, indirect=True)
@pytest.mark.parametrize("chart", ["density-chart", "drivers-chart"])
def test_texts_of_charts_have_room(visit: Visit, chart: str) -> None:
    visit.open(**ASKED)
    (left, top, right, bottom), texts = visit.page.evaluate(_BOXES, chart)
    assert len(texts) > 5
    for text, box in texts:
        assert left - 1 <= box[0] <= box[2] <= right + 1, text
        assert top - 1 <= box[1] <= box[3] <= bottom + 1, text
    overlapping = [
        (one, other)
        for i, (one, a) in enumerate(texts)
        for other, b in texts[i + 1 :]
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 3
    ]
    assert overlapping == []


def _tab_to(visit: Visit, name: str) -> None:
    for _ in range(40):
        visit.page.keyboard.press("Tab")
        focused, outlined = visit.page.evaluate(_FOCUSED)
        assert outlined, focused
        if focused == name:
            return
    pytest.fail(f"{name} cannot be reached by the tabulator")


def test_everything_works_by_keyboard_alone(visit: Visit) -> None:
    visit.open(**ASKED)
    keyboard = visit.page.keyboard
    for name, keys in (
        ("model", "glm-5"),
        ("workload", "reasoning"),
        ("hardware", "B200"),
        ("interactivity_tok_s", "50"),
        ("provider", "third"),
        ("region", "Sweden"),
    ):
        _tab_to(visit, name)
        with visit.answered():
            keyboard.type(keys)
    _tab_to(visit, "SUMMARY")
    keyboard.press("Enter")
    _tab_to(visit, "boundary")
    with visit.answered():
        keyboard.type("board")
    assert visit.text("#command") == (
        "wh-uncertainty simulate --model glm-5 --workload reasoning --hardware b200 "
        "--interactivity 50 --provider third-party --region sweden --boundary board "
        "--draws 2000 --seed 0"
    )
    _tab_to(visit, "copy-command")
    keyboard.press("Enter")
    visit.page.wait_for_selector("#copied:not(:empty)")
    _tab_to(visit, "save-csv")
    with visit.page.expect_download():
        keyboard.press("Enter")


def test_the_form_can_be_skipped(visit: Visit) -> None:
    visit.open(**ASKED)
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    with visit.answered():
        visit.page.keyboard.press("Enter")
    assert visit.page.evaluate(_FOCUSED)[0] == "results"


def test_answers_are_announced(visit: Visit) -> None:
    visit.open(**ASKED)
    assert visit.page.get_attribute("#headline", "role") == "status"
    assert visit.page.get_attribute("html", "lang") == "en"
    assert visit.page.locator("h1").count() == 1
