"""Pictures of a sweep: nothing is written over anything else, and everything is inside."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.cli.files import OutputError
from wh_uncertainty.cli.plot_scenarios import check_scenarios, draw_scenarios
from wh_uncertainty.model.analyses.grid import Grid
from wh_uncertainty.model.analyses.sweep import Sweep
from wh_uncertainty.model.analyses.sweep_table import COLUMNS
from wh_uncertainty.model.scenario import Scenario

PROVENANCE = {"version": "0.1.0", "seed": 0, "draws": 1000}
HASHES = dict.fromkeys(("observations_sha256", "posterior_sha256", "priors_sha256"), "0" * 64)
SHORT = {"model": ["glm-5"], "workload": ["chat"]}
PACES = [10.0, 12.0, 14.0, 15.0, 20.0, 35.0, 36.0, 50.0, 100.0, 150.0]
NEAR = [20.0, 40.0, 80.0, 160.0, 300.0, 320.0]
LONG_TRACE = f"{'recorded/' * 20}requests that cost $5 or $6.csv"
LONG = {
    "model": ["deepseek-r1-0528", "qwen3.5-397b-a17b"],
    "workload": [LONG_TRACE, "chat"],
    "deployment": [f"qwen3.5|gb200|fp4|dynamo-trt|mtp|disagg|g{i}|p1|d12|tp?" for i in range(15)],
}
FEW_LONG = {"workload": [LONG_TRACE], "model": ["glm-5"], "deployment": LONG["deployment"][:6]}
SHARES = [0.0, 0.1, 0.25, 0.5, 0.99]


def grid_of(**values: Sequence[Any]) -> Grid:
    axes = tuple(key for key, listed in values.items() if len(listed) > 1)
    chosen = (dict(zip(values, one, strict=True)) for one in product(*values.values()))
    return Grid(axes, tuple(Scenario(**one) for one in chosen))


def sweep_of(grid: Grid, spread: float = 1.0, holes: int = 0) -> Sweep:
    """Rows with made-up intervals over three decades, the last of them holes."""
    rng = np.random.default_rng(0)
    rows: list[dict[str, Any]] = []
    for i, scenario in enumerate(grid.scenarios):
        middle = 10 ** (spread * rng.uniform(-2, 1))
        z = {"p05": -1.6, "p25": -0.7, "p50": 0.0, "p75": 0.7, "p95": 1.6}
        numbers = {f"wh_mean_{key}": middle * np.exp(0.5 * spread * x) for key, x in z.items()}
        hole = i >= len(grid.scenarios) - holes
        found = {"error": "no benchmark"} if hole else {**numbers, **HASHES}
        rows.append({**dict.fromkeys(COLUMNS), **scenario.to_dict(), **found})
    return Sweep(tuple(rows), PROVENANCE)


CASES = {
    "one": (grid_of(**SHORT), 1.0, 0),
    "three": (grid_of(**SHORT, hardware=["h100", "h200", "b200"]), 1.0, 1),
    "narrow": (grid_of(**SHORT, efficiency=[0.3, 0.4]), 0.01, 0),
    "sixty": (grid_of(**LONG), 1.0, 7),
    "curve": (grid_of(**SHORT, interactivity_tok_s=PACES), 1.0, 0),
    "narrow curve": (grid_of(**SHORT, interactivity_tok_s=[30.0, 31.0, 32.0]), 0.01, 0),
    "last two near": (grid_of(**SHORT, interactivity_tok_s=NEAR), 1.0, 0),
    "five": (grid_of(**SHORT, cached_share=SHARES, interactivity_tok_s=PACES), 0.5, 0),
    "six": (grid_of(**FEW_LONG, interactivity_tok_s=PACES), 1.0, 10),
}


@pytest.mark.parametrize("case", CASES)
def test_no_text_is_over_another_or_cut_off(tmp_path: Path, drawn: Any, case: str) -> None:
    grid, spread, holes = CASES[case]
    check_scenarios(tmp_path / "x.png", None, grid)
    draw_scenarios(tmp_path / "x.png", sweep_of(grid, spread, holes), grid.axes)
    assert len(drawn) > 8
    drawn.assert_legible()


@pytest.mark.parametrize("case", ["three", "six"])
@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_same_rows_same_picture(tmp_path: Path, case: str, suffix: str) -> None:
    grid, spread, holes = CASES[case]
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    for path in (first, second):
        draw_scenarios(path, sweep_of(grid, spread, holes), grid.axes)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith({"svg": b"<?xml", "png": b"\x89PNG"}[suffix])


def test_axes_are_named_with_their_units(tmp_path: Path, drawn: Any) -> None:
    for case, labels in (("three", {"Wh per query (logarithmic)"}), ("curve", {"Wh per query"})):
        drawn.clear()
        draw_scenarios(tmp_path / "x.png", sweep_of(CASES[case][0]), CASES[case][0].axes)
        assert labels <= {text for text, *_ in drawn}
    assert "tok/s per user" in {text for text, *_ in drawn}


def test_both_ends_of_the_speeds_are_labelled(tmp_path: Path, drawn: Any) -> None:
    for paces in (NEAR, PACES):
        drawn.clear()
        grid = grid_of(**SHORT, hardware=["h100", "b200"], interactivity_tok_s=paces)
        draw_scenarios(tmp_path / "x.png", sweep_of(grid), grid.axes)
        texts = [text for text, *_ in drawn]
        assert all(texts.count(f"{pace:g}") >= 2 for pace in (paces[0], paces[-1]))


def test_lines_of_other_panels_are_named_where_there_are_some(tmp_path: Path, drawn: Any) -> None:
    for case, named in (("five", 1), ("curve", 0)):
        drawn.clear()
        draw_scenarios(tmp_path / "x.png", sweep_of(CASES[case][0]), CASES[case][0].axes)
        named_here = [box for text, box, _ in drawn if text.startswith("Grey lines: medians")]
        assert len(named_here) == named
        below = [box.y1 for text, box, _ in drawn if text == "tok/s per user"]
        assert all(box.y0 > max(below) for box in named_here)


def test_what_does_not_vary_is_said_once(tmp_path: Path, drawn: Any) -> None:
    grid = grid_of(**SHORT, hardware=["h100", "b200"], efficiency=[0.4])
    draw_scenarios(tmp_path / "x.png", sweep_of(grid), grid.axes)
    texts = [text for text, *_ in drawn]
    assert "All: glm-5, chat, efficiency 0.4" in texts
    assert [texts.count(name) for name in ("hardware", "h100", "b200", "glm-5")] == [1, 1, 1, 0]


def test_holes_are_shown(tmp_path: Path, drawn: Any) -> None:
    for case, holes in (("three", 2), ("six", 10)):
        drawn.clear()
        grid = CASES[case][0]
        draw_scenarios(tmp_path / "x.png", sweep_of(grid, holes=holes), grid.axes)
        assert [text for text, *_ in drawn].count("no answer") == (2 if case == "three" else 1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"efficiency": [i / 100 for i in range(1, 62)]}, "61 rows, .* at most 60"),
        (
            {"interactivity_tok_s": PACES, "efficiency": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]},
            "7 curves, .* at most 6; name fewer values of interactivity_tok_s, efficiency",
        ),
    ],
)
def test_what_nobody_could_read_is_refused(
    tmp_path: Path, values: dict[str, Any], message: str
) -> None:
    with pytest.raises(OutputError, match=message):
        check_scenarios(tmp_path / "x.png", None, grid_of(**SHORT, **values))
