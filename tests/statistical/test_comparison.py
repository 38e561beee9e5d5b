"""Comparisons: margins stay what they are, and sharing does what it says.

Kolmogorov-Smirnov tests fail a right implementation with probability 1e-4 each.
"""

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.common_states import compared_groups, shared_groups
from wh_uncertainty.model.analyses.comparison import Comparison, compare
from wh_uncertainty.model.analyses.groups import GROUPS
from wh_uncertainty.model.context import Context, prepare
from wh_uncertainty.model.deployment import deployment_id
from wh_uncertainty.model.scenario import ScenarioError, create_scenario
from wh_uncertainty.model.simulation import simulate
from wh_uncertainty.model.unknowns import DIMENSIONS, draw_unknowns, unknowns_at
from wh_uncertainty.priors import load_catalogue

stats: Any = import_module("scipy.stats")  # untyped

Floats = NDArray[np.float64]

CATALOGUE = load_catalogue()
ALPHA = 1e-4
GPT: dict[str, Any] = {"model": "gpt-oss-120b", "workload": "chat"}
R1: dict[str, Any] = {"model": "deepseek-r1-0528", "workload": "chat"}


def context_of(**answers: Any) -> Context:
    return prepare(create_scenario(CATALOGUE, **answers), CATALOGUE)


def correlation(one: Floats, other: Floats) -> float:
    return float(np.asarray(np.corrcoef(one, other))[0, 1])


def compared(*answers: dict[str, Any], **options: Any) -> Comparison:
    return compare([context_of(**a) for a in answers], draws=20_000, **options)


@pytest.mark.parametrize("answers", [GPT, {**R1, "provider": "low-traffic", "effort": "high"}])
def test_points_of_the_cube_have_the_distribution_of_draws(answers: dict[str, Any]) -> None:
    context, rng = context_of(**answers), np.random.default_rng(4)
    drawn = draw_unknowns(context, 20_000, rng=rng)
    mapped = unknowns_at(context, rng.random((20_000, DIMENSIONS)))
    for name in drawn.__dataclass_fields__:
        one, other = getattr(drawn, name), getattr(mapped, name)
        if one is None:
            assert other is None
            continue
        for a, b in zip(np.atleast_2d(one), np.atleast_2d(other), strict=True):
            assert np.isnan(a).all() == np.isnan(b).all()
            if not np.isnan(a).any():
                assert stats.ks_2samp(a, b).pvalue > ALPHA, name


@pytest.mark.parametrize("shared", [None, ["all"], ["none"], ["provider"], ["site", "hardware"]])
def test_each_scenario_keeps_its_own_distribution(shared: list[str] | None) -> None:
    found = compared(GPT, R1, shared=shared)
    for k, answers in enumerate((GPT, R1)):
        alone = np.log(simulate(answers, draws=20_000, seed=9).wh_mean)
        assert stats.ks_2samp(found.ln_wh[k], alone).pvalue > ALPHA


def test_a_scenario_with_everything_shared_equals_itself() -> None:
    for estimand in ("mean", "one-query"):
        found = compared(GPT, GPT, shared=["all"], estimand=estimand)
        assert np.array_equal(found.ln_wh[0], found.ln_wh[1])
        assert found.probability_lower().tolist() == [[0, 0], [0, 0]]


def test_nothing_shared_is_independence() -> None:
    found = compared(GPT, GPT, shared=["none"])
    assert abs(correlation(*found.ln_wh)) < 4 / np.sqrt(20_000)
    less = int((found.ln_wh[0] < found.ln_wh[1]).sum())
    assert stats.binomtest(less, 20_000, 0.5).pvalue > ALPHA


def test_sharing_narrows_the_ratio() -> None:
    spread = {
        key: float(np.ptp(np.quantile(np.diff(compared(GPT, R1, shared=s).ln_wh[:2], axis=0), q)))
        for key, s in (("all", ["all"]), ("default", None), ("none", ["none"]))
        for q in ([0.05, 0.95],)
    }
    assert spread["all"] <= spread["default"] * 1.02 < spread["none"]


def test_shared_hardware_is_the_same_one_wherever_both_allow_it() -> None:
    """A scenario that pins the accelerator agrees with the open one on that one's share."""
    found = compared(GPT, {**GPT, "hardware": "b200"}, shared=["all"])
    same = int((found.ln_wh[0] == found.ln_wh[1]).sum())
    candidates = found.contexts[0].candidates
    share = float(candidates.share[candidates.hardware.index("b200")])
    assert stats.binomtest(same, 20_000, share).pvalue > ALPHA


def test_software_is_shared_where_one_deployment_serves_both() -> None:
    """A facility never uses less than its own boards; efficiency cancels to its ratio."""
    boards, meter = ({**GPT, "boundary": boundary} for boundary in ("board", "facility"))
    found = compared(boards, meter)
    assert np.all(found.ln_wh[0] < found.ln_wh[1])
    pinned = {**GPT, "boundary": "provisioned-2025-12"}
    low, high = ({**pinned, "efficiency": eta} for eta in (0.3, 0.6))
    assert np.diff(compared(low, high).ln_wh, axis=0) == pytest.approx(-np.log(2))
    apart = compared({**GPT, "hardware": "b200"}, {**GPT, "hardware": "h200"})
    alike = compared({**GPT, "hardware": "b200"}, {**GPT, "hardware": "h200"}, shared=["all"])
    assert np.diff(apart.ln_wh, axis=0).std() > np.diff(alike.ln_wh, axis=0).std()


