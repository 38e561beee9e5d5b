"""The forward model against hand arithmetic on its own unknowns."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.cache_memory import cache_room_tok
from wh_uncertainty.model.consequences import consequences_of
from wh_uncertainty.model.context import Context, lengths_ratio, load_is_stretched, prepare
from wh_uncertainty.model.cost_law import TokenMoments, gpu_s_per_query, tokens_of_one_query
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.flags import raise_flags
from wh_uncertainty.model.forward import Energies, draw_queries, evaluate
from wh_uncertainty.model.scenario import ScenarioError, create_scenario
from wh_uncertainty.model.tally import Tally
from wh_uncertainty.model.token_lengths.lengths import Moments
from wh_uncertainty.model.token_lengths.measured_lengths import measured_lengths
from wh_uncertainty.model.token_lengths.unmeasured_lengths import growth_beyond
from wh_uncertainty.model.unknowns import DIMENSIONS, Unknowns, draw_unknowns, unknowns_at
from wh_uncertainty.priors import Catalogue, load_catalogue

DEPLOYMENT = "gpt-oss-120b|b200|fp4|vllm|none|agg|g1|tp1|ep1|dp0"
UNMEASURED_BOARDS = "gpt-oss-120b|gb200|fp4|dynamo-trt|none|disagg|g5|p1|d4|tp?|ep?|dp0"
DRAWS = 500
ENDS = ("load_min", "load_max")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def context_of(catalogue: Catalogue, **answers: Any) -> Context:
    asked: dict[str, Any] = {"model": "gpt-oss-120b", "workload": "1k/1k", **answers}
    return prepare(create_scenario(catalogue, **asked), catalogue)


def unknowns_of(context: Context) -> Unknowns:
    return draw_unknowns(context, DRAWS, rng=np.random.default_rng(7))


def energies_of(context: Context, unknowns: Unknowns | None = None) -> Energies:
    unknowns = unknowns_of(context) if unknowns is None else unknowns
    return evaluate(
        context,
        unknowns,
        draw_queries(context, len(unknowns.hardware), rng=np.random.default_rng(8)),
    )


def test_provisioned_energy_is_gpu_seconds_times_nameplate(catalogue: Catalogue) -> None:
    context = context_of(
        catalogue,
        deployment=DEPLOYMENT,
        concurrency=64,
        efficiency=0.5,
        boundary="provisioned-2025-12",
    )
    e = energies_of(context)
    gpu_s = sum(gpu_s_per_query(e.serving.law, _tokens_of(context), 64.0))
    kw = catalogue.hardware["b200"].provisioned_2025_12_kw
    assert kw is not None
    assert kw == 2.17
    assert e.mean_wh == pytest.approx(2 * gpu_s * kw / 3.6)
    assert np.all(e.serving.load == 64.0)


def _tokens_of(context: Context) -> TokenMoments:
    m = context.workload.moments
    return tokens_of_one_query(m.isl_tok, m.isl_tok, m.osl_tok)


def test_the_asked_interactivity_is_met_inside_the_load_range(catalogue: Catalogue) -> None:
    context = context_of(catalogue, deployment=DEPLOYMENT, interactivity_tok_s=80)
    unknowns = unknowns_of(context)
    plain = replace(unknowns, run=np.zeros_like(unknowns.run))
    serving = energies_of(context, plain).serving
    free = ~serving.capped & ~serving.unreachable
    assert free.mean() > 0.9
    assert serving.interactivity_tok_s[free] == pytest.approx(80.0)


def test_loads_stay_within_what_was_seen(catalogue: Catalogue) -> None:
    for speed in (0.1, 5000.0):
        context = context_of(catalogue, interactivity_tok_s=speed)
        serving = energies_of(context).serving
        low, high = context.candidates.load_min, context.candidates.load_max
        assert np.all(serving.load >= low[serving.candidate])
        assert np.all(serving.load <= high[serving.candidate])
        assert serving.capped.all() == (speed < 1)
        assert serving.unreachable.all() == (speed > 1)


def test_a_pinned_load_may_leave_what_was_seen_by_a_factor_of_two(catalogue: Catalogue) -> None:
    # The deployment was benchmarked at 4 to 128 requests.
    for concurrency in (2, 256):
        context = context_of(catalogue, deployment=DEPLOYMENT, concurrency=concurrency)
        assert load_is_stretched(context)
    assert not load_is_stretched(context_of(catalogue, deployment=DEPLOYMENT, concurrency=128))
    with pytest.raises(ScenarioError, match="benchmarked at 4 to 128 requests"):
        context_of(catalogue, deployment=DEPLOYMENT, concurrency=257)


def test_boards_never_exceed_the_measured_ceiling(catalogue: Catalogue) -> None:
    context = context_of(catalogue, boundary="board", efficiency=10)
    unknowns = unknowns_of(context)
    e = energies_of(context, unknowns)
    board_w = e.mean_wh * 3600 / _gpu_s(context, unknowns, e)
    tdp = np.array([catalogue.hardware[h].tdp_w for h in context.candidates.hardware])
    ceiling = catalogue.priors["board_power_ceiling_fraction"].parameters["value"]
    assert np.all(board_w <= ceiling * tdp[unknowns.hardware] * (1 + 1e-9))


def _gpu_s(context: Context, u: Unknowns, e: Energies) -> NDArray[np.float64]:
    law = sum(gpu_s_per_query(e.serving.law, _tokens_of(context), e.serving.load))
    return np.asarray(law / (u.efficiency * u.benchmark_factor))


def test_low_efficiency_costs_by_the_power_of_one_minus_elasticity(catalogue: Catalogue) -> None:
    context = context_of(catalogue, boundary="board", deployment=UNMEASURED_BOARDS, concurrency=8)
    cool = np.full((1, DRAWS), 0.4)  # a share of TDP that keeps clear of the ceiling
    unknowns = replace(unknowns_of(context), board_fallback=cool)
    full, half = (
        energies_of(context, replace(unknowns, efficiency=np.full(DRAWS, eta))).mean_wh
        for eta in (0.4, 0.2)
    )
    assert half / full == pytest.approx(2 ** (1 - unknowns.elasticity))


def test_effort_multiplies_the_output(catalogue: Catalogue) -> None:
    pinned = {"deployment": DEPLOYMENT, "concurrency": 8}
    twice = energies_of(context_of(catalogue, effort=2, **pinned))
    longer = energies_of(context_of(catalogue, workload="1k/2k", **pinned))
    assert np.all(twice.osl_tok == 2048.0)
    assert twice.mean_wh == pytest.approx(longer.mean_wh)


def test_the_mean_output_that_is_told_is_that_of_the_draws(catalogue: Catalogue) -> None:
    """Not the output at the median effort: its prior has a long upper tail."""
    context = context_of(catalogue, effort="high")
    unknowns = unknowns_of(context)
    tally = Tally.empty(context).plus(unknowns, energies_of(context, unknowns).serving)
    told = tally.resolved(context)["mean_osl_tok"]
    assert told == pytest.approx(1024 * unknowns.effort.mean())
    assert told > 1.3 * context.typical_osl_tok


def test_a_cached_prompt_is_not_prefilled(catalogue: Catalogue) -> None:
    cold, warm, half = (
        energies_of(context_of(catalogue, cached_share=share, deployment=DEPLOYMENT, concurrency=8))
        for share in (0.0, 1.0, 0.5)
    )
    assert np.all(warm.prefill_wh == 0)
    assert half.prefill_wh == pytest.approx(cold.prefill_wh / 2)
    # One query either finds its prefix or prefills all of it.
    hit = np.isclose(half.one_query_wh, warm.mean_wh, rtol=1e-12)
    assert 0.3 < hit.mean() < 0.7
    assert half.one_query_wh[~hit] == pytest.approx(cold.mean_wh[~hit])


def test_engines_improve_towards_the_day_asked_for(catalogue: Catalogue) -> None:
    pinned = {"deployment": DEPLOYMENT, "concurrency": 8}
    now = energies_of(context_of(catalogue, **pinned))
    context = context_of(catalogue, as_of="2027-01-01", **pinned)
    unknowns = unknowns_of(context)
    later = energies_of(context, unknowns)
    months = -np.log(later.mean_wh / now.mean_wh) / unknowns.drift_per_month
    assert months == pytest.approx(np.full(DRAWS, months[0]))
    assert 3 < months[0] < 18  # the rows are of the months before the release


def test_what_is_not_drawn_would_change_nothing(catalogue: Catalogue) -> None:
    """Engines that do not speculate, at lengths that were benchmarked, on the day of the rows."""
    context = context_of(catalogue, workload="1k/8k", deployment=DEPLOYMENT)
    unknowns = unknowns_of(context)
    left_out = ("speculation_factor", "extrapolation_z", "drift_per_month")
    assert all(getattr(unknowns, name) is None for name in left_out)
    drawn = replace(unknowns, **{name: np.full(DRAWS, 2.0) for name in left_out})
    plain, same = energies_of(context, unknowns), energies_of(context, drawn)
    assert np.array_equal(plain.mean_wh, same.mean_wh)
    assert np.array_equal(plain.one_query_wh, same.one_query_wh)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ({"model": "deepseek-r1"}, "speculation_factor"),
        ({"workload": "8k/2k"}, "extrapolation_z"),
        ({"effort": "high"}, "extrapolation_z"),
        ({"as_of": "2027-01-01"}, "drift_per_month"),
    ],
)
def test_what_is_asked_about_is_drawn(
    catalogue: Catalogue, answer: dict[str, Any], name: str
) -> None:
    unknowns = unknowns_of(context_of(catalogue, **answer))
    assert len(getattr(unknowns, name)) == DRAWS


def test_accelerators_are_drawn_by_their_shares(catalogue: Catalogue) -> None:
    context = context_of(catalogue)
    edges = np.cumsum(context.candidates.share)
    points = np.full((len(edges) + 1, DIMENSIONS), 0.5)
    points[:, 0] = [0, *edges[:-1], 1]  # an edge belongs to the accelerator that follows it
    assert unknowns_at(context, points).hardware.tolist() == [*range(len(edges)), len(edges) - 1]


def test_extrapolated_lengths_are_measured_against_the_longest_row(catalogue: Catalogue) -> None:
    assert lengths_ratio(context_of(catalogue, workload="8k/1k"), 1.0) == 1.0
    assert lengths_ratio(context_of(catalogue, workload="17k/1k"), 1.0) == 2.0
    effort = np.array([1.0, 10.0])
    assert lengths_ratio(context_of(catalogue, workload="8k/1k"), effort).tolist() == [1.0, 2.0]


def test_rare_long_queries_set_the_context_that_most_tokens_have() -> None:
    mixed = Moments(1000.0, None, 1000.0, 20e6, 4e6)
    assert mixed.context_tok(1.0) == 24_000.0
    assert mixed.context_tok(np.array([0.5, 2.0])).tolist() == [22_000.0, 28_000.0]
    alike = Moments(1000.0, None, 500.0, 0.5e6, 0.25e6)
    assert alike.context_tok(2.0) == 2_000.0
    assert Moments(1000.0, None, 0.0, 0.0, 0.0).context_tok(1.0) == 1000.0


def test_long_prompts_grow_faster_than_a_line_and_pace_sees_it(catalogue: Catalogue) -> None:
    pinned = {"deployment": DEPLOYMENT, "interactivity_tok_s": 50.0}
    context = context_of(catalogue, workload="73k/1k", **pinned)
    unknowns = replace(unknowns_of(context), extrapolation_z=np.zeros(DRAWS))
    straight = catalogue.priors["prefill_attention_exponent"]
    line = replace(straight, parameters={"value": 0.0})
    linear = replace(
        context, catalogue=replace(catalogue, priors={**catalogue.priors, line.name: line})
    )
    grown, plain = energies_of(context, unknowns), energies_of(linear, unknowns)
    same_load = grown.serving.load == plain.serving.load
    ratio = (74 / 9) ** straight.parameters["value"]
    assert grown.prefill_wh[same_load] == pytest.approx(plain.prefill_wh[same_load] * ratio)
    # Prefill that takes longer stalls decoding, so that fewer requests share a GPU at one pace.
    assert np.all(grown.serving.load <= plain.serving.load)
    assert not np.all(same_load)
    reached = ~(grown.serving.capped | grown.serving.unreachable)
    assert np.all(grown.serving.beyond_lengths)
    assert reached.any()


def test_memory_limits_the_load_of_contexts_longer_than_benchmarked(catalogue: Catalogue) -> None:
    deployment = "minimax-m2.5|h100|fp8|vllm|none|agg|g8|tp8|ep1|dp0"
    room = cache_room_tok([parse_deployment_id(deployment)], catalogue)
    # 80 GB less an eighth of 230 GB, at 8 bits half of 253,952 bytes per token.
    assert room == pytest.approx([(80 - 230 / 8) * 1e9 / (253_952 / 2)])
    slow = {"model": "minimax-m2.5", "hardware": "h100", "interactivity_tok_s": 5.0}
    contexts = [context_of(catalogue, workload=w, **slow) for w in ("1k/1k", "120k/1k")]
    short, long = (energies_of(context).serving for context in contexts)
    fits = contexts[1].cache_room_tok[long.candidate] / (120.5 * 1024)
    assert np.all(long.load <= fits * (1 + 1e-9))
    assert long.capped.mean() > 0.9
    assert np.any(short.load > contexts[0].cache_room_tok[short.candidate] / (120.5 * 1024))


@pytest.mark.parametrize("workload", ["1024/8192", "8192/1024"])
def test_one_token_more_than_benchmarked_does_not_jump(catalogue: Catalogue, workload: str) -> None:
    """Memory bounds loads of these lengths too, unless they were borne at such lengths."""
    isl, osl = map(int, workload.split("/"))
    pinned = {"model": "minimax-m2.5", "hardware": "b200", "interactivity_tok_s": 10.0}
    one, more = (
        energies_of(context_of(catalogue, workload=f"{isl}/{o}", **pinned)).mean_wh
        for o in (osl, osl + 1)
    )
    assert np.median(more) == pytest.approx(np.median(one), rel=0.01)


def test_a_pinned_load_counts_requests_of_all_its_gpus(catalogue: Catalogue) -> None:
    eight = "deepseek-r1-0528|b200|fp8|sglang|none|agg|g8|tp8|ep1|dp0"
    pinned = {"model": "deepseek-r1-0528", "deployment": eight}
    low, high = (getattr(context_of(catalogue, **pinned).candidates, k)[0] for k in ENDS)
    assert energies_of(context_of(catalogue, concurrency=8 * high, **pinned)).serving.load == (
        pytest.approx(high)
    )
    with pytest.raises(ScenarioError, match=f"benchmarked at {8 * low:g} to {8 * high:g} requests"):
        context_of(catalogue, concurrency=8 * high * 2.1, **pinned)


def test_board_power_follows_its_slope_as_far_again_and_no_further(catalogue: Catalogue) -> None:
    """Of a context whose boards answer to lengths alone."""
    asked = {"deployment": DEPLOYMENT, "concurrency": 8, "boundary": "board", "efficiency": 1}
    watts: list[float] = []
    for workload in ("1024/1024", "8192/128", "8192/8"):
        context = context_of(catalogue, workload=workload, **asked)
        slope = np.zeros_like(context.board_coefficients)
        slope[0], slope[3] = -1.5, 0.2
        hot, unknowns = replace(context, board_coefficients=slope), unknowns_of(context)
        e = energies_of(hot, unknowns)
        watts.append(float(np.median(e.mean_wh * 3600 / _gpu_s(hot, unknowns, e))))
    least, greatest = context_of(catalogue).power.record["length_ratio_range"]
    furthest = np.log(greatest**2 / least)
    assert np.log(watts[1] / watts[0]) == pytest.approx(0.2 * min(np.log(64), furthest), rel=1e-6)
    assert np.log(watts[2] / watts[0]) == pytest.approx(0.2 * furthest, rel=1e-6)


@pytest.mark.parametrize(("isl", "is_far"), [(2048, False), (4096, True)])
def test_lengths_that_are_nearer_to_others_are_flagged(
    catalogue: Catalogue, isl: int, is_far: bool
) -> None:
    """Of a deployment with prompts of 1,024 tokens, as if it had no others."""
    context = context_of(catalogue, deployment=DEPLOYMENT, workload=f"{isl}/1024")
    short = measured_lengths([{"1024/1024": 64.0}])
    context = replace(context, steps_outside=short.steps_outside(float(isl), 1024.0))
    unknowns = replace(unknowns_of(context), extrapolation_z=np.zeros(DRAWS))
    tally = Tally.empty(context).plus(unknowns, energies_of(context, unknowns).serving)
    codes = {flag["code"] for flag in raise_flags(context, tally)}
    assert ("lengths_not_measured" in codes) == is_far


@pytest.mark.parametrize(("efficiency", "is_rare"), [(0.02, True), (0.4, False), (4.0, True)])
def test_an_efficiency_that_nobody_would_expect_is_flagged_first(
    catalogue: Catalogue, efficiency: float, is_rare: bool
) -> None:
    context = context_of(catalogue, efficiency=efficiency)
    unknowns = unknowns_of(context)
    tally = Tally.empty(context).plus(unknowns, energies_of(context, unknowns).serving)
    codes = [flag["code"] for flag in raise_flags(context, tally)]
    assert ("efficiency_unusual" in codes[:1]) == is_rare
    assert codes.count("efficiency_unusual") == is_rare


@pytest.mark.parametrize(("workload", "is_counted"), [("agent-call", True), ("chat", False)])
def test_a_stated_cached_share_says_what_it_replaces(
    catalogue: Catalogue, workload: str, is_counted: bool
) -> None:
    context = context_of(catalogue, workload=workload, cached_share=0.5)
    tally = Tally.empty(context)
    unknowns = unknowns_of(context)
    tally = tally.plus(unknowns, energies_of(context, unknowns).serving)
    codes = {flag["code"] for flag in raise_flags(context, tally)}
    assert ("cached_share_stated" in codes) == is_counted


def test_the_price_bound_counts_the_tokens_of_the_effort(catalogue: Catalogue) -> None:
    card = catalogue.models["gpt-oss-120b"]
    price = catalogue.regions["world"].price_usd_per_kwh.stated("p50")
    assert card.price_usd_per_mtok_input is not None
    assert card.price_usd_per_mtok_output is not None
    for effort in (1.0, 4.0):
        usd = card.price_usd_per_mtok_input + effort * card.price_usd_per_mtok_output
        told = consequences_of(context_of(catalogue, effort=effort), 1).equivalents({})
        bound = told["price_implied_maximum_wh"]
        assert bound == pytest.approx(usd * 1024 / 1e6 / price * 1000)


def test_a_load_that_was_borne_needs_no_memory_of_ours() -> None:
    seen = measured_lengths([{"1024/1024": 64.0, "8192/1024": 8.0}, {}])
    assert seen.load_proven(1536.0).tolist() == [64.0, 0.0]
    assert seen.load_proven(1537.0).tolist() == [8.0, 0.0]
    assert seen.load_proven(8705.0).tolist() == [0.0, 0.0]


def test_requests_in_flight_hold_more_than_those_that_arrive() -> None:
    """One in ten is long, and in flight for eight times as long as the others together."""
    share, isl, osl = np.array([0.1, 0.9]), np.array([1e5, 500.0]), np.array([4e3, 100.0])
    mean = [float(share @ x) for x in (isl, osl, isl * osl, osl**2)]
    moments = Moments(mean[0], None, *mean[1:])
    in_flight = share * osl / mean[1]
    assert moments.held_tok(1.0) == pytest.approx(in_flight @ (isl + osl / 2))
    assert moments.held_tok(1.0) == pytest.approx(83_366, rel=1e-3)
    assert Moments(1000.0, None, 0.0, 0.0, 0.0).held_tok(1.0) == 1000.0


def test_boards_are_capped_before_they_idle(catalogue: Catalogue) -> None:
    """What a law has above the ceiling is not there to be idled away."""
    context = context_of(catalogue, deployment=DEPLOYMENT, boundary="board", efficiency=0.5)
    level = np.zeros_like(context.board_coefficients)
    level[0] = 1.0
    hot, unknowns = replace(context, board_coefficients=level), unknowns_of(context)
    e = energies_of(hot, unknowns)
    ceiling = catalogue.priors["board_power_ceiling_fraction"].parameters["value"]
    tdp = catalogue.hardware["b200"].tdp_w
    assert e.mean_wh * 3600 / _gpu_s(hot, unknowns, e) == pytest.approx(
        ceiling * tdp * 0.5**unknowns.elasticity
    )


def test_models_that_attend_to_a_selection_have_no_such_growth(catalogue: Catalogue) -> None:
    sparse, full = "glm-5", "kimi-k2.5"
    assert growth_beyond(catalogue, sparse, 8.0, 0.0) == (1.0, 1.0)
    assert growth_beyond(catalogue, full, 8.0, 0.0) == pytest.approx((8**0.2, 1.0))
    assert growth_beyond(catalogue, full, 0.5, 0.0) == (1.0, 1.0)


def test_water_needs_the_it_load_and_carbon_the_meter(catalogue: Catalogue) -> None:
    context = context_of(catalogue, region="japan")
    unknowns = unknowns_of(context)
    e = energies_of(context, unknowns)
    assert e.mean_it_wh * unknowns.pue == pytest.approx(e.mean_wh)
