"""The annex to disclose: a record with the numbers of simulations, a document with its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.cli.briefing.annex_document import annex_document
from wh_uncertainty.cli.briefing.annex_twin import annex_twin
from wh_uncertainty.cli.briefing.document import Document, Interval, Paragraph, Table, tables_of
from wh_uncertainty.cli.briefing.language import load_language
from wh_uncertainty.cli.briefing.sections.provenance import Request
from wh_uncertainty.model.documents.briefing_file import check_activities, read_briefing
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.simulation import simulate

REQUEST = Request("wh-uncertainty report x.toml", "x.toml", "0" * 64)
QUANTILES = ("p05", "p25", "p50", "p75", "p95", "mean")


@pytest.fixture(scope="module")
def twin(briefed: tuple[Any, dict[str, Any]]) -> dict[str, Any]:
    return annex_twin(*briefed, REQUEST)


@pytest.fixture(scope="module")
def document(twin: dict[str, Any], briefed: tuple[Any, dict[str, Any]]) -> Document:
    return annex_document(twin, briefed[1], REQUEST, load_language("en"))


def _numbers(measured: Mapping[str, Any], scale: float = 1) -> list[float]:
    return [scale * measured[key] for key in QUANTILES]


def _table(document: Document, name: str) -> Table:
    (found,) = (table for table in tables_of(document) if table.name == name)
    return found


def test_an_activity_is_what_simulate_says_times_the_queries(twin: dict[str, Any]) -> None:
    asked = {"model": "gpt-oss-120b", "workload": "1k/1k", "hardware": "h100", "region": "sweden"}
    simulated = simulate(asked, draws=2_000, seed=3).to_dict()
    placed, wh = twin["activities"][0], simulated["wh_per_query"]["mean"]
    gco2e = simulated["emissions"]["lifecycle_gco2e"]
    lifecycle = placed["emissions"]["location_based_lifecycle"]
    assert _numbers(placed["energy_factor"]) == pytest.approx(_numbers(wh, 1e-3))
    assert _numbers(placed["energy"]) == pytest.approx(_numbers(wh, 2e7 / 1e3))
    assert _numbers(lifecycle) == pytest.approx(_numbers(gco2e, 2e7 / 1e6))
    assert _numbers(placed["emissions"]["market_based"]) == pytest.approx(
        _numbers(placed["energy"], 12 / 1e6)
    )
    assert placed["flags"] == simulated["flags"]


def test_emission_factors_are_those_of_the_catalogue_with_their_sources(
    twin: dict[str, Any], briefed: tuple[Any, dict[str, Any]]
) -> None:
    region = briefed[0].entries[0].simulation.context.catalogue.regions["sweden"]
    factors = twin["activities"][0]["emission_factors"]
    lifecycle = factors["location_based_lifecycle"]
    for key, stated in region.carbon_lifecycle_g_per_kwh.quantiles.items():
        assert lifecycle[key] == pytest.approx(stated, rel=0.01)
    assert lifecycle["p25"] < lifecycle["mean"] < lifecycle["p95"]
    assert lifecycle["sources"]
    assert factors["location_based_direct"]["value"] == region.carbon_direct_g_per_kwh
    assert factors["market_based"] == {"unit": "gCO2e/kWh", "value": 12}


def test_without_a_region_emissions_are_not_known_and_neither_is_the_total(
    twin: dict[str, Any],
) -> None:
    anywhere = twin["activities"][1]
    assert set(anywhere["emission_factors"].values()) == {None}
    for record in (anywhere, twin["totals"]):
        assert set(record["emissions"].values()) == {None}
        assert record["water"] is None
        assert record["energy"] is not None


def test_the_total_is_of_joint_draws_and_no_sum_of_quantiles(
    twin: dict[str, Any], briefed: tuple[Any, dict[str, Any]]
) -> None:
    total, parts = twin["totals"]["energy"], [a["energy"] for a in twin["activities"]]
    fleet = briefed[1]["fleet"]
    assert {key: total[key] for key in QUANTILES} == fleet["energy_kwh"]
    assert total["p05"] > 1.02 * sum(part["p05"] for part in parts)
    assert total["mean"] == pytest.approx(sum(part["mean"] for part in parts), rel=0.1)
    assert twin["totals"]["activity"] == {"value": 2.1e7, "unit": "queries/year"}


def test_intensity_per_token_is_that_per_query_over_its_tokens(twin: dict[str, Any]) -> None:
    units = twin["activities"][0]["sci"]["functional_units"]
    query, tokens, output = (unit["operational"] for unit in units)
    assert _numbers(tokens, 2.048) == pytest.approx(_numbers(query), rel=1e-4)
    assert _numbers(output, 1.024) == pytest.approx(_numbers(query), rel=1e-4)
    assert (twin["activities"][0]["sci"]["embodied"], units[0]["energy"]["unit"]) == (
        None,
        "kWh/query",
    )


def test_with_a_drawn_effort_each_draw_has_its_tokens(
    briefed: tuple[Any, dict[str, Any]],
) -> None:
    from wh_uncertainty.model.documents.functional_units import per_functional_unit

    drawn = simulate({"model": "gpt-oss-120b", "workload": "1k/1k", "effort": "high"}, draws=2_000)
    query, _, output = (unit["energy_kwh"] for unit in per_functional_unit(drawn))
    assert output["p50"] < query["p50"]
    assert output["p95"] / output["p05"] != pytest.approx(query["p95"] / query["p05"], rel=1e-3)
    assert per_functional_unit(drawn)[0]["operational_gco2e"] is None


def test_the_document_shows_the_numbers_of_its_record(
    document: Document, twin: dict[str, Any]
) -> None:
    rows = _table(document, "Electricity").rows
    assert [row[0] for row in rows] == ["Placed", "Anywhere", "Total, drawn jointly"]
    for row, record in zip(rows, (*twin["activities"], twin["totals"]), strict=True):
        energy = record["energy"]
        assert isinstance(row[4], Interval)
        assert row[4].ends == (energy["p05"], energy["p50"], energy["p95"])
    emissions = _table(document, "Emissions").rows
    assert [getattr(row[3], "ends", 0) is None for row in emissions] == [False, True, True]


def test_the_document_says_what_is_missing(document: Document) -> None:
    sections = {section.key: section for section in document.sections}
    said = [
        block.text
        for key in ("statement", "calculation")
        for block in sections[key].blocks
        if isinstance(block, Paragraph) and block.role == "warning"
    ]
    assert len(said) == 3
    assert "names no region" in said[0]
    assert "different power boundaries" in said[1]


def test_the_document_says_why_the_median_of_its_total_is_no_sum(document: Document) -> None:
    blocks = next(s.blocks for s in document.sections if s.key == "calculation")
    below = blocks[blocks.index(_table(document, "Electricity")) + 1]
    assert isinstance(below, Paragraph)
    assert "its median can even lie below that of one activity" in below.text


def test_a_single_activity_has_no_row_of_totals(
    twin: dict[str, Any], briefed: tuple[Any, dict[str, Any]]
) -> None:
    alone = {**twin, "activities": twin["activities"][:1]}
    found = annex_document(alone, briefed[1], REQUEST, load_language("en"))
    assert [row[0] for row in _table(found, "Electricity").rows] == ["Placed"]


@pytest.mark.parametrize(
    ("queries", "stated"), [("", "is missing"), ("queries_per_year = 0", "is 0")]
)
def test_a_scenario_that_is_no_activity_is_refused(
    tmp_path: Path, queries: str, stated: str
) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        f'[[scenario]]\nname = "X"\nmodel = "gpt-oss-120b"\nworkload = "chat"\n{queries}\n', "utf-8"
    )
    with pytest.raises(ScenarioError, match=rf"\[scenario 1.queries_per_year\]: {stated}; .*state"):
        check_activities(path, read_briefing(path))
