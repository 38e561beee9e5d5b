"""What may be asked, and what is said when it may not."""

from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.model.scenario import Scenario, ScenarioError, create_scenario, read_scenario
from wh_uncertainty.priors import Catalogue, load_catalogue

DEPLOYMENT = "gpt-oss-120b|b200|fp4|vllm|none|agg|g1|tp1|ep1|dp0"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def ask(catalogue: Catalogue, **answers: Any) -> Scenario:
    return create_scenario(catalogue, **{"model": "gpt-oss-120b", "workload": "8k/1k", **answers})


@pytest.mark.parametrize(
    ("written", "model"),
    [
        ("dsr1", "deepseek-r1-0528"),
        ("deepseek-ai/DeepSeek-R1-0528", "deepseek-r1-0528"),
        ("DeepSeek R1", "deepseek-r1-0528"),
        ("gptoss120b", "gpt-oss-120b"),
        ("openai/gpt-oss-120b", "gpt-oss-120b"),
        ("GPT-OSS-120B", "gpt-oss-120b"),
        ("meta-llama/Llama-3.3-70B-Instruct", "llama-3.3-70b"),
    ],
)
def test_models_by_the_names_people_use(catalogue: Catalogue, written: str, model: str) -> None:
    assert ask(catalogue, model=written).model == model


def test_other_names_are_as_forgiving(catalogue: Catalogue) -> None:
    scenario = ask(
        catalogue,
        hardware="B200",
        precision="FP4",
        provider="Third Party",
        boundary="Provisioned_2025-12",
        effort="High",
        workload="8K/1K",
    )
    assert (scenario.hardware, scenario.precision, scenario.provider) == (
        *("b200", "fp4"),
        "third-party",
    )
    assert (scenario.boundary, scenario.effort) == ("provisioned-2025-12", "high")
    assert scenario.workload == "8K/1K"


def test_every_model_accelerator_and_region_by_name_and_alias(catalogue: Catalogue) -> None:
    for model, card in catalogue.models.items():
        assert {ask(catalogue, model=a).model for a in (model, *card.aliases)} == {model}
    for gpu, hardware in catalogue.hardware.items():
        assert {ask(catalogue, hardware=a).hardware for a in (gpu, *hardware.aliases)} == {gpu}
    for name, region in catalogue.regions.items():
        assert {ask(catalogue, region=a).region for a in (name, *region.aliases)} == {name}


def test_unknown_by_default(catalogue: Catalogue) -> None:
    scenario = ask(catalogue, hardware=None, efficiency=None)
    assert scenario == Scenario("gpt-oss-120b", "8k/1k")
    assert scenario.to_dict()["boundary"] == "facility"


def test_a_deployment_settles_hardware_and_precision(catalogue: Catalogue) -> None:
    scenario = ask(catalogue, deployment=DEPLOYMENT, concurrency="64")
    assert (scenario.hardware, scenario.precision, scenario.concurrency) == ("b200", "fp4", 64.0)


def test_spaces_around_a_deployment_do_not_matter(catalogue: Catalogue) -> None:
    assert ask(catalogue, deployment=f" {DEPLOYMENT} ").deployment == DEPLOYMENT


