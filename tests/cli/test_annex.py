"""The command `report --template sustainability`: its files, from hostile names to a record."""

import json
import subprocess
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.cli.schema import schema_text

jsonschema: Any = import_module("jsonschema")  # neither publishes types
load_workbook: Any = import_module("openpyxl").load_workbook
Run = Callable[..., subprocess.CompletedProcess[bytes]]

HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> \u202e{name}" + "x" * 1_000
SCENARIO = """
[[scenario]]
name = {name}
model = "gpt-oss-120b"
workload = "chat"
hardware = "h100"
region = "japan"
"""
SUSTAINABILITY = ("--template", "sustainability", "--draws", 2000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """A folder with an annex of one activity, named by an enemy."""
    made = tmp_path_factory.mktemp("annex")
    text = SCENARIO.format(name=json.dumps(HOSTILE)) + "queries_per_year = 2e7\n"
    (made / "s.toml").write_text(text, "utf-8")
    targets = ("-o", "a.html", "--docx", "a.docx", "--xlsx", "a.xlsx", "--json", "a.json")
    done = run("report", "s.toml", *SUSTAINABILITY, *targets, cwd=made)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr.decode()
    return made


@pytest.fixture(scope="module")
def record(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "a.json").read_text("utf-8"))
    return content


def test_the_record_is_as_the_schema_says(record: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(json.loads(schema_text("sustainability"))).validate(record)


def test_the_record_keeps_a_name_and_the_page_escapes_it(
    folder: Path, record: dict[str, Any]
) -> None:
    assert record["activities"][0]["name"] == HOSTILE
    page = (folder / "a.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_total_of_one_activity_is_that_activity(record: dict[str, Any]) -> None:
    (activity,), total = record["activities"], record["totals"]
    for key in ("activity", "energy", "emissions", "water", "electricity_cost"):
        assert total[key] == activity[key]
    assert (total["shared"], total["energy_if_independent"]) == ([], None)


def test_the_workbook_has_a_sheet_for_each_step(folder: Path, record: dict[str, Any]) -> None:
    book = load_workbook(folder / "a.xlsx")
    assert book.sheetnames == [
        *("Statement", "Electricity", "Emissions", "Direct emissions", "Emission factors"),
        *("Water and cost", "SCI", "Standards", "Data quality", "1 quality", "Rules of rating"),
        "Provenance",
    ]
    assert {c.data_type for sheet in book for row in sheet.iter_rows() for c in row} <= {"s", "n"}
    energy = record["activities"][0]["energy"]
    assert book["Electricity"]["H4"].value == pytest.approx(energy["p50"], rel=1e-14)


def test_the_command_in_the_record_gives_the_record_again(
    run: Run, folder: Path, record: dict[str, Any]
) -> None:
    words = record["provenance"]["command"].split()
    before = (folder / "a.json").read_bytes()
    assert run(*words[1:], cwd=folder).returncode == 0
    assert (folder / "a.json").read_bytes() == before


def test_a_scenario_without_queries_is_refused_before_the_work(run: Run, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(SCENARIO.format(name='"X"'), "utf-8")
    done = run("report", "s.toml", *SUSTAINABILITY, "-o", "a.html", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == (
        "wh-uncertainty: error: s.toml [scenario 1.queries_per_year]: is missing; each scenario of "
        "an annex is an activity; state a number above 0, or take the scenario out\n"
    )
    assert not (tmp_path / "a.html").exists()
