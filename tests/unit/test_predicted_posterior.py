"""A posterior of what was never benchmarked, and the answers that come of it."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.model import Simulation, simulate
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.kin.kinship import kinship
from wh_uncertainty.model.kin.predicted_posterior import predicted_cost_law
from wh_uncertainty.model.kin.relatedness import prior_covariance
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.priors import Catalogue, Hardware, ModelCard, SpecFile, load_catalogue
from wh_uncertainty.priors.unmeasured_power import power_priors

RELEASE = load_catalogue()
ON_TWIN = {"model": "minimax-m2.5", "precision": "fp8", "hardware": "twin"}
PINS = {"workload": "1k/1k", "interactivity_tok_s": 35.0, "efficiency": 0.5}


@cache
def described(kind: str) -> Catalogue:
    """The release alone, or with a twin of minimax-m2.5, a dense one, or a twin of the H200."""
    if kind == "none":
        return RELEASE
    twin = RELEASE.models["minimax-m2.5"]
    if kind == "gpu":
        gpu: Hardware = replace(RELEASE.hardware["h200"], key="twin", provisioned_2026_07_kw=None)
        return replace(
            RELEASE,
            hardware={**RELEASE.hardware, "twin": gpu},
            priors={**RELEASE.priors, **power_priors(gpu, RELEASE)},
            specs=(SpecFile("hardware", "twin", "twin.toml", "0" * 64),),
        )
    total = twin.active_params_b if kind == "dense" else twin.total_params_b
    card: ModelCard = replace(twin, key="twin", aliases=(), total_params_b=total)
    spec = SpecFile("model", "twin", "twin.toml", "0" * 64)
    return replace(RELEASE, models={**RELEASE.models, "twin": card}, specs=(spec,))


@cache
def run(kind: str, **answers: Any) -> Simulation:
    return simulate({**PINS, **answers}, draws=5000, catalogue=described(kind))


def ln_width(drawn: Simulation) -> float:
    wh: Mapping[str, float] = drawn.quantiles()["mean"]
    return math.log(wh["p95"] / wh["p05"])


def test_two_models_that_are_described_have_errors_of_their_own() -> None:
    """Or their ratio would claim that one error of prediction is that of both."""
    twin = described("model").models["twin"]
    other: ModelCard = replace(twin, key="other", total_params_b=2 * twin.total_params_b)
    specs = tuple(SpecFile("model", key, "x.toml", "0" * 64) for key in ("twin", "other"))
    both = replace(RELEASE, models={**RELEASE.models, "twin": twin, "other": other}, specs=specs)
    laws = [
        predicted_cost_law(create_scenario(both, model=m, workload="1k/1k", hardware="h200"), both)
        for m in ("twin", "other")
    ]
    ln_alpha = [law.draws_of("deployment")[:, 0, 0] for law in laws]
    first, second = (a - a.mean() for a in ln_alpha)
    assert abs(float(first @ second)) < 0.1 * len(first) * first.std() * second.std()
    again = predicted_cost_law(
        create_scenario(both, model="twin", workload="1k/8k", hardware="h200"), both
    )
    assert np.array_equal(again.draws_of("deployment")[:, 0, 0], ln_alpha[0])


def test_a_model_is_wider_than_any_measured_one() -> None:
    pinned = {"hardware": "h200"}
    predicted = ln_width(run("moe", model="twin", **pinned))
    rows = load_observations()
    neighbours = np.unique(rows.model[rows.fit & (rows.hardware == "h200")]).tolist()
    assert len(neighbours) > 4
    for model in neighbours:
        assert predicted > ln_width(run("none", model=model, **pinned)), model


def test_a_known_model_on_a_described_gpu_is_wider_than_on_any_measured_one() -> None:
    predicted = run("gpu", **ON_TWIN)
    for hardware in RELEASE.hardware:
        measured = run("none", model="minimax-m2.5", precision="fp8", hardware=hardware)
        assert ln_width(predicted) > ln_width(measured), hardware
    twin = run("none", model="minimax-m2.5", precision="fp8", hardware="h200")
    assert 1 / 3 < predicted.quantiles()["mean"]["p50"] / twin.quantiles()["mean"]["p50"] < 3


@pytest.mark.parametrize(
    ("kind", "answers", "words"),
    [
        (
            "moe",
            {"model": "twin", "hardware": "h200"},
            ["twin was never benchmarked", "10 other models"],
        ),
        ("dense", {"model": "twin", "hardware": "h200"}, ["it is dense"]),
        (
            "gpu",
            {"model": "minimax-m2.5", "precision": "fp8", "hardware": "twin"},
            ["peak speeds", "h200"],
        ),
    ],
)
def test_the_gravest_flag_says_why(kind: str, answers: Mapping[str, str], words: list[str]) -> None:
    result = run(kind, **answers).to_dict()
    first = result["flags"][0]
    assert first["code"] == "extrapolated"
    assert first["share"] == 1.0
    assert all(word in first["message"] for word in words)
    assert ("it is dense" in first["message"]) == (kind == "dense")
    codes = [flag["code"] for flag in result["flags"]]
    assert ("power_not_measured" in codes) or kind != "gpu"
    (spec,) = result["provenance"]["specs"]
    assert spec["file"] == "twin.toml"


def test_what_was_benchmarked_is_not_predicted_though_a_file_is_given() -> None:
    drawn = run("moe", model="minimax-m2.5", hardware="h200")
    assert "predicted" not in drawn.context.cost.record
    np.testing.assert_array_equal(
        drawn.wh_mean, run("none", model="minimax-m2.5", hardware="h200").wh_mean
    )


def test_a_posterior_like_any_other() -> None:
    catalogue = described("moe")
    asked = create_scenario(catalogue, model="twin", hardware="b200", **PINS)
    made = predicted_cost_law(asked, catalogue)
    count = len(made.record["deployments"])
    assert made.draws == 4_000
    assert made.draws_of("deployment").shape == (4_000, count, 5)
    assert made.arrays["run_sd"].shape == (4_000, 3)
    assert (made.arrays["run_sd"] > 0).all()
    for entry in made.record["deployments"]:
        assert entry["rows"] == 0
        assert 0 < entry["load_min"] <= entry["load_max"]
    again = predicted_cost_law(asked, catalogue)
    assert again.sha256 == made.sha256
    np.testing.assert_array_equal(again.draws_of("deployment"), made.draws_of("deployment"))


def test_the_day_of_the_software_is_that_of_siblings() -> None:
    plain, later = (
        run("moe", model="twin", hardware="h200", **day).quantiles()["mean"]["p50"]
        for day in ({}, {"as_of": "2027-07-01"})
    )
    assert later < plain


def test_all_in_power_that_nobody_states_is_refused() -> None:
    with pytest.raises(ScenarioError, match="provisioned_2026_07_kw"):
        run("gpu", boundary="provisioned-2026-07", **ON_TWIN)
    assert run("gpu", boundary="provisioned-2025-12", **ON_TWIN).wh_mean.min() > 0


def test_a_generation_of_its_own_is_less_related_than_a_stated_one() -> None:
    plain = described("gpu")
    gpu = replace(plain.hardware["twin"], generation="hopper")
    stated = replace(plain, hardware={**plain.hardware, "twin": gpu})
    new, old = (
        [parse_deployment_id(f"minimax-m2.5|{h}|fp8|vllm|none|agg|g4|tp4|ep1|dp0")]
        for h in ("twin", "h200")
    )
    assert kinship(new, old, {"twin": "hopper"}) == pytest.approx(2 * kinship(new, old))
    for of_alpha in (prior_covariance(new, old, c).array()[0, 0, 0, 0] for c in (plain,)):
        assert of_alpha < prior_covariance(new, old, stated).array()[0, 0, 0, 0]
    assert (
        prior_covariance(new, new, plain).array()[0, 0, 0, 0]
        > (prior_covariance(new, new, stated).array()[0, 0, 0, 0])
    )


def test_a_stranger_to_the_sketch_directory_still_has_the_embedded_one(tmp_path: Path) -> None:
    catalogue = described("moe")
    asked = create_scenario(catalogue, model="twin", hardware="b200", **PINS)
    (tmp_path / "other.npz").write_bytes(b"")
    assert predicted_cost_law(asked, catalogue, tmp_path).sha256 == (
        predicted_cost_law(asked, catalogue).sha256
    )
