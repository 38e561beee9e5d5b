"""What a file of scenarios may say."""

from pathlib import Path

import pytest

from wh_uncertainty.model.documents.briefing_file import MAX_SCENARIOS, read_briefing
from wh_uncertainty.model.scenario import ScenarioError

WHOLE = """
title = "Assistants"
organisation = "City"
period = "2026"
shared = "site"

[common]
region = "japan"

[[scenario]]
name = "Chat"
model = "gpt-oss-120b"
workload = "chat"
queries_per_year = 1_000_000

[[scenario]]
name = "Reports"
model = "deepseek-r1"
workload = "1k/8k"
region = "france"
market_based_g_per_kwh = 12.5
"""
ONE = '[[scenario]]\nname = "a"\nmodel = "gpt-oss-120b"\nworkload = "chat"\n'


def _file(folder: Path, text: str) -> Path:
    path = folder / "scenarios.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file(tmp_path: Path) -> None:
    plan = read_briefing(_file(tmp_path, WHOLE))
    assert (plan.title, plan.organisation, plan.period) == ("Assistants", "City", "2026")
    assert plan.shared == ("site",)
    chat, reports = plan.scenarios
    assert (chat.name, chat.queries_per_year, chat.market_based_g_per_kwh) == ("Chat", 1e6, None)
    assert chat.answers == {"region": "japan", "model": "gpt-oss-120b", "workload": "chat"}
    assert reports.answers["region"] == "france"
    assert (reports.queries_per_year, reports.market_based_g_per_kwh) == (None, 12.5)


def test_files_that_describe_are_found_from_where_the_file_is(tmp_path: Path) -> None:
    text = '[[scenario]]\nname = "a"\nmodel_spec = "own/moe.toml"\nworkload = "chat"\n'
    (scenario,) = read_briefing(_file(tmp_path, text)).scenarios
    assert scenario.answers["model_spec"] == tmp_path / "own" / "moe.toml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no scenarios; add [[scenario]]"),
        ("title = 3\n" + ONE, "[title]: 3 must be a text"),
        ('titel = "x"\n' + ONE, "[titel]: unknown key; keys are title"),
        ('scenario = "x"', "no scenarios"),
        ("common = 1\n" + ONE, "[common]: must be a table"),
        ("shared = 1\n" + ONE, "[shared]: 1 must be a name"),
        ('[[scenario]]\nmodel = "x"', "[scenario 1.name]: is missing"),
        (ONE + 'name_ = "x"', "[scenario 1.name_]: unknown key"),
        (ONE + "hardware = true", "[scenario 1.hardware]: True must be a text or a number"),
        (
            ONE + "queries_per_year = -1",
            "[scenario 1.queries_per_year]: -1 must be a number from 0",
        ),
        (ONE + "queries_per_year = nan", "nan must be a number"),
        (ONE + 'queries_per_year = "many"', "'many' must be a number"),
        (ONE + "market_based_g_per_kwh = true", "True must be a number"),
        (ONE + ONE, "two scenarios are named 'a'"),
        (ONE * (MAX_SCENARIOS + 1), f"{MAX_SCENARIOS + 1} scenarios, at most {MAX_SCENARIOS}"),
        ("title = ", "malformed TOML"),
    ],
)
def test_what_breaks_a_rule_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(ScenarioError) as caught:
        read_briefing(path)
    assert str(caught.value).startswith(f"{path}")
    assert said in str(caught.value)