def test_numbers_may_be_written_as_text(catalogue: Catalogue) -> None:
    scenario = ask(catalogue, interactivity_tok_s="35", efficiency="0.5", cached_share="0")
    assert (scenario.interactivity_tok_s, scenario.efficiency) == (35.0, 0.5)
    assert scenario.cached_share == 0.0
    assert ask(catalogue, effort=2).effort == ask(catalogue, effort="2").effort == "2.0"


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"model": "gpt-os-120"}, "unknown model .*did you mean gpt-oss-120b.*list models"),
        ({"model": "qqqqqqq"}, "unknown model .*known are .*gpt-oss-120b"),
        ({"model": "x" * 500}, r"unknown model 'x{60}\.\.\.'"),
        ({"model": " "}, "needs a model"),
        ({"model": None}, "needs a model"),
        ({"workload": ""}, "needs a workload"),
        ({"hardware": "b20"}, "unknown hardware 'b20': did you mean .*b200"),
        ({"precision": "fp3"}, "unknown precision 'fp3'.*simulate --help"),
        ({"provider": "mine"}, "unknown provider 'mine'"),
        ({"boundary": "rack"}, "unknown boundary 'rack'"),
        ({"region": "atlantis"}, "unknown region 'atlantis'.*list regions"),
        ({"hardwear": "b200"}, "scenario key 'hardwear' is unknown; keys are .*hardware"),
        ({"interactivity_tok_s": 0}, "interactivity_tok_s 0.0: must lie above 0"),
        ({"interactivity_tok_s": -3}, "must lie above 0"),
        ({"interactivity_tok_s": "fast"}, "interactivity_tok_s 'fast': not a number"),
        ({"interactivity_tok_s": float("nan")}, "must be finite"),
        ({"interactivity_tok_s": 1e6}, "at most 100000"),
        ({"efficiency": 0}, "efficiency 0.0: must lie above 0"),
        ({"efficiency": float("inf")}, "efficiency inf: must be finite"),
        ({"efficiency": [1]}, r"efficiency \[1\]: not a number"),
        ({"cached_share": 1.5}, "cached_share 1.5: must lie between 0 and 1"),
        ({"cached_share": -0.1}, "must lie between 0 and 1"),
        ({"concurrency": 8}, "concurrency needs a deployment"),
        (
            {"deployment": DEPLOYMENT, "concurrency": 8, "interactivity_tok_s": 35},
            "both fix the load",
        ),
        ({"deployment": "gpt-oss-120b on eight B200"}, "not a deployment name; write one like"),
        ({"deployment": DEPLOYMENT, "hardware": "h100"}, "deployment has hardware 'b200'"),
        ({"deployment": DEPLOYMENT, "model": "dsr1"}, "deployment has model 'gpt-oss-120b'"),
        ({"effort": "extreme"}, "effort 'extreme': not a number; give low, medium, high"),
        ({"effort": 0}, "a factor must be above 0"),
        ({"effort": -1}, "a factor must be above 0"),
        ({"effort": 1e9}, "at most 1000"),
        ({"as_of": "tomorrow"}, "as_of 'tomorrow': not a day; write YYYY-MM-DD"),
        ({"as_of": "2026-02-30"}, "not a day"),
        ({"as_of": "2099-01-01"}, "name a day between"),
        ({"as_of": "2020-01-01"}, "name a day between"),
    ],
)
def test_what_may_not_be_asked(catalogue: Catalogue, answers: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        ask(catalogue, **answers)
    assert "\n" not in str(caught.value)


def test_a_file_answers_like_arguments(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "question.toml"
    path.write_text('model = "dsr1"\nworkload = "chat"\nefficiency = 0.4\nas_of = 2026-10-01\n')
    scenario = create_scenario(catalogue, **read_scenario(path))
    assert scenario == Scenario("deepseek-r1-0528", "chat", efficiency=0.4, as_of="2026-10-01")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'model = "dsr1', "malformed TOML"),
        (b'hardwear = "b200"', r"\[hardwear\]: unknown key; did you mean hardware"),
        (b'model = ["dsr1"]', r"\[model\]: \['dsr1'\] must be a text or a number"),
        (b"[model]\nname = 1", r"\[model\]: .* must be a text or a number"),
        (b"efficiency = true", "must be a text or a number"),
        (b'model = "\xff"', "not UTF-8 at byte 9"),
        (b"model = " + b"[" * 100_000, "malformed TOML, lists or tables nest too deep"),
        (b"efficiency = " + b"1" * 5000, "malformed TOML"),
        (b"#" * 1_000_001, "at most 1,000,000 B"),
        (None, "No such file"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "question.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ScenarioError, match=message) as caught:
        read_scenario(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_number_beyond_all_floats_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(ScenarioError, match="too large"):
        ask(catalogue, efficiency=10**400)


def test_a_directory_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="check the path"):
        read_scenario(tmp_path)
