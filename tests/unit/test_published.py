"""The file of published figures: its rules, its numbers and its questions."""

from dataclasses import replace
from pathlib import Path

import pytest

from wh_uncertainty.model.posterior import PosteriorError, posterior_names
from wh_uncertainty.model.scoring.published import (
    EXPECTATIONS,
    Beside,
    Published,
    compare,
    references_result,
)
from wh_uncertainty.model.scoring.published_file import read_published
from wh_uncertainty.model.validate import ValidationError
from wh_uncertainty.model.workload import parse_workload
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()
FIGURES = {figure.key: figure for figure in read_published(CATALOGUE)}
GOOD = """[source.someone_2026]
title = "T"
author = "A"
date = "2026"
where = "a page"
access = "primary"

[figure.one]
who = "Someone"
what = "gpt-oss-120b, 1k in, 1k out"
published = "2026-01-01"
theirs_wh = 0.3
theirs_low_wh = 0.1
theirs_high_wh = 0.5
source = ["someone_2026", "google_2025"]
locator = "p. 3"
estimand = "mean"
same_model = true
expectation = "comparable"
differs = "Nothing is known to."
question = { model = "gpt-oss-120b", workload = "1k/1k" }
"""


def read(folder: Path, content: str) -> tuple[Published, ...]:
    path = folder / "figures.toml"
    path.write_text(content, "utf-8")
    return read_published(CATALOGUE, path)


def beside(theirs_wh: float) -> Beside:
    figure = replace(FIGURES["google_full"], theirs_wh=theirs_wh)
    ours = {"p05": 0.5, "p25": 0.8, "p50": 1.0, "p75": 1.2, "p95": 2.0}
    return Beside(figure, ours, {"observations_sha256": "a", "posterior_sha256": f"{theirs_wh}"})


def test_a_figure_is_read_with_its_sources(tmp_path: Path) -> None:
    (figure,) = read(tmp_path, GOOD)
    assert (figure.key, figure.theirs_wh, figure.same_model) == ("one", 0.3, True)
    assert [source.key for source in figure.source] == ["someone_2026", "google_2025"]
    assert figure.question.model == "gpt-oss-120b"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("who =", "whom =", r"figures.toml \[figure.one\].whom: is not a known key; did you mean"),
        ("[figure.one]", "[figures.one]", r"\[figures\].figures: is not a known key"),
        ('locator = "p. 3"\n', "", r"\[figure.one\].locator: is missing"),
        ('"Nothing is known to."', '" "', r"\[figure.one\].differs: is empty"),
        ("theirs_wh = 0.3", 'theirs_wh = "0.3"', r"\[figure.one\].theirs_wh: '0.3' is not a num"),
        ("theirs_wh = 0.3", "theirs_wh = -0.3", r"theirs_wh: -0.3 is no energy; write positive"),
        ("theirs_wh = 0.3", "theirs_wh = nan", "theirs_wh: nan is no energy"),
        ("theirs_wh = 0.3", "theirs_wh = 0.6", "theirs_wh: lies outside its range 0.1 to 0.5"),
        ("theirs_low_wh = 0.1\n", "", r"\[figure.one\]: has one end of a range"),
        ("same_model = true", "same_model = 1", "same_model: 1 is neither true nor false"),
        ('"mean"', '"median"', "estimand: 'median'; use one of mean, one-query"),
        ('"comparable"', '"wrong"', "expectation: 'wrong'; use one of comparable"),
        ('["someone_2026", "google_2025"]', "[]", r"\[figure.one\].source: is empty; add"),
        ('"google_2025"', '"no_one_2020"', "source: 'no_one_2020' is not a source; add"),
        ("someone_2026", "google_2025", r"\[source.google_2025\]: is a source of the priors"),
        ('model = "gpt-oss-120b"', 'model = "gpt-9"', r"\[figure.one\].question: unknown model"),
        ("workload =", "work =", r"\[figure.one\].question: scenario key 'work' is unknown"),
        ('"primary"', '"hearsay"', r"\[someone_2026\].access: 'hearsay' is unknown"),
        ("[figure.one]", "[figure.one", "figures.toml .*line 8"),
    ],
)
def test_broken_rules_are_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(ValidationError, match=message):
        read(tmp_path, GOOD.replace(old, new))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"none\.toml: No such file.*; check the path"):
        read_published(CATALOGUE, tmp_path / "none.toml")


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_every_question_can_be_asked(figure: Published) -> None:
    assert figure.question.model in posterior_names()
    assert parse_workload(figure.question.workload).moments.isl_tok > 0
    assert len(figure.differs) > 20
    if not figure.same_model:
        assert "here" in figure.differs, "what stands in for what has to be said"


