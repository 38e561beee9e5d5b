"""Pictures of a sensitivity analysis: every group is named, and no text is over another."""

import copy
from pathlib import Path
from typing import Any

import pytest

from wh_uncertainty.cli import plot_sensitivity
from wh_uncertainty.cli.plot_sensitivity import draw_sensitivity
from wh_uncertainty.cli.row_panels import log_limits
from wh_uncertainty.model.analyses.groups import GROUPS
from wh_uncertainty.model.analyses.sensitivity import sensitivity_indices
from wh_uncertainty.model.analyses.tornado import tornado_bars
from wh_uncertainty.model.context import prepare
from wh_uncertainty.model.provenance import provenance
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.priors import load_catalogue

Result = dict[str, Any]
Drawn = Any  # the fixture of conftest

LONG_WORD = "interconnect-switches-and-everything-else-without-any-blank"
LONG_WORDS = "what the operator's own engineers would call the batching of requests (all kinds)"
LONG_TRACE = f"{'recorded/' * 20}requests that cost $5 or $6\n.csv"


def analysed(estimand: str, **answers: Any) -> Result:
    catalogue = load_catalogue()
    context = prepare(create_scenario(catalogue, **answers), catalogue)
    return {
        "scenario": context.scenario.to_dict(),
        "boundary": context.scenario.boundary,
        "estimand": estimand,
        "sobol": sensitivity_indices(context, estimand=estimand, log2_n=8).to_records(),
        "tornado": tornado_bars(context, estimand=estimand, log2_n=4).to_dict(),
        "provenance": provenance(context, 0, 2**8),
    }


@pytest.fixture(scope="module")
def everything() -> Result:
    """Every group there is: the answers are those that leave none of them out."""
    answers = {"model": "gpt-oss-120b", "workload": "chat", "effort": "high"}
    return analysed("one-query", as_of="2026-12-01", **answers)


def cut(result: Result, n: int) -> Result:
    """Leave the first groups."""
    sobol = result["sobol"][:n]
    bars = [b for b in result["tornado"]["bars"] if b["group"] in [r["group"] for r in sobol]]
    return result | {"sobol": sobol, "tornado": result["tornado"] | {"bars": bars}}


def scaled(result: Result, factor: float) -> Result:
    def multiplied(record: Result) -> Result:
        return {key: factor * x if key.endswith("_wh") else x for key, x in record.items()}

    found = multiplied(result["tornado"])
    bars = [multiplied(bar) for bar in found["bars"]]
    return result | {"tornado": found | {"bars": bars}}


def narrowed(result: Result, power: float) -> Result:
    """Bring the bars nearer to each other."""
    bars = copy.deepcopy(result["tornado"]["bars"])
    for bar in bars:
        bar.update({key: x**power for key, x in bar.items() if key.endswith("_wh")})
    typical = result["tornado"]["typical_wh"] ** power
    return result | {"tornado": {"typical_wh": typical, "bars": bars}}


def worded(result: Result, words: str) -> Result:
    sobol = [{**record, "meaning": words} for record in result["sobol"]]
    long = {"workload": LONG_TRACE, "region": "sweden", "efficiency": 0.25, "concurrency": 64.0}
    return result | {"sobol": sobol, "scenario": result["scenario"] | long}


@pytest.mark.parametrize("factor", [3e-6, 1e-3, 1e5])
@pytest.mark.parametrize("power", [0, 0.1, 1, 4])
def test_numbers_of_every_size_keep_apart(
    tmp_path: Path, drawn: Drawn, everything: Result, factor: float, power: float
) -> None:
    draw_sensitivity(tmp_path / "x.svg", scaled(narrowed(everything, power), factor))
    drawn.assert_legible()


@pytest.mark.parametrize("words", [LONG_WORD, LONG_WORDS])
def test_long_words_find_room(tmp_path: Path, drawn: Drawn, everything: Result, words: str) -> None:
    draw_sensitivity(tmp_path / "x.png", worded(everything, words))
    drawn.assert_legible()
    assert " ".join(text for text, _, _ in drawn).count(words) == len(GROUPS)


@pytest.mark.parametrize("n", [0, 1, 14])
def test_every_group_is_named(tmp_path: Path, drawn: Drawn, everything: Result, n: int) -> None:
    assert len(everything["sobol"]) == len(GROUPS) == 14
    result = cut(everything, n)
    draw_sensitivity(tmp_path / "x.svg", result)
    drawn.assert_legible()
    said = " ".join(text for text, _, _ in drawn)
    assert all(record["meaning"] in said for record in result["sobol"])
    assert ("nothing is left open" in said) == (n == 0)
    assert "gpt-oss-120b, chat" in said
    assert "one random query" in said
    assert "IT load times PUE" in said
    assert result["provenance"]["priors_sha256"][:12] in said


def test_numbers_are_those_of_the_result(tmp_path: Path, drawn: Drawn, everything: Result) -> None:
    result = cut(everything, 1)
    (first,), (bar,) = result["sobol"], result["tornado"]["bars"]
    first.update(first_value=0.42, total_value=0.57)
    bar.update(others_varying_low_wh=0.0123, others_varying_high_wh=45.6)
    draw_sensitivity(tmp_path / "x.svg", result)
    assert {"0.42", "0.57", "0.012", "46"} <= {text for text, _, _ in drawn}


@pytest.mark.parametrize("share", [0.3, 0.99])
def test_the_axis_of_shares_ends_at_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    drawn: Drawn,
    everything: Result,
    share: float,
) -> None:
    kept: list[Any] = []

    def keep(axes: Any, *_: str) -> None:
        kept.append(axes)

    monkeypatch.setattr(plot_sensitivity, "dress_numbers", keep)
    ends = {f"{kind}_{end}": share for kind in ("first", "total") for end in ("value", "high")}
    lows = {"first_low": share - 0.01, "total_low": share - 0.01}
    records = [{**record, **ends, **lows} for record in everything["sobol"]]
    draw_sensitivity(tmp_path / "x.png", everything | {"sobol": records})
    assert kept[0].spines["bottom"].get_bounds() == (0, 1)
    assert (kept[0].get_xlim()[1] == 1) == (share < 0.5)  # the number of a long bar takes room
    drawn.assert_legible()


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_same_result_same_picture(tmp_path: Path, everything: Result, suffix: str) -> None:
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    for path in (first, second):
        draw_sensitivity(path, everything)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith({"svg": b"<?xml", "png": b"\x89PNG"}[suffix])


def test_limits_leave_the_room_that_was_asked_for() -> None:
    low, high = log_limits([1, 10, 100], 3, 0.5, 0.5)
    assert (low, high) == pytest.approx((10**-0.5, 10**2.5))
