import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.cli.files import OutputError
from wh_uncertainty.cli.layout import Column, aligned, printable
from wh_uncertainty.cli.render import Format, format_of, render_records, to_csv, to_json

COLUMNS = (Column("name", "name"), Column("rows", "rows", right=True))
RECORDS: list[dict[str, Any]] = [
    {"name": "one", "rows": 3560, "tags": ["a", "b"], "known": None},
    {"name": "two and more", "rows": 7, "tags": [], "known": True},
]


def test_table_aligns_and_leaves_no_trailing_blanks() -> None:
    assert render_records(RECORDS, COLUMNS, Format.TABLE) == (
        "name           rows\none           3,560\ntwo and more      7\n"
    )


@pytest.mark.parametrize(
    ("asked", "name", "written"),
    [
        (None, None, "table"),
        (None, "x.json", "json"),
        (None, "x.CSV", "csv"),
        (None, "x.txt", "table"),
        (None, "x", "table"),
        ("table", "x.json", "table"),
        ("json", "x.html", "json"),
    ],
)
def test_the_name_of_a_file_says_its_format_unless_another_is_asked_for(
    asked: str | None, name: str | None, written: str
) -> None:
    form = None if asked is None else Format(asked)
    assert format_of(form, None if name is None else Path(name)) == written


def test_a_name_of_another_format_is_refused() -> None:
    with pytest.raises(OutputError, match=r"x\.xlsx: no result is written as \.xlsx"):
        format_of(None, Path("x.xlsx"))


def test_table_without_rows_says_so() -> None:
    assert render_records([], COLUMNS, Format.TABLE, "no match") == "no match\n"


def test_json_and_csv_hold_every_key() -> None:
    assert json.loads(render_records(RECORDS, COLUMNS, Format.JSON)) == RECORDS
    rows = list(csv.DictReader(io.StringIO(render_records(RECORDS, COLUMNS, Format.CSV))))
    assert rows[0] == {"name": "one", "rows": "3560", "tags": "a|b", "known": ""}
    assert rows[1]["known"] == "true"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_never_holds_what_json_does_not_know(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"p50": value})


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_csv_cell_never_starts_a_formula(start: str) -> None:
    cell = list(csv.reader(io.StringIO(to_csv(["x"], [[start]]), newline="")))[1][0]
    assert cell == f"'{start}"


def test_csv_leaves_numbers_alone() -> None:
    assert to_csv(["x"], [[-0.1], [1e-7]]) == "x\n-0.1\n1e-07\n"


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\x1b[31mb", "a\u2028b"])
def test_no_text_can_move_the_cursor(text: str) -> None:
    assert printable(text).isprintable()
    assert aligned([[text]], [False]).count("\n") == 1


def test_stated_numbers_carry_no_idle_zeros() -> None:
    records: list[dict[str, Any]] = [{"name": "x", "rows": value} for value in (0.5, 80.0, 5.1)]
    shown = render_records(records, COLUMNS, Format.TABLE).split()
    assert shown[2:] == ["x", "0.5", "x", "80", "x", "5.1"]