def test_only_a_named_model_counts_as_the_same() -> None:
    for figure in FIGURES.values():
        assert (figure.expectation == "different model class") <= (not figure.same_model)


@pytest.mark.parametrize(
    ("key", "wh", "places"),
    [
        # J per output token times 1024 tokens
        ("inferencex_measured_c4", 1.23 * 1024 / 3600, 6),
        ("inferencex_measured_c64", 0.16 * 1024 / 3600, 6),
        # Wh per 1,000 queries
        ("ai_energy_score_high", 8504 / 1000, 6),
        ("ai_energy_score_low", 5313 / 1000, 6),
        # nodes x kW (x PUE) x 24 h over 168 million thousands of output tokens
        ("deepseek_provisioned", 226.75 * 13.84e3 * 24 / 168e6, 3),
        ("deepseek_facility", 226.75 * 6.5e3 * 1.25 * 24 / 168e6, 3),
        # total throughput per GPU at all-in watts, nominal lengths
        ("card_minimax_m2_5", 2170 / (8062 / 2) * 9216 / 3600, 2),
        ("card_qwen3_5", 2170 / (11092 / 8) * 9216 / 3600, 2),
        ("card_glm_5", 2170 / (6300 / 8) * 9216 / 3600, 2),
        ("article_r1_fp8_8k1k_high", 2170 / 1485.3 * 9216 / 3600, 2),
    ],
)
def test_figures_follow_from_what_they_were_made_of(key: str, wh: float, places: int) -> None:
    assert round(FIGURES[key].theirs_wh, places) == pytest.approx(round(wh, places))


def test_the_question_of_deepseek_has_its_lengths_and_cache() -> None:
    question = FIGURES["deepseek_provisioned"].question
    assert question.workload == f"{608e9 / 168e9 * 1000:.0f}/1000"
    assert question.cached_share == pytest.approx(342 / 608, abs=0.001)


@pytest.mark.parametrize(
    ("theirs_wh", "verdict"),
    [(0.49, "below"), (0.5, "inside"), (2.0, "inside"), (2.1, "above")],
)
def test_verdict(theirs_wh: float, verdict: str) -> None:
    assert beside(theirs_wh).verdict == verdict
    assert beside(theirs_wh).ratio == theirs_wh


def test_hashes_are_combined_where_models_differ() -> None:
    one, several = references_result([beside(1.0)]), references_result([beside(1.0), beside(2.0)])
    assert one["provenance"] == {"observations_sha256": "a", "posterior_sha256": "1.0"}
    assert several["provenance"]["observations_sha256"] == "a"
    assert len(several["provenance"]["posterior_sha256"]) == 64


def test_comparable_figures_come_first() -> None:
    order = [EXPECTATIONS.index(figure.expectation) for figure in FIGURES.values()]
    found = references_result(
        [Beside(figure, beside(1.0).ours_wh, beside(1.0).provenance) for figure in FIGURES.values()]
    )
    assert [EXPECTATIONS.index(f["expectation"]) for f in found["figures"]] == sorted(order)


def test_a_model_without_posterior_is_named_with_its_figure(tmp_path: Path) -> None:
    with pytest.raises(PosteriorError, match=r"figure\.google_full: .*deepseek-r1-0528"):
        compare([FIGURES["google_full"]], catalogue=CATALOGUE, posterior_dir=tmp_path)
