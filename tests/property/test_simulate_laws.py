"""Laws that every simulation keeps, draw by draw: one seed gives common random numbers."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from wh_uncertainty.model.context import prepare
from wh_uncertainty.model.cost_law import TokenMoments, gpu_s_per_query
from wh_uncertainty.model.forward import draw_queries, evaluate
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.model.simulation import CHUNK_DRAWS, Simulation, simulate
from wh_uncertainty.model.unknowns import draw_unknowns
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()
MODEL = "gpt-oss-120b"
PINNED = {"deployment": f"{MODEL}|b200|fp4|vllm|none|agg|g1|tp1|ep1|dp0", "concurrency": 32}
DRAWS = 1000
#: A thousandth of a percent, for draws kept in single precision.
LESS = 1 - 1e-5

few = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 2**32)
lengths = st.integers(1, 4096)  # two of them stay inside the benchmark's context
more = st.floats(1.0, 8.0)
efficiencies = st.floats(0.02, 1.0)
hardware = st.sampled_from([None, "b200", "h200", "mi300x"])


def run(workload: str, seed: int, **answers: Any) -> Simulation:
    scenario = {"model": MODEL, "workload": workload, **answers}
    return simulate(scenario, draws=DRAWS, seed=seed, catalogue=CATALOGUE)


@few
@given(lengths, lengths, more, more, seeds)
def test_more_tokens_never_cost_less(isl: int, osl: int, f: float, g: float, seed: int) -> None:
    longer = f"{min(int(f * isl), 4096)}/{min(int(g * osl), 4096)}"
    # The provisioned boundary has one power, so that the law alone decides.
    pinned = {**PINNED, "boundary": "provisioned-2025-12"}
    short, long = (run(w, seed, **pinned).wh_mean for w in (f"{isl}/{osl}", longer))
    assert np.all(long >= short * LESS)


@few
@given(st.integers(64, 4096), st.integers(64, 4096), st.floats(1.5, 8.0), seeds, hardware)
def test_more_tokens_never_cost_less_wherever_they_are_served(
    isl: int, osl: int, f: float, seed: int, gpu: str | None
) -> None:
    """Another deployment may serve longer queries, so quantiles are compared and not draws."""
    short, long = (
        run(f"{int(k * isl)}/{int(k * osl)}", seed, hardware=gpu).quantiles()["mean"]
        for k in (1.0, f)
    )
    assert all(long[q] >= short[q] for q in short)


@few
@given(st.integers(1, 8192), st.integers(1, 8192), st.floats(1.01, 16.0), seeds)
def test_longer_prompts_never_cost_less_beyond_the_benchmark(
    isl: int, osl: int, f: float, seed: int
) -> None:
    pinned = {**PINNED, "boundary": "provisioned-2025-12"}
    short, long = (run(f"{i}/{osl}", seed, **pinned).wh_mean for i in (isl, int(np.ceil(f * isl))))
    assert np.all(long >= short * LESS)


@few
@given(efficiencies, efficiencies, seeds, hardware)
def test_lower_efficiency_never_costs_less(a: float, b: float, seed: int, gpu: str | None) -> None:
    low, high = sorted((a, b))
    worse, better = (run("1k/1k", seed, efficiency=e, hardware=gpu) for e in (low, high))
    assert np.all(worse.wh_mean >= better.wh_mean * LESS)
    assert np.all(worse.wh_one_query >= better.wh_one_query * LESS)


@few
@given(st.floats(1.0, 1.5), seeds)
def test_a_worse_pue_costs_in_proportion(factor: float, seed: int) -> None:
    context = prepare(create_scenario(CATALOGUE, model=MODEL, workload="chat"), CATALOGUE)
    unknowns = draw_unknowns(context, DRAWS, rng=np.random.default_rng(seed))
    worse = replace(unknowns, pue=factor * unknowns.pue)
    before, after = (
        evaluate(
            context, u, draw_queries(context, len(u.hardware), rng=np.random.default_rng(seed))
        ).mean_wh
        for u in (unknowns, worse)
    )
    assert after == pytest.approx(factor * before)


@few
@given(seeds, st.sampled_from(["chat", "8k/1k", "agent-call"]), hardware)
def test_boundaries_contain_each_other(seed: int, workload: str, gpu: str | None) -> None:
    board, it, facility = (
        run(workload, seed, boundary=b, hardware=gpu) for b in ("board", "it", "facility")
    )
    assert np.all(board.wh_mean < it.wh_mean)
    assert np.all(it.wh_mean < facility.wh_mean)
    assert np.all(it.wh_one_query < facility.wh_one_query)


@few
@given(st.floats(0.01, 100.0), seeds)
def test_the_cost_is_homogeneous_in_the_moments(factor: float, seed: int) -> None:
    context = prepare(create_scenario(CATALOGUE, model=MODEL, workload="chat"), CATALOGUE)
    unknowns = draw_unknowns(context, DRAWS, rng=np.random.default_rng(seed))
    law = evaluate(
        context,
        unknowns,
        draw_queries(context, len(unknowns.hardware), rng=np.random.default_rng(seed)),
    ).serving.law
    tokens = TokenMoments(700.0, 300.0, 3e5)
    scaled = TokenMoments(factor * 700.0, factor * 300.0, factor * 3e5)
    once, often = (sum(gpu_s_per_query(law, t, 8.0)) for t in (tokens, scaled))
    assert often == pytest.approx(factor * np.asarray(once))


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Any valid question about the model, with each answer given or left open."""
    answers: dict[str, Any] = {
        "workload": draw(
            st.sampled_from(["chat", "reasoning", "agent-call", "rag", "1/1", "bench-8k1k"])
            | st.builds("{}/{}".format, st.integers(1, 10**7), st.integers(1, 10**7))
        ),
        "hardware": draw(hardware),
        "interactivity_tok_s": draw(st.none() | st.floats(0.01, 1e5)),
        "efficiency": draw(st.none() | st.floats(1e-3, 10.0)),
        "provider": draw(st.sampled_from(["any", "first-party", "third-party", "low-traffic"])),
        "region": draw(st.sampled_from([None, "japan", "world"])),
        "boundary": draw(
            st.sampled_from(["board", "it", "facility", "provisioned-2025-12"]),
        ),
        "cached_share": draw(st.none() | st.floats(0.0, 1.0)),
        "effort": draw(st.sampled_from([None, "low", "medium", "high", "0.01", "1000"])),
    }
    return {"model": MODEL, **answers}