def test_all_and_none_stand_alone() -> None:
    with pytest.raises(ScenarioError, match="stands alone"):
        compared(GPT, R1, shared=["none", "all"])


def test_defaults_leave_apart_what_differs() -> None:
    def keys(*answers: dict[str, Any]) -> set[str]:
        return {group.key for group in shared_groups([context_of(**a) for a in answers])}

    everything = {group.key for group in GROUPS}
    assert keys(GPT, {**GPT, "hardware": "b200"}) == everything - {"software"}
    assert keys(GPT, R1) == everything - {"software", "beyond_lengths"}
    assert keys(GPT, {**GPT, "workload": "1k/8k"}) == everything - {"software", "query"}


def test_two_providers_share_nothing_that_one_of_them_decides() -> None:
    """Pinned to what one measures, only the provider is unknown: then two are independent."""
    first, third = ({**GPT, "provider": p} for p in ("first-party", "third-party"))
    groups = {g.key for g in compared_groups([context_of(**first), context_of(**third)])}
    decided = {"provider_efficiency", "hardware", "interactivity", "caching", "host_power", "pue"}
    assert {g.key for g in GROUPS} - groups == decided | {"software"}
    pinned: dict[str, Any] = {
        "model": "gpt-oss-120b",
        "workload": "1k/1k",
        "deployment": deployment_id(context_of(**GPT, hardware="h200").candidates.deployments[0]),
        "boundary": "provisioned-2025-12",
    }
    found = compared(*({**pinned, "provider": p} for p in ("first-party", "third-party")))
    efficiency = [
        np.log(draw_unknowns(context, 20_000, rng=np.random.default_rng(3)).efficiency)
        for context in found.contexts
    ]
    assert not found.software_by_deployment
    spread = np.diff(found.ln_wh, axis=0).std()
    assert spread > 0.95 * float(np.linalg.norm([float(drawn.std()) for drawn in efficiency]))
    alike = compared(
        *({**pinned, "provider": p} for p in ("first-party", "third-party")), shared=["all"]
    )
    assert spread > 2 * np.diff(alike.ln_wh, axis=0).std()


def test_what_two_of_one_class_share_does_not_depend_on_a_third() -> None:
    asked = [{**GPT, "hardware": h, "region": "france"} for h in ("b200", "h200")]
    other = {**GPT, "provider": "low-traffic", "region": "japan"}
    assert np.array_equal(compared(*asked, other).ln_wh[:2], compared(*asked).ln_wh)
    first = {**GPT, "provider": "first-party"}
    found = compared(first, other, {**other, "region": "france"}).ln_wh
    assert correlation(found[1], found[2]) > 0.9
    assert abs(correlation(found[0], found[1])) < 0.5


def test_two_regions_are_two_buildings() -> None:
    places = ({**GPT, "region": region} for region in ("france", "japan"))
    groups = {g.key for g in compared_groups([context_of(**a) for a in places])}
    assert {g.key for g in GROUPS} - groups == {"software", "pue"}
    found = compared(*({**GPT, "boundary": "facility", "region": r} for r in ("france", "japan")))
    pue = [
        np.log(draw_unknowns(context, 20_000, rng=np.random.default_rng(3)).pue).std()
        for context in found.contexts
    ]
    assert np.diff(found.ln_wh, axis=0).std() == pytest.approx(float(np.linalg.norm(pue)), rel=0.05)


def test_names_of_what_is_shared_are_checked() -> None:
    with pytest.raises(ScenarioError, match="shared 'weather': unknown"):
        compared(GPT, R1, shared=["weather"])
    with pytest.raises(ScenarioError, match="at least two"):
        compared(GPT)
    with pytest.raises(ScenarioError, match="draws 10"):
        compare([context_of(**GPT)] * 2, draws=10)


def test_results_are_a_matter_of_the_seed() -> None:
    one, same, other = (compared(GPT, R1, seed=seed).ln_wh for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_ratio_and_difference_are_paired() -> None:
    found = compared(GPT, {**GPT, "efficiency": 0.5}, shared=["all"])
    entry = found.to_dict()["scenarios"][1]
    ratio = np.exp(found.ln_wh[1] - found.ln_wh[0])
    assert entry["ratio_to_first"]["p50"] == pytest.approx(np.median(ratio))
    assert entry["probability_lower_than_first"] == pytest.approx((ratio < 1).mean())


def test_flags_are_those_of_each_scenario_alone() -> None:
    """Shares of draws agree within 4.5 standard errors of both samples."""
    entries = compared(GPT, {**GPT, "hardware": "h200"}).to_dict()["scenarios"]
    for entry in entries:
        alone = simulate(entry["scenario"], draws=20_000, seed=9, catalogue=CATALOGUE).to_dict()
        own = {flag["code"]: flag["share"] for flag in alone["flags"]}
        found = {flag["code"]: flag["share"] for flag in entry["flags"]}
        assert set(found) == set(own) - {"above_price"}
        for code, share in found.items():
            error = 4.5 * np.sqrt(2 * max(share * (1 - share), 0.001) / 20_000)
            assert share == pytest.approx(own[code], abs=error), code
