import json
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route

from wh_uncertainty.cli.quantities import quantity_rows
from wh_uncertainty.cli.simulation_report import headline

Printed = Callable[[list[str]], bytes]

ASKED = {"model": "deepseek-r1-0528", "workload": "reasoning", "draws": 2000, "seed": 1}
_LOW_TRAFFIC = re.compile("/api/answer.*provider=low-traffic")
MAIN = ("model", "workload", "hardware", "interactivity_tok_s", "provider", "region")


class Visit(Protocol):
    page: Page
    address: str
    console: list[str]

    open: Callable[..., None]
    answered: Callable[[], Any]
    text: Callable[[str], str]


def _command(visit: Visit) -> list[str]:
    return shlex.split(visit.text("#command"))


def _question(visit: Visit) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(visit.page.url).query).items()}


def _table(visit: Visit, selector: str) -> list[list[str]]:
    rows = visit.page.locator(f"{selector} tr").all()
    return [
        [" ".join(cell.split()) for cell in row.locator("th, td").all_text_contents()]
        for row in rows
    ]


def _set(page: Page, name: str, value: str) -> None:
    control = page.locator(f"[name={name}]")
    if name not in (*MAIN, "lengths") and not control.is_visible():
        page.click("#question summary")
    if control.evaluate("control => control.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)


def test_it_opens_on_a_question_with_an_answer(visit: Visit, printed: Printed) -> None:
    visit.open()
    assert "gpt-oss-120b, 1k/8k" in visit.text("#headline")
    assert _question(visit)["draws"] == "20000"
    result = json.loads(printed([*_command(visit), "--format", "json"]))
    assert visit.text("#headline") == headline(result)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "glm-5"),
        ("workload", "chat"),
        ("hardware", "h200"),
        ("interactivity_tok_s", "60"),
        ("provider", "low-traffic"),
        ("region", "japan"),
        ("precision", "fp4"),
        ("boundary", "board"),
        ("efficiency", "0.3"),
        ("cached_share", "0.5"),
        ("effort", "high"),
        ("draws", "3000"),
        ("seed", "3"),
    ],
)
def test_each_control_changes_the_answer_as_the_command_line_would(
    visit: Visit, printed: Printed, name: str, value: str
) -> None:
    visit.open(**ASKED)
    before = json.loads(printed([*_command(visit), "--format", "json"]))
    with visit.answered() as responses:
        _set(visit.page, name, value)
    result = json.loads(printed([*_command(visit), "--format", "json"]))
    assert responses[0].json()["answer"] == result
    assert result["wh_per_query"] != before["wh_per_query"]
    assert visit.text("#headline") == headline(result)
    assert _table(visit, "#quantities") == quantity_rows(result)
    assert _question(visit)[name] == value


def test_lengths_of_your_own(visit: Visit, printed: Printed) -> None:
    visit.open(**ASKED)
    assert not visit.page.is_visible("[name=lengths]")
    with visit.answered():
        _set(visit.page, "workload", "")
    with visit.answered():
        _set(visit.page, "lengths", "2k/300")
    result = json.loads(printed([*_command(visit), "--format", "json"]))
    assert result["scenario"]["workload"] == _question(visit)["workload"] == "2k/300"
    assert visit.text("#headline") == headline(result)


def test_drivers_are_those_of_the_command_line(visit: Visit, printed: Printed) -> None:
    visit.open(**ASKED)
    words = ["wh-uncertainty", "sensitivity", "--model", ASKED["model"], "--workload", "reasoning"]
    words += ["--log2-points", "12", "--seed", "1", "--format", "json"]
    ranked = json.loads(printed([str(word) for word in words]))["sobol"]
    visit.page.click("text=As a table")
    assert [row[0] for row in _table(visit, "#drivers")[1:]] == [r["meaning"] for r in ranked]
    assert ranked[0]["meaning"] in visit.text("#driver")


def test_a_region_adds_emissions(visit: Visit) -> None:
    visit.open(**ASKED)
    assert "gCO2e" not in visit.text("#quantities")
    with visit.answered():
        _set(visit.page, "region", "sweden")
    assert "gCO2e, life cycle, Sweden" in visit.text("#quantities")


def test_hardware_without_rows_cannot_be_chosen(visit: Visit) -> None:
    visit.open(model="gpt-oss-120b", workload="1k/8k", draws=1000)
    options = visit.page.locator("[name=hardware] option:disabled")
    assert options.evaluate_all("all => all.map(one => one.value)") == ["b300", "gb300"]


def test_a_question_without_answer_says_why(visit: Visit) -> None:
    visit.open(**ASKED)
    shown = visit.text("#headline")
    with visit.answered():
        _set(visit.page, "workload", "")
    _set(visit.page, "lengths", "../../etc/passwd")
    visit.page.wait_for_selector("#problem:not(:empty)")
    assert "this page reads no files" in visit.text("#problem")
    assert visit.page.get_attribute("#problem", "role") == "alert"
    assert visit.page.get_attribute("#answer", "class") == "stale"
    assert visit.text("#headline") != shown  # that of the lengths proposed
    assert visit.page.inner_text("#outdated") == "Answer to the last valid question."
    with visit.answered():
        _set(visit.page, "workload", "reasoning")
    assert visit.text("#problem") == ""
    assert visit.text("#headline") == shown
    assert visit.page.is_hidden("#outdated")
    # The browser reports every refusal of a server; there was one.
    assert [said for said in visit.console if "422" in said] == visit.console
    visit.console.clear()


