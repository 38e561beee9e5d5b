"""Pictures of disclosures: every group is named, and no text is over another."""

from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.cli.plot_disclosure import draw_disclosure
from wh_uncertainty.model.analyses.disclosure import disclosures
from wh_uncertainty.model.analyses.groups import GROUPS
from wh_uncertainty.model.context import prepare
from wh_uncertainty.model.provenance import provenance
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.priors import load_catalogue

Result = dict[str, Any]
Drawn = Any  # the fixture of conftest

LONG_WORDS = "what the operator's own engineers would call the batching of requests (all kinds)"
LONG_WORD = "interconnect-switches-and-everything-else-without-any-blank"


@pytest.fixture(scope="module")
def everything() -> Result:
    """Every group that can be published at all, from few draws: some steps are all noise."""
    catalogue = load_catalogue()
    answers = {"model": "gpt-oss-120b", "workload": "chat", "effort": "high"}
    scenario = create_scenario(catalogue, as_of="2026-12-01", **answers)
    context = prepare(scenario, catalogue)
    found = disclosures(context, estimand="one-query", published_error=0.1, log2_n=4)
    return {
        "scenario": scenario.to_dict(),
        "boundary": scenario.boundary,
        "disclosure": found.to_dict(),
        "provenance": provenance(context, 0, 2**12),
    }


def cut(result: Result, n: int) -> Result:
    """Leave the first steps."""
    found = result["disclosure"]
    path = found["path"][:n]
    singles = [s for s in found["singles"] if s["groups"][0] in path[-1]["groups"]]
    return result | {"disclosure": found | {"path": path, "singles": singles}}


def stretched(result: Result, power: float) -> Result:
    def to_power(record: Result) -> Result:
        return record | {"ratio_p95_p05": record["ratio_p95_p05"] ** power}

    found = to_power(result["disclosure"])
    return result | {"disclosure": found | {"path": [to_power(step) for step in found["path"]]}}


def worded(result: Result, words: str) -> Result:
    found = result["disclosure"]
    singles = [{**single, "meaning": words} for single in found["singles"]]
    return result | {"disclosure": found | {"singles": singles}}


@pytest.mark.parametrize("power", [0, 0.01, 0.1, 0.3, 1, 1.15, 2, 10])
def test_ratios_of_every_size_keep_apart(
    tmp_path: Path, drawn: Drawn, everything: Result, power: float
) -> None:
    draw_disclosure(tmp_path / "x.png", stretched(everything, power))
    drawn.assert_legible()


@pytest.mark.parametrize("words", [LONG_WORD, LONG_WORDS])
def test_long_words_find_room(tmp_path: Path, drawn: Drawn, everything: Result, words: str) -> None:
    draw_disclosure(tmp_path / "x.png", worded(everything, words))
    drawn.assert_legible()
    assert " ".join(text for text, _, _ in drawn).count(words) == len(GROUPS) - 1


@pytest.mark.parametrize("n", [1, 2, 13])
def test_every_step_is_named(tmp_path: Path, drawn: Drawn, everything: Result, n: int) -> None:
    assert len(everything["disclosure"]["path"]) == len(GROUPS) - 1 == 13
    result = cut(everything, n)
    draw_disclosure(tmp_path / "x.svg", result)
    drawn.assert_legible()
    said = " ".join(text for text, _, _ in drawn)
    for single in result["disclosure"]["singles"]:
        assert f"+ {single['meaning']}{'' if single['exact'] else ' ~'}" in said
    assert "relative error of 0.1" in said
    assert "gpt-oss-120b, chat" in said
    assert "one random query" in said
    assert "IT load times PUE" in said
    assert result["provenance"]["posterior_sha256"][:12] in said


def test_exact_numbers_need_no_sign(tmp_path: Path, drawn: Drawn, everything: Result) -> None:
    found = cut(everything, 1)["disclosure"] | {"published_error": None}
    found["singles"] = [{**single, "exact": True} for single in found["singles"]]
    draw_disclosure(tmp_path / "x.svg", everything | {"disclosure": found})
    assert not any("~" in text or "relative error" in text for text, _, _ in drawn)


def test_numbers_are_those_of_the_result(tmp_path: Path, drawn: Drawn, everything: Result) -> None:
    found = cut(everything, 2)["disclosure"] | {"ratio_p95_p05": 22.4}
    ratios = (6.32, 1.234)
    found["path"] = [
        {**step, "ratio_p95_p05": ratio} for step, ratio in zip(found["path"], ratios, strict=True)
    ]
    reductions = (0.409, -0.0001)
    found["singles"] = [
        {**single, "reduction": reduction}
        for single, reduction in zip(found["singles"], reductions, strict=True)
    ]
    draw_disclosure(tmp_path / "x.svg", everything | {"disclosure": found})
    times, arrow = "\u00d7", "\u2192"
    assert {
        f"{times} 22",
        f"{times} 22 {arrow} {times} 6.3",
        f"{times} 6.3 {arrow} {times} 1.23",
        f"{times} 1.23",
        "40.9 %",
        "0.0 %",
    } <= {text for text, _, _ in drawn}


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_same_result_same_picture(tmp_path: Path, everything: Result, suffix: str) -> None:
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    for path in (first, second):
        draw_disclosure(path, everything)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith({"svg": b"<?xml", "png": b"\x89PNG"}[suffix])
