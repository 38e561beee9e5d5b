"""A measured site answers what a question leaves open, and contradicts nothing that it states."""

from dataclasses import replace

import pytest

from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.scenario import Scenario
from wh_uncertainty.model.sites.site_answers import scenario_at

MEASURED = Scenario(
    model="gpt-oss-120b",
    workload="requests",
    hardware="h200",
    precision="fp4",
    interactivity_tok_s=40.0,
    provider="low-traffic",
    region="japan",
    boundary="it",
    as_of="2026-06-01",
)


def test_open_answers_are_those_of_the_measurement() -> None:
    found = scenario_at(MEASURED, Scenario("gpt-oss-120b", "chat"))
    assert (found.hardware, found.precision, found.interactivity_tok_s) == ("h200", "fp4", 40.0)
    assert (found.provider, found.region, found.as_of) == ("low-traffic", "japan", "2026-06-01")
    assert (found.workload, found.boundary) == ("chat", "facility")


def test_another_accelerator_does_not_get_the_number_format_of_the_measured_one() -> None:
    found = scenario_at(MEASURED, Scenario("gpt-oss-120b", "chat", hardware="b200"))
    assert (found.hardware, found.precision, found.interactivity_tok_s) == ("b200", None, 40.0)
    same = scenario_at(MEASURED, Scenario("gpt-oss-120b", "chat", hardware="h200"))
    assert same.precision == "fp4"


def test_a_load_takes_the_place_of_the_measured_pace() -> None:
    asked = Scenario("gpt-oss-120b", "chat", deployment="d", concurrency=64.0)
    found = scenario_at(MEASURED, asked)
    assert (found.concurrency, found.interactivity_tok_s) == (64.0, None)


def test_another_model_gets_what_is_the_sites() -> None:
    found = scenario_at(MEASURED, Scenario("glm-5", "chat"))
    assert (found.hardware, found.interactivity_tok_s, found.as_of) == (None, None, None)
    assert (found.provider, found.region) == ("low-traffic", "japan")


def test_a_building_stands_in_one_region() -> None:
    with pytest.raises(ScenarioError, match="the site stands in japan"):
        scenario_at(MEASURED, Scenario("glm-5", "chat", region="france"))
    anywhere = replace(MEASURED, region=None)
    assert scenario_at(anywhere, Scenario("glm-5", "chat", region="france")).region == "france"


def test_another_class_of_provider_is_refused() -> None:
    with pytest.raises(ScenarioError, match="measured as low-traffic"):
        scenario_at(MEASURED, Scenario("gpt-oss-120b", "chat", provider="first-party"))
    same = Scenario("gpt-oss-120b", "chat", provider="low-traffic")
    assert scenario_at(MEASURED, same).provider == "low-traffic"