@settings(max_examples=40, deadline=None)
@given(scenarios(), seeds)
def test_every_valid_question_has_a_finite_ordered_answer(
    answers: dict[str, Any], seed: int
) -> None:
    simulation = simulate(answers, draws=DRAWS, seed=seed, catalogue=CATALOGUE)
    series = (simulation.wh_mean, simulation.wh_one_query, simulation.j_per_output_token)
    for draws in series:
        assert np.isfinite(draws).all()
        assert (draws > 0).all()
    assert (simulation.j_per_input_token >= 0).all()  # 0 where all of the prompt is cached
    for summary in simulation.quantiles().values():
        levels = [summary[f"p{p:02d}"] for p in (5, 25, 50, 75, 95)]
        assert levels == sorted(levels)
    assert all(0 < flag["share"] <= 1 for flag in simulation.to_dict()["flags"])


@few
@given(st.integers(1, 10**5), st.integers(1, 10**5), seeds)
def test_at_fixed_lengths_one_query_is_the_mean(isl: int, osl: int, seed: int) -> None:
    simulation = run(f"{isl}/{osl}", seed)
    # A fixed workload has no cache of its own, hence nothing that differs between its queries.
    assert simulation.wh_one_query == pytest.approx(simulation.wh_mean, rel=1e-6)


@few
@given(st.integers(1, 10**5), st.integers(1, 10**5), seeds)
def test_prefill_and_decode_add_up(isl: int, osl: int, seed: int) -> None:
    simulation = run(f"{isl}/{osl}", seed)
    wh = (simulation.j_per_input_token * isl + simulation.j_per_output_token * osl) / 3600
    assert wh == pytest.approx(simulation.wh_mean, rel=1e-5)


def arrays(simulation: Simulation) -> list[NDArray[np.float32]]:
    s = simulation
    kept = [s.wh_mean, s.wh_one_query, s.j_per_output_token, s.j_per_input_token]
    emissions = (s.consequences.lifecycle_gco2e, s.consequences.water_l)
    return kept + [draws for draws in emissions if draws is not None]


@few
@given(scenarios(), seeds)
def test_the_same_seed_gives_the_same_bytes(answers: dict[str, Any], seed: int) -> None:
    first, second = (
        simulate(answers, draws=DRAWS, seed=seed, catalogue=CATALOGUE) for _ in range(2)
    )
    for a, b in zip(arrays(first), arrays(second), strict=True):
        assert a.tobytes() == b.tobytes()
    assert first.to_dict() == second.to_dict()


def test_another_seed_gives_other_draws() -> None:
    assert not np.array_equal(run("chat", 0).wh_mean, run("chat", 1).wh_mean)


def test_the_first_chunk_does_not_depend_on_how_many_follow() -> None:
    scenario = {"model": MODEL, "workload": "chat", "region": "japan"}
    one = simulate(scenario, draws=CHUNK_DRAWS, seed=5, catalogue=CATALOGUE)
    two = simulate(scenario, draws=CHUNK_DRAWS + 1000, seed=5, catalogue=CATALOGUE)
    for a, b in zip(arrays(one), arrays(two), strict=True):
        assert np.array_equal(a, b[:CHUNK_DRAWS])
    assert not np.array_equal(two.wh_mean[:1000], two.wh_mean[CHUNK_DRAWS:])


@pytest.mark.parametrize(
    "answer",
    [
        {"efficiency": 0.3},
        {"interactivity_tok_s": 50},
        {"boundary": "board"},
        {"provider": "low-traffic"},
        {"region": "japan"},
        {"effort": "high"},
        {"cached_share": 0.5},
        {"workload": "8k/1k"},
        {"hardware": "b200"},
    ],
)
def test_one_answer_leaves_the_draws_of_all_else_alone(answer: dict[str, Any]) -> None:
    """Two scenarios with one seed share their draws and differ only by what was asked."""
    base = {"model": MODEL, "workload": "chat"}
    plain, asked = (
        draw_unknowns(
            prepare(create_scenario(CATALOGUE, **answers), CATALOGUE),
            DRAWS,
            rng=np.random.default_rng(9),
        )
        for answers in (base, {**base, **answer})
    )
    changed = {
        "provider": "efficiency",
        "region": "pue",
        "workload": "cached_share",
        "hardware": "board_fallback",
    }
    own = {changed.get(key, key) for key in answer} | ({"hardware"} & set(answer))
    for name in plain.__dataclass_fields__:
        before, after = getattr(plain, name), getattr(asked, name)
        if name not in own and before is not None and after is not None:
            assert np.array_equal(before, after, equal_nan=True), name
