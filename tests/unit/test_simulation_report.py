import csv
import io
import json
from typing import Any

import pytest

from wh_uncertainty.cli.render import Format
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS, render_simulation

Result = dict[str, Any]


@pytest.fixture
def table(result: Result) -> str:
    return render_simulation(result, Format.TABLE)


def test_answer_comes_first(table: str) -> None:
    answer = " ".join(table.partition("\n\n")[0].split())
    assert answer == (
        "gpt-oss-120b, reasoning (Reasoning model behind an API): about 0.078 Wh per query at a "
        "typical provider, 90 % interval 0.032 to 0.19 Wh; expected value 0.091 Wh."
    )


@pytest.mark.parametrize(
    "row",
    [
        "Wh, mean of the workload's queries 0.078 0.054 to 0.11 0.032 to 0.19 0.091",
        "Wh, one query 0.043 0.018 to 0.10 0.0051 to 0.37 0.10",
        "J per 1k output tokens (decode) 170 120 to 250 68 to 430 200",
        "J per 1k input tokens (prefill) 15 10 to 23 5.7 to 41 18",
        "minutes of PlayStation 5 0.024 0.016 to 0.034 0.0095 to 0.058 0.027",
        "gCO2e, life cycle, Sweden 0.0022 0.0015 to 0.0033 0.00082 to 0.0059 0.0026",
        "Boundary facility: the facility's meter: IT load times PUE",
        "Hardware H100 41 %, B200 31 %, GB200* 20 %, MI355X 7 %, H200 < 1 %, in fp4; * board",
        "gCO2, at the power station, Sweden 0.00031 0.00022 to 0.00045 0.00013 to 0.00078 0.00036",
        "Load typically 96 requests per GPU, 35 tok/s for each user",
        "Price check the tokens' list price would buy 2.1 Wh of electricity",
    ],
)
def test_table_says(table: str, row: str) -> None:
    assert row in [" ".join(line.split()) for line in table.splitlines()]


def test_three_largest_flags_and_how_many_more(table: str) -> None:
    words = " ".join(table.split())
    assert "its prior is used (20 % of draws)" in words
    assert "(1024 to 8192 tokens) no deployment" in words  # all draws: no share
    assert "the fastest is used (< 1 % of draws) and 1 more" in words
    assert "the hardware mix is a judgement" not in words


def test_without_flags_region_and_price(result: Result) -> None:
    result["flags"] = []
    result["emissions"] = None
    result["equivalents"]["price_implied_maximum_wh"] = None
    table = render_simulation(result, Format.TABLE)
    for absent in ("Flags", "gCO2", "mL of water", "Price"):
        assert absent not in table


def test_region_without_some_figures(result: Result) -> None:
    result["emissions"]["direct_g_per_kwh"] = None
    result["emissions"]["water_l"] = None
    assert "mL" not in render_simulation(result, Format.TABLE)
    assert "power station, Sweden" not in render_simulation(result, Format.TABLE)
    assert "direct_gco2" not in render_simulation(result, Format.CSV)


def test_own_priors_are_named(result: Result) -> None:
    result["provenance"]["priors_overridden"] = ["pue_ai_cloud"]
    words = " ".join(render_simulation(result, Format.TABLE).split())
    assert "priors 2026.11 with your own pue_ai_cloud;" in words


def test_name_of_a_trace_cannot_move_the_cursor(result: Result) -> None:
    result["scenario"]["workload"] = "a\x1b[2J\nb.csv"
    assert "\x1b" not in render_simulation(result, Format.TABLE)


@pytest.mark.parametrize("boundary", BOUNDARY_WORDS)
def test_every_boundary_in_words(result: Result, boundary: str) -> None:
    result["boundary"] = boundary
    words = " ".join(render_simulation(result, Format.TABLE).split())
    assert f"Boundary {boundary}: {BOUNDARY_WORDS[boundary]} Tokens" in words


def test_csv_is_tidy(result: Result) -> None:
    rows = list(csv.DictReader(io.StringIO(render_simulation(result, Format.CSV))))
    assert list(rows[0]) == ["quantity", "unit", "p05", "p25", "p50", "p75", "p95", "mean"]
    assert [row["quantity"] for row in rows[:3]] == [
        "wh_per_query.mean",
        "wh_per_query.one_query",
        "j_per_output_token",
    ]
    assert float(rows[0]["p50"]) == result["wh_per_query"]["mean"]["p50"]
    assert all(row["unit"] for row in rows)


def test_json_is_the_result(result: Result) -> None:
    assert json.loads(render_simulation(result, Format.JSON)) == result


def test_measured_boards_do_not_matter_to_provisioned_power(result: Result) -> None:
    result["boundary"] = "provisioned-2025-12"
    assert "*" not in render_simulation(result, Format.TABLE)
