"""The command `report`: what its files say, to whom, and that they say it whole or not at all."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from docx import Document

html: Any = import_module("lxml.html")  # neither publishes types
load_workbook: Any = import_module("openpyxl").load_workbook
Run = Callable[..., subprocess.CompletedProcess[bytes]]

RIGHT_TO_LEFT = "\u202e"
HOSTILE = f"=cmd|' /C calc'!A0 <script>alert(1)</script> {RIGHT_TO_LEFT}{{name}}" + "x" * 10_000
SCENARIOS = """
title = "Assistants <b>&amp;"
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
name = {hostile}
model = "kimi-k2.5"
workload = "1k/8k"
hardware = "b200"
queries_per_year = 1e6
"""
FEW = ("--draws", 2000)
HEADINGS = [
    "In short",
    "What is counted",
    "Scenario by scenario",
    "Scenarios against each other",
    "A year's queries",
    "Carbon, water and cost of a query",
    "Compared with everyday things",
    "What the benchmark is, and is not",
    "Evidence",
    "Where these numbers come from",
]
SHEETS = [
    "Wh per query",
    *(f"{k} {name}" for k in (1, 2) for name in ("question", "numbers", "disclosure", "warnings")),
    "Comparison",
    "Year",
    "Year lifecycle",
    "Year direct",
    "Year water and cost",
    "Consequences",
    "Everyday",
    "Priors",
    "References",
    "Diagnostics",
    "Validation",
    "Provenance",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """A folder with all files of a report of two scenarios, one of them named by an enemy."""
    made = tmp_path_factory.mktemp("report")
    (made / "scenarios.toml").write_text(SCENARIOS.format(hostile=json.dumps(HOSTILE)), "utf-8")
    files = {"output": "html", "docx": "docx", "xlsx": "xlsx", "json": "json"}
    targets = [word for kind, end in files.items() for word in (f"--{kind}", f"b.{end}")]
    done = run("report", "scenarios.toml", *targets, *FEW, cwd=made)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr.decode()
    return made


@pytest.fixture(scope="module")
def page(folder: Path) -> Any:
    return html.fromstring((folder / "b.html").read_bytes())


@pytest.fixture(scope="module")
def result(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "b.json").read_text("utf-8"))
    return content


def test_headings_are_those_of_a_briefing(page: Any) -> None:
    assert [h.text_content().strip() for h in page.iter("h2")] == HEADINGS
    assert page.find(".//title").text == "Assistants <b>&amp;"
    assert page.get("lang") == "en"


def test_the_page_needs_nothing_else(folder: Path, page: Any) -> None:
    text = (folder / "b.html").read_text("utf-8")
    assert len(text.encode()) < 3_000_000
    addresses = page.xpath("//@src | //link/@href | //@srcset | //@data | //@action")
    assert all(address.startswith("data:image/svg+xml;base64,") for address in addresses)
    assert page.xpath("//link | //iframe | //object | //embed | //form | //base") == []
    assert "@import" not in text
    assert re.search(r"url\(\s*['\"]?(?!#|data:)", page.find(".//style").text) is None


def test_scores_of_other_fits_are_no_validation_of_ones_own(
    run: Run, folder: Path, page: Any, tmp_path: Path
) -> None:
    shipped = Path(str(files("wh_uncertainty.model"))) / "data" / "posterior"
    shutil.copytree(shipped, tmp_path / "own")
    question = '[[scenario]]\nname = "One"\nmodel = "gpt-oss-120b"\nworkload = "1k/1k"\n'
    (tmp_path / "plan.toml").write_text(question)
    own = ("--posterior", "own", "--output", "own.html")
    done = run("report", "plan.toml", *own, *FEW, cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    mine = html.fromstring((tmp_path / "own.html").read_bytes())
    sections = [
        set(document.xpath("//section[@id='evidence']//section/@id")) for document in (page, mine)
    ]
    assert sections[0] - sections[1] == {"validation"}


def test_charts_are_drawn_and_described(page: Any) -> None:
    figures = page.xpath("//figure[@class='chart']")
    assert len(figures) == 1 + 2 * 3
    for figure in figures:
        picture, caption = figure.find("img"), figure.find("figcaption")
        assert picture.get("alt") == caption.text
        assert json.loads(figure.find("script").text)["$schema"]


def test_numbers_are_those_of_simulate(run: Run, result: dict[str, Any]) -> None:
    question = ("--model", "gpt-oss-120b", "--workload", "chat", "--region", "japan")
    done = run("simulate", *question, *FEW, "--format", "json")
    simulated = json.loads(done.stdout)
    assert simulated == {key: result["scenarios"][0][key] for key in simulated}


def test_tables_say_the_numbers_of_the_json(page: Any, result: dict[str, Any]) -> None:
    (table,) = page.xpath("//section[@id='summary']//table")
    cells = [cell.text_content().strip() for cell in table.findall("tbody/tr")[0]]
    wh = result["scenarios"][0]["wh_per_query"]["mean"]
    written = [float(cell) for cell in cells[2:]]
    assert written == pytest.approx(
        [wh[k] for k in ("p05", "p25", "p50", "p75", "p95", "mean")], rel=0.06
    )
    assert cells[:2] == ["Support chat", "Average query"]


def test_the_headline_has_the_interval(page: Any) -> None:
    first = page.xpath("//section[@id='summary']/p[@class='lead']")[0].text_content()
    number = r"[\d.,]+"
    assert re.fullmatch(
        f"On average, a query of “Support chat” uses between {number} and {number} Wh of "
        f"electricity; the middle estimate is {number} Wh.",
        first,
    )


def test_the_command_gives_the_same_page_again(run: Run, folder: Path, page: Any) -> None:
    words = page.xpath("//section[@id='provenance']//code")[0].text.split()
    assert words[:2] == ["wh-uncertainty", "report"]
    files = ("b.html", "b.docx", "b.xlsx", "b.json")
    before = {name: (folder / name).read_bytes() for name in files}
    assert run(*words[1:], cwd=folder).returncode == 0
    for name in files:
        assert (folder / name).read_bytes() == before[name], name


def test_no_name_becomes_markup(folder: Path, page: Any) -> None:
    text = (folder / "b.html").read_text("utf-8")
    assert "<script>alert" not in text
    assert page.xpath("//b") == []
    assert RIGHT_TO_LEFT not in text
    scripts = [s for s in page.iter("script") if s.get("type") != "application/json"]
    assert len(scripts) == 2
    headings = [h.text_content() for h in page.iter("h3")]
    assert any("<script>alert(1)</script>" in heading for heading in headings)


def test_a_long_name_is_shortened_and_the_json_has_all_of_it(
    page: Any, result: dict[str, Any]
) -> None:
    assert max(len(h.text_content()) for h in page.iter("h3")) < 200
    assert result["scenarios"][1]["name"] == HOSTILE


def test_the_policy_of_the_page_names_its_scripts(page: Any) -> None:
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")
    assert len(re.findall(r"'sha256-[\w+/=]+'", policy)) == 2
    assert "unsafe-eval" not in policy


def test_the_workbook_has_a_sheet_for_each_table(folder: Path) -> None:
    book = load_workbook(folder / "b.xlsx")
    assert book.sheetnames == SHEETS


def test_the_workbook_has_numbers_and_no_formulas(folder: Path, result: dict[str, Any]) -> None:
    book = load_workbook(folder / "b.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}
    sheet = book["Wh per query"]
    assert [cell.value for cell in sheet[3]][2:5] == ["5% [Wh]", "25% [Wh]", "median [Wh]"]
    # A workbook keeps 16 digits of 17.
    median = result["scenarios"][0]["wh_per_query"]["mean"]["p50"]
    assert sheet["E4"].value == pytest.approx(median, rel=1e-14)
    assert sheet["A6"].value.startswith("=cmd|")
    year = [cell.value for cell in book["Year"][3]]
    assert year[1:6] == [
        "Queries",
        "Electricity, 5% [kWh]",
        "Electricity, median [kWh]",
        "Electricity, 95% [kWh]",
        "Electricity, expected [kWh]",
    ]
    energy = result["activities"][0]["energy_kwh"]
    assert book["Year"]["D4"].value == pytest.approx(energy["p50"], rel=1e-14)


def test_the_text_has_headings_tables_and_described_pictures(folder: Path) -> None:
    text = Document(str(folder / "b.docx"))
    headings = [p.text for p in text.paragraphs if p.style and p.style.name == "Heading 1"]
    assert headings == HEADINGS
    assert len(text.tables) == len(SHEETS)
    shapes: Any = text.inline_shapes
    described: list[str] = [shape._inline.docPr.get("descr") for shape in shapes]
    assert len(described) == 7
    assert all(described)
    assert text.core_properties.title == "Assistants <b>&amp;"
    assert text.core_properties.language == "en"


def test_columns_of_the_text_have_room_for_numbers(folder: Path) -> None:
    text = Document(str(folder / "b.docx"))
    widths = [column.width for table in text.tables for column in table.columns]
    assert min(width.cm for width in widths if width is not None) > 1


def test_a_year_says_why_the_median_of_its_total_is_no_sum(page: Any) -> None:
    first, *others = page.xpath("//section[@id='fleet']//caption")
    (note,) = page.xpath("//section[@id='fleet']/p[@class='note']")
    assert first.text_content().startswith("Queries and electricity of a year")
    assert len(others) == 3
    assert note.getprevious() is first.getparent().getparent()
    assert "its median can even lie below that of one scenario" in note.text_content()


def test_archives_hold_no_time_of_the_day(folder: Path) -> None:
    for name in ("b.docx", "b.xlsx"):
        with zipfile.ZipFile(io.BytesIO((folder / name).read_bytes())) as archive:
            assert {info.date_time[0] for info in archive.infolist()} == {1980}, name


def test_expected_values_of_the_total_are_sums(result: dict[str, Any]) -> None:
    for key in ("energy_kwh", "location_based_lifecycle_tco2e", "water_m3"):
        of_each = [activity[key]["mean"] for activity in result["activities"]]
        assert result["fleet"][key]["mean"] == pytest.approx(sum(of_each))


def test_an_activity_is_the_mean_query_times_their_number(result: dict[str, Any]) -> None:
    for scenario, activity in zip(result["scenarios"], result["activities"], strict=True):
        wh, queries = scenario["wh_per_query"]["mean"], scenario["queries_per_year"]
        for key, kwh in activity["energy_kwh"].items():
            assert kwh == pytest.approx(wh[key] * queries / 1000)


@pytest.mark.parametrize("lang", ["ja", "de"])  # pages of all are looked at in a browser
def test_other_languages_say_it_in_theirs(run: Run, folder: Path, lang: str) -> None:
    (folder / "one.toml").write_text(
        '[[scenario]]\nname = "X"\nmodel = "gpt-oss-120b"\nworkload = "chat"\n', "utf-8"
    )
    targets = ("-o", f"{lang}.html", "--xlsx", f"{lang}.xlsx")
    done = run("report", "one.toml", *targets, "--lang", lang, *FEW, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    # A sheet is found by the same name in every language, and says in this one what it holds.
    sheet = load_workbook(folder / f"{lang}.xlsx")["Wh per query"]
    assert sheet["A1"].value != load_workbook(folder / "b.xlsx")["Wh per query"]["A1"].value
    page = html.fromstring((folder / f"{lang}.html").read_bytes())
    assert page.get("lang") == lang
    headings = {h.text_content().strip() for h in page.iter("h2")}
    assert headings.isdisjoint(HEADINGS)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("scenarios.toml",), 2, "nothing to write; name a file"),
        (("scenarios.toml", "-o", "x.pdf"), 1, "x.pdf: its name must end with .html"),
        (("scenarios.toml", "-o", "no/x.html"), 1, "no is no directory"),
        (("scenarios.toml", "-o", "x.html", "--lang", "xx"), 2, "--lang xx: must be one of en"),
        (("scenarios.toml", "-o", "x.html", "--template", "y"), 2, "must be briefing or"),
        (("none.toml", "-o", "x.html"), 1, "none.toml: No such file"),
        (("/dev/zero", "-o", "x.html"), 1, "/dev/zero: a briefing file has at most"),
        (("wrong.toml", "-o", "x.html"), 1, "wrong.toml [Second]: unknown model 'gpt-os'"),
        (("scenarios.toml", "-o", "x.html", "--draws", "5"), 2, "1000<=x<=50000000"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_line(
    run: Run, folder: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    one = '[[scenario]]\nname = "{}"\nmodel = "{}"\nworkload = "chat"\n'
    wrong = one.format("First", "gpt-oss-120b") + one.format("Second", "gpt-os")
    (folder / "wrong.toml").write_text(wrong, "utf-8")
    done = run("report", *arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (code, b"")
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith("wh-uncertainty: error: ")
    assert said in last
    assert not (folder / "x.html").exists()


def test_an_interrupt_leaves_what_was_there(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENARIOS.format(hostile='"b"'), "utf-8")
    (tmp_path / "b.html").write_text("old")
    asked = [*command, "report", "s.toml", "-o", "b.html"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        asked, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode != 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.html", "s.toml"]
    assert (tmp_path / "b.html").read_text() == "old"
