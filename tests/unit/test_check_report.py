"""What `fit --check` says and draws, from figures written by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.cli.check_report import render_check
from wh_uncertainty.cli.plot_check import draw_check
from wh_uncertainty.cli.render import Format
from wh_uncertainty.model.fitting.fit_check import FitCheck
from wh_uncertainty.model.fitting.likelihood import Likelihood, replicates
from wh_uncertainty.model.observations import load_observations

Drawn = Any  # the fixture of conftest
LONG = "gpt-oss-120b|gb200|fp4|dynamo-trt|none|disagg|g13|p1|d12|tp?|ep?|dp1"


def row(number: int) -> dict[str, Any]:
    return {"observation_id": f"ix{number:05}", "configuration": LONG, "load": 4.0}


@pytest.fixture
def report() -> dict[str, Any]:
    scores = {
        "n": 1234,
        "coverage_50": 0.52,
        "coverage_90": 0.9,
        "ln_width_90": 0.1,
        "ln_mae": 0.02,
    }
    quantiles = {f"{of}_{q}": 0.1 for of in ("prior", "posterior") for q in ("p05", "p50", "p95")}
    found = {"likelihood": "cost", "rows": 1234, "elpd": 1470.94, "elpd_se": 52.3, "p_loo": 211.5}
    return {
        "model": "gpt-oss-120b",
        "observations": {"name": "inferencemax.csv", "sha256": "a" * 64, "rows_fitted": 1234},
        "priors": {"sha256": "b" * 64},
        "settings": {"chains": 4, "draws": 1200, "seed": 0},
        "versions": {"wh-uncertainty": "0.1.0"},
        "gates_missed": [],
        "divergences": 3,
        "energy": [0.784, None, 0.25, 0.9],
        "variables": [
            {
                "variable": "run_sd",
                "elements": 3,
                "r_hat_max": None,
                "ess_bulk_min": 1306.7,
                "ess_tail_min": 1884.0,
            }
        ],
        "k_limit": 0.7,
        "loo": [
            {
                **found,
                "k_high": [{**row(i), "k": 1.5 - i / 100} for i in range(12)],
                "surprising": [{**row(77), "elpd": -14.2, "residual": 2.897}],
            }
        ],
        "coverage": [
            {"likelihood": "cost", "group": "all", "label": "all", **scores},
            {"likelihood": "cost", "group": "load", "label": "1 to 2", **scores},
        ],
        "p_values": [
            {
                "likelihood": "cost",
                "statistic": "median residual",
                "measured": -0.0001,
                "replicated": 0.0182,
                "p_value": 0.687,
            }
        ],
        "hyperparameters": [{"hyperparameter": "stall_logit", **quantiles, "contraction": -0.004}],
    }


def test_the_table_says_all_in_lines_of_text(report: dict[str, Any]) -> None:
    text = render_check(report, Format.TABLE)
    for said in (
        "gpt-oss-120b: 1,234 rows of inferencemax.csv, 4 chains of 1,200 draws, seed 0",
        "Gates         all passed",
        "Divergences   3 of 4,800 draws",
        "E-BFMI        0.78, -, 0.25, 0.90 by chain; 2 below 0.3",
        "sha256 of observations aaaaaaaaaaaa, priors bbbbbbbbbbbb",
        "1 to 2 requests per GPU",
        "0.100 (0.100 to 0.100)",
        "and 2 more, see --format json",
        "ix00077",
    ):
        assert said in text
    assert "-0.00 " not in text
    assert "-0.000" not in text
    assert text.isascii()


def test_missed_gates_are_said_first(report: dict[str, Any]) -> None:
    report["gates_missed"] = ["R-hat 1.062 of run_z above 1.01", "3 % divergent"]
    lines = render_check(report, Format.TABLE).splitlines()
    assert lines[1] == "Gates         missed: R-hat 1.062 of run_z above 1.01; 3 % divergent"


def test_json_is_the_report(report: dict[str, Any]) -> None:
    assert json.loads(render_check(report, Format.JSON)) == report


@pytest.mark.parametrize("names", [("cost", "tpot"), ("board_power",)])
@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_the_picture_is_legible(
    tmp_path: Path, drawn: Drawn, report: dict[str, Any], names: tuple[str, ...], suffix: str
) -> None:
    rng = np.random.default_rng(1)
    rows = load_observations().rows(np.arange(60))
    mean, sd = rng.normal(0, 0.01, (4, 100, len(rows))), np.full((4, 100, 1), 0.02)
    measured = 0.02 * rng.standard_t(4, len(rows))
    measured[0] = 3.0  # one row far outside
    label = np.full(len(rows), "single")
    likelihoods = tuple(Likelihood(name, rows, measured, mean, sd, label, 4.0) for name in names)
    scalars = {
        f"slope[log2_gpus_disaggregated, {i}]": 10.0 ** (i - 4) * rng.normal(size=(4, 100))
        for i in range(9)
    }
    report["gates_missed"] = ["R-hat 1.062 of deployment_z above 1.01; bulk ESS 93 below 400"] * 3
    check = FitCheck(
        report, scalars, likelihoods, {x.name: replicates(x, rng) for x in likelihoods}
    )
    target = tmp_path / f"check.{suffix}"
    draw_check(target, check)
    drawn.assert_legible()
    texts = [text for text, _, _ in drawn]
    assert sum("bulk ESS" in text and "slope" in text for text in texts) == 6
    assert sum("of 60 rows outside the axis" in text for text in texts) == len(names)
    first = target.read_bytes()
    draw_check(target, check)
    assert target.read_bytes() == first
    assert len(first) < 2_000_000
