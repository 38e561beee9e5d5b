"""Figures of a fit, on made-up draws of a small graph: no sampler runs here."""

import json
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.board_power.fit import PowerSample
from wh_uncertainty.model.board_power.graph import board_power_graph
from wh_uncertainty.model.board_power.likelihood import power_likelihood
from wh_uncertainty.model.board_power.rows import power_rows
from wh_uncertainty.model.design import design_of
from wh_uncertainty.model.fitting.contraction import prior_draws
from wh_uncertainty.model.fitting.cost_likelihood import cost_likelihoods
from wh_uncertainty.model.fitting.cost_sample import CostSample, rooflines
from wh_uncertainty.model.fitting.fit_check import FitCheck, check_board_power, check_cost_law
from wh_uncertainty.model.fitting.geometry import sampling_geometry
from wh_uncertainty.model.fitting.hyperparameters import cost_hyperparameters
from wh_uncertainty.model.fitting.likelihood import Likelihood, log_density
from wh_uncertainty.model.fitting.prior_rows import prior_coefficients, prior_predictive
from wh_uncertainty.model.fitting.sampling import Settings
from wh_uncertainty.model.graph import cost_law_graph
from wh_uncertainty.model.hierarchy import own_share
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.roofline import ln_roofline
from wh_uncertainty.model.rows import cost_rows
from wh_uncertainty.priors import load_catalogue

Floats = NDArray[np.float64]
CATALOGUE = load_catalogue()
NAMES = [
    *(f"gpt-oss-120b|{h}|fp4|vllm|none|agg|g1|tp1|ep1|dp0" for h in ("b200", "mi300x")),
    "gpt-oss-120b|b200|fp4|trt|none|agg|g2|tp2|ep1|dp0",
    "gpt-oss-120b|gb200|fp4|dynamo-trt|none|disagg|g5|p1|d4|tp?|ep?|dp0",
]
SETTINGS = Settings(chains=2, tune=0, draws=25)


class MadeUp:
    """Draws at random points, with what the graph itself says of their rows."""

    def __init__(self, graph: Any) -> None:
        rng = np.random.default_rng(3)
        start = graph.initial_point()
        names = [v.name for v in (*graph.free_RVs, *graph.deterministics)]
        density = graph.logp(vars=graph.observed_RVs, sum=False)
        wanted = graph.replace_rvs_by_values([graph[name] for name in names])
        compiled: Any = import_module("pytensor").function(
            graph.value_vars, [*wanted, *density], mode="FAST_COMPILE", on_unused_input="ignore"
        )
        shape = SETTINGS.chains, SETTINGS.draws
        points = [
            compiled(
                *(start[v.name] + rng.normal(0, 0.3, start[v.name].shape) for v in graph.value_vars)
            )
            for _ in range(shape[0] * shape[1])
        ]
        columns = [
            np.array(values).reshape(*shape, *values[0].shape)
            for values in zip(*points, strict=True)
        ]
        self.density: list[Floats] = columns[len(names) :]
        stats = {
            "diverging": np.zeros(shape, dtype=bool),
            "energy": rng.normal(size=shape),
        }
        az: Any = import_module("arviz")
        posterior = dict(zip(names, columns, strict=False))
        self.trace: Any = az.from_dict({"posterior": posterior, "sample_stats": stats})


@pytest.fixture(scope="module")
def table() -> Observations:
    return load_observations()


@pytest.fixture(scope="module")
def cost(table: Observations) -> tuple[CostSample, list[Floats]]:
    usable = table.rows(table.fit & np.isin(table.configuration, NAMES))
    rows = cost_rows(usable)
    design = design_of(rows.deployments)
    scale = np.array([ln_roofline(CATALOGUE, *d.split("|")[:3]) for d in rows.deployments])
    geometry = sampling_geometry(rows, scale, np.eye(5) * 0.3)
    graph = cost_law_graph(rows, design, scale, geometry, CATALOGUE)
    made = MadeUp(graph)
    sample = CostSample("gpt-oss-120b", usable, rows, design, graph, SETTINGS, made.trace)
    return sample, made.density


@pytest.fixture(scope="module")
def power(table: Observations) -> tuple[PowerSample, list[Floats]]:
    usable = table.rows(np.flatnonzero(table.power_fit)[::20])
    rows = power_rows(usable, CATALOGUE)
    graph = board_power_graph(rows, CATALOGUE)
    made = MadeUp(graph)
    return PowerSample(usable, rows, graph, SETTINGS, made.trace), made.density