def test_an_address_that_asks_too_much_is_refused(visit: Visit) -> None:
    visit.page.goto(f"{visit.address}?model=glm-5&workload=chat&concurrency=5")
    visit.page.wait_for_selector("#problem:not(:empty)")
    assert "'concurrency' cannot be asked here" in visit.text("#problem")
    assert visit.page.is_hidden("#outdated")  # there is no answer yet
    assert all("400" in said for said in visit.console)
    visit.console.clear()


def test_what_an_address_says_is_never_markup(visit: Visit) -> None:
    visit.page.goto(f"{visit.address}?model=<img src=x onerror=alert(1)>&workload=chat")
    visit.page.wait_for_selector("#problem:not(:empty)")
    assert "<img src=x" in visit.text("#problem")
    assert visit.page.locator("img").count() == 0
    assert all("422" in said for said in visit.console)
    visit.console.clear()


def test_a_shared_address_shows_the_question_again(visit: Visit) -> None:
    shared = {**ASKED, "hardware": "b200", "interactivity_tok_s": "42", "region": "japan"}
    shared |= {"efficiency": "0.5", "boundary": "it", "workload": "700/300"}
    visit.open(**shared)
    first, address = visit.text("#headline"), visit.page.url
    for name, value in shared.items():
        control = "lengths" if name == "workload" else name
        assert visit.page.input_value(f"[name={control}]") == str(value)
    with visit.answered():
        visit.page.reload()
    assert (visit.text("#headline"), visit.page.url) == (first, address)
    visit.open(**ASKED)
    assert visit.text("#headline") != first
    with visit.answered():
        visit.page.go_back()
    assert (visit.text("#headline"), visit.page.url) == (first, address)
    with visit.answered():
        visit.page.go_forward()
    assert visit.text("#headline") != first


def test_a_forgiving_name_becomes_the_one_we_use(visit: Visit) -> None:
    visit.open(model="dsr1", workload="Chat", hardware="B200", draws=1000)
    assert _question(visit)["model"] == "deepseek-r1-0528"
    assert visit.page.input_value("[name=model]") == "deepseek-r1-0528"
    assert visit.page.input_value("[name=hardware]") == "b200"


@pytest.mark.parametrize("form", ["json", "csv", "svg"])
def test_downloads_are_what_the_command_line_writes(
    visit: Visit, printed: Printed, tmp_path: Path, form: str
) -> None:
    visit.open(**ASKED, region="japan")
    with visit.page.expect_download() as download:
        visit.page.click(f"#save-{form}")
    download.value.save_as(tmp_path / "saved")
    options = ["--plot", str(tmp_path / "x.svg")] if form == "svg" else ["--format", form]
    out = printed([*_command(visit), *options])
    written = (tmp_path / "x.svg").read_bytes() if form == "svg" else out
    assert (tmp_path / "saved").read_bytes() == written
    assert download.value.suggested_filename == f"wh-per-query.{form}"


def test_command_and_link_are_copied(visit: Visit) -> None:
    visit.open(**ASKED)
    for button, expected in (("command", visit.text("#command")), ("link", visit.page.url)):
        visit.page.click(f"#copy-{button}")
        visit.page.wait_for_selector(f"#copied:text('{button} copied')")
        assert visit.page.evaluate("navigator.clipboard.readText()") == expected


def test_an_overtaken_answer_is_not_shown(visit: Visit) -> None:
    visit.open(**ASKED)
    held: list[Route] = []
    visit.page.route(_LOW_TRAFFIC, lambda route: held.append(route))
    with visit.page.expect_request(_LOW_TRAFFIC):
        _set(visit.page, "provider", "low-traffic")
    with visit.answered():
        _set(visit.page, "provider", "first-party")
    shown = visit.text("#headline")
    held[0].fulfill(json={"error": "too late"}, status=422)
    visit.page.wait_for_timeout(200)
    assert (visit.text("#headline"), visit.text("#problem")) == (shown, "")
    assert "--provider first-party" in visit.text("#command")


def test_at_a_measured_site_nothing_is_drawn_of_what_makes_it_wide(
    exploring: Callable[..., Any], browser: Any, command: list[str], tmp_path: Path
) -> None:
    site = tmp_path / "site.toml"
    meter = ("--energy-kwh", "50", "--requests", "50000", "--boundary", "it", "--save", str(site))
    asked = ("--model", "gpt-oss-120b", "--workload", "1k/8k")
    subprocess.run([*command, "measure", *asked, *meter], check=True, capture_output=True)
    with exploring("--site", site) as (_, port):
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/?model=gpt-oss-120b&workload=1k/8k&draws=2000")
        page.get_by_text("ties the unknowns together").wait_for()
        assert page.locator("#drivers-shown").is_hidden()
        assert "at the measured site" in page.locator("#headline").inner_text()
        page.close()