def test_the_formula_and_the_graph_give_rows_one_density(
    cost: tuple[CostSample, list[Floats]], power: tuple[PowerSample, list[Floats]]
) -> None:
    likelihoods: list[Likelihood] = [
        *cost_likelihoods(cost[0], CATALOGUE),
        power_likelihood(power[0], CATALOGUE),
    ]
    for likelihood, density in zip(likelihoods, [*cost[1], *power[1]], strict=True):
        np.testing.assert_allclose(log_density(likelihood), density, rtol=1e-6, atol=1e-6)


@pytest.fixture(scope="module")
def check(cost: tuple[CostSample, list[Floats]]) -> FitCheck:
    return check_cost_law(cost[0], CATALOGUE)


def test_a_check_is_json_and_says_what_was_checked(
    check: FitCheck, cost: tuple[CostSample, list[Floats]]
) -> None:
    report = json.loads(json.dumps(check.report, allow_nan=False))
    rows = len(cost[0].usable)
    assert report["model"] == "gpt-oss-120b"
    assert report["observations"]["rows_fitted"] == rows
    assert report["converged"] is False
    assert any("ESS" in missed for missed in report["gates_missed"])
    assert len(report["energy"]) == SETTINGS.chains
    assert [one["likelihood"] for one in report["loo"]] == ["cost", "tpot"]
    whole = [row for row in report["coverage"] if row["group"] == "all"]
    assert whole[0]["n"] == rows
    for group in ("error class", "load"):
        parts = [r for r in report["coverage"] if (r["group"], r["likelihood"]) == (group, "cost")]
        assert sum(part["n"] for part in parts) == rows


def test_every_hyperparameter_is_compared(check: FitCheck) -> None:
    found = [row["hyperparameter"] for row in check.report["hyperparameters"]]
    assert found == list(check.scalars)
    assert {"stall_logit", "run_sd[speed]", "cost_error_sd[median]"} <= set(found)
    typical = next(
        row for row in check.report["hyperparameters"] if row["hyperparameter"] == "stall_logit"
    )
    stated = CATALOGUE.priors["stall_logit"].quantiles
    for key in ("p05", "p50", "p95"):
        assert typical[f"prior_{key}"] == pytest.approx(stated[key], abs=0.06)


def test_rows_out_of_reach_are_named(
    check: FitCheck, cost: tuple[CostSample, list[Floats]]
) -> None:
    """Points at random are a bad fit: importance weights fail for most rows."""
    one = check.report["loo"][0]
    assert one["k_high"] or one["elpd"] is None
    worst = one["surprising"][0]
    ids = cost[0].usable.observation_id.tolist()
    residual = np.abs(check.likelihoods[0].measured - check.likelihoods[0].mean.mean(axis=(0, 1)))
    assert residual[ids.index(worst["observation_id"])] > np.median(residual)


def test_board_power(power: tuple[PowerSample, list[Floats]]) -> None:
    report = check_board_power(power[0], CATALOGUE).report
    assert report["model"] == "board-power"
    assert {row["likelihood"] for row in report["coverage"]} == {"board_power"}
    assert {row["group"] for row in report["coverage"]} == {"all", "load"}
    slopes = [
        row["hyperparameter"]
        for row in report["hyperparameters"]
        if "slope" in row["hyperparameter"]
    ]
    assert slopes[2:4] == ["slope[ln_load]", "slope[ln_load_squared]"]


def test_before_the_rows_only_the_priors_speak(cost: tuple[CostSample, list[Floats]]) -> None:
    """Effects are centred: what deployments have in common is the typical one, and their own."""
    sample, draws = cost[0], 400
    names = cost_hyperparameters(sample.design)
    prior = {key: v[:draws] for key, v in prior_draws(sample.graph, list(names), 1).items()}
    law = prior_coefficients(sample, prior, CATALOGUE, np.random.default_rng(2))
    over = (law[..., :4] - rooflines(sample.rows, CATALOGUE)).mean(axis=1)
    beyond = (over - prior["ln_over_roofline"]) / prior["deployment_sd"]
    own = own_share(sample.design.basis, CATALOGUE).sum() / len(sample.design.deployments) ** 2
    np.testing.assert_allclose(beyond.std(axis=0), np.sqrt(own), rtol=0.2)
    stall = (law[..., 4] - prior["stall_logit"][:, None]) / prior["stall_logit_sd"].reshape(-1, 1)
    assert stall.std() == pytest.approx(1, abs=0.1)


def test_rows_drawn_before_and_after_have_one_form(
    cost: tuple[CostSample, list[Floats]], check: FitCheck
) -> None:
    before = prior_predictive(cost[0], CATALOGUE, rng=np.random.default_rng(1), draws=50)
    for name, after in check.replicated.items():
        assert before[name].shape == (1, 50, after.shape[-1])
        assert np.isfinite(before[name]).all()
