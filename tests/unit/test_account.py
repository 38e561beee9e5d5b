"""Accounts of logs: the same equations as simulate, and unknowns shared by whose they are."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from wh_uncertainty.model.accounts.request_account import Account, account
from wh_uncertainty.model.accounts.service_states import providers_of
from wh_uncertainty.model.accounts.services import Service, Site, known_model, modelled, services_of
from wh_uncertainty.model.accounts.usage import Usage, create_meter, energy_of_usage
from wh_uncertainty.model.accounts.usage_sums import UsageSums, added, log_workload
from wh_uncertainty.model.analyses.groups import GROUPS, QUERY
from wh_uncertainty.model.context import prepare
from wh_uncertainty.model.cost_law import TokenMoments
from wh_uncertainty.model.forward import draw_queries, evaluate, unit_energies
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.model.token_lengths.lengths import WorkloadError
from wh_uncertainty.model.unknowns import DIMENSIONS, columns_of, draw_unknowns
from wh_uncertainty.model.workload import parse_workload
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()
DRAWS = 2_000
SUMS = UsageSums(
    requests=1_000,
    input_tok=1_200_000,
    uncached_tok=900_000,
    output_tok=300_000,
    output_input_tok2=400_000_000,
    output2_tok2=150_000_000,
)

Make = Callable[..., tuple[Service, ...]]


@pytest.fixture
def services() -> Make:
    def made(*keys: tuple[str, str, str], **answers: object) -> tuple[Service, ...]:
        sites = {
            site: Site(site, operator, {"hardware": "h200", **answers})
            for _, site, operator in keys
        }
        totals = {(model, site): SUMS for model, site, _ in keys}
        return services_of(totals, sites, CATALOGUE, counts_cache=True)

    return made


@pytest.mark.parametrize("workload", ["1k/8k", "chat", "agent-call"])
@pytest.mark.parametrize("boundary", ["facility", "board", "provisioned-2026-07"])
def test_unit_energies_are_those_of_evaluate(workload: str, boundary: str) -> None:
    scenario = create_scenario(
        CATALOGUE, model="gpt-oss-120b", workload=workload, boundary=boundary, cached_share=0.3
    )
    context = prepare(scenario, CATALOGUE)
    unknowns = draw_unknowns(context, DRAWS, rng=np.random.default_rng(1))
    whole = evaluate(context, unknowns, draw_queries(context, DRAWS, rng=np.random.default_rng(2)))
    unit, m = unit_energies(context, unknowns), context.workload.moments
    tokens = TokenMoments(0.7 * m.isl_tok, m.osl_tok, m.osl_isl_tok2 + m.osl2_tok2 / 2)
    mean = (
        unit.uncached_wh * tokens.uncached_tok
        + unit.output_wh * tokens.output_tok
        + unit.context_wh * tokens.context_tok2
    )
    np.testing.assert_allclose(mean, whole.mean_wh, rtol=1e-12)
    np.testing.assert_allclose(unit.it_share * mean, whole.mean_it_wh, rtol=1e-12)


def test_every_unknown_has_one_state() -> None:
    columns = [c for g in GROUPS if g != QUERY for name in g.fields for c in columns_of(name)]
    assert sorted(columns) == list(range(DIMENSIONS))


def test_an_operator_shares_efficiency_and_a_site_its_building(services: Make) -> None:
    made = services(("gpt-oss-120b", "a", "x"), ("gpt-oss-120b", "b", "x"), ("glm-5", "b", "x"))
    first, second, third = (u[0] for u in providers_of(_ordered(made, "a", "b", "glm"), DRAWS, 0))
    assert (first.efficiency == second.efficiency).all()
    assert (second.pue == third.pue).all()
    assert (first.pue != second.pue).all()
    assert (first.run == second.run).all()  # one operator's software, where one deployment serves


def test_operators_share_nothing_but_the_benchmark(services: Make) -> None:
    one, other = (
        u[0] for u in providers_of(services(("glm-5", "a", "x"), ("glm-5", "b", "y")), DRAWS, 0)
    )
    assert abs(np.corrcoef(one.efficiency, other.efficiency)[0, 1]) < 0.11  # 5 / sqrt(2000)
    assert (one.run != other.run).any()
    assert (one.posterior_draw == other.posterior_draw).all()
    assert (one.elasticity == other.elasticity).all()


def test_another_site_leaves_the_rest_as_it_is(services: Make) -> None:
    alone = account(services(("glm-5", "a", "x")), draws=DRAWS)
    both = account(services(("glm-5", "a", "x"), ("gpt-oss-120b", "b", "y")), draws=DRAWS)
    assert (alone.energy_kwh({0: SUMS}) == both.energy_kwh({0: SUMS})).all()


def test_parts_add_up_to_the_total_in_each_draw(services: Make) -> None:
    drawn = account(services(("glm-5", "a", "x"), ("gpt-oss-120b", "b", "y")), draws=DRAWS)
    half = UsageSums(400, 500_000, 400_000, 90_000, 100_000_000, 40_000_000)
    rest = UsageSums(600, 700_000, 500_000, 210_000, 300_000_000, 110_000_000)
    parts = drawn.energy_kwh({0: half}) + drawn.energy_kwh({0: rest}) + drawn.energy_kwh({1: SUMS})
    np.testing.assert_allclose(parts, drawn.total_kwh, rtol=1e-12)
    assert added([half, rest]) == SUMS


def test_consequences_of_one_region_are_those_of_the_energy(services: Make) -> None:
    drawn = account(services(("glm-5", "a", "x"), region="japan"), draws=DRAWS)
    total = drawn.to_dict()["total"]
    direct = CATALOGUE.regions["japan"].carbon_direct_g_per_kwh
    assert direct is not None
    wanted = total["energy_kwh"]["p50"] * direct / 1e6
    assert total["location_based_direct_tco2"]["p50"] == pytest.approx(wanted)
    assert total["market_based_tco2e"] is None


def test_any_known_model_stands_in_for_an_unknown_one() -> None:
    site = Site("a", "x", {"boundary": "board"})
    totals = {("gpt-5", "a"): SUMS}
    made = services_of(
        totals, {"a": site}, CATALOGUE, counts_cache=True, stand_ins=modelled(CATALOGUE)
    )
    drawn = account(made, draws=DRAWS)
    service = drawn.to_dict()["services"][0]
    assert len(service["stand_ins"]) == len(modelled(CATALOGUE))
    assert drawn.to_dict()["flags"][0]["code"] == "model_unknown"
    for context in made[0].contexts:
        alone = account([replace(made[0], contexts=(context,))], draws=DRAWS)
        assert np.log(drawn.total_kwh).std() > 0.5 * np.log(alone.total_kwh).std()


def test_an_unknown_model_for_which_none_stands_in_is_refused() -> None:
    totals, sites = {("gpt-5", "a"): SUMS}, {"a": Site("a", "x")}
    with pytest.raises(ScenarioError, match=r"site 'a': no posterior of model 'gpt-5', and no mod"):
        services_of(totals, sites, CATALOGUE, counts_cache=True)


def test_a_stated_cached_share_stands_where_nobody_counted() -> None:
    sums = replace(SUMS, uncached_tok=SUMS.input_tok)
    kwh: list[float] = []
    for share in (None, 0.9):
        answers = {} if share is None else {"cached_share": share}
        site = Site("a", "x", {"hardware": "h200", **answers})
        made = services_of({("glm-5", "a"): sums}, {"a": site}, CATALOGUE, counts_cache=False)
        kwh.append(float(account(made, draws=DRAWS).total_kwh.mean()))
    assert kwh[1] < kwh[0]
    with pytest.raises(ScenarioError, match="counts cached tokens; drop one"):
        services_of(
            {("glm-5", "a"): sums},
            {"a": Site("a", "x", {"cached_share": 0.5})},
            CATALOGUE,
            counts_cache=True,
        )


def test_what_cannot_be_accounted_is_refused(services: Make) -> None:
    with pytest.raises(WorkloadError, match="no input or no output tokens"):
        log_workload(UsageSums(5, 10, 10), "glm-5 at a", counts_cache=False)
    with pytest.raises(WorkloadError, match="kept as its sums"):
        log_workload(SUMS, "x", counts_cache=False).sample(1, rng=np.random.default_rng(0))
    with pytest.raises(ScenarioError, match="draws 999"):
        account(services(("glm-5", "a", "x")), draws=999)
    with pytest.raises(ScenarioError, match="no benchmark of glm-5"):
        services(("glm-5", "a", "x"), precision="int4")
    with pytest.raises(ScenarioError, match="unknown model"):
        known_model("mine", {"mine": "nonsense"}, CATALOGUE)


def test_names_of_a_log_are_forgiving() -> None:
    assert known_model("openai/gpt-oss-120b", {}, CATALOGUE) == "gpt-oss-120b"
    assert known_model("prod-chat", {"prod-chat": "dsr1"}, CATALOGUE) == "deepseek-r1-0528"
    assert known_model("prod-chat", {}, CATALOGUE) is None


def test_one_response_costs_what_its_tokens_do() -> None:
    scenario = create_scenario(CATALOGUE, model="gpt-oss-120b", workload="1k/1k", hardware="h100")
    meter = create_meter(scenario)
    usage = {"prompt_tokens": 1000, "completion_tokens": 10, "prompt_tokens_details": None}
    assert energy_of_usage(usage, scenario) == meter.energy_wh(Usage(1000, 10))
    responses = {"input_tokens": 1000, "output_tokens": 10}
    cached = {"input_tokens_details": {"cached_tokens": 1000}}
    assert energy_of_usage(responses, scenario) == energy_of_usage(usage, scenario)
    answers = {"model": "gpt-oss-120b", "workload": "1k/1k", "hardware": "h100"}
    assert energy_of_usage(usage, answers) == energy_of_usage(usage, scenario)
    with pytest.raises(ScenarioError, match="'region': \\['france'\\] must be a text"):
        energy_of_usage(usage, {**answers, "region": ["france"]})
    assert (
        energy_of_usage(responses | cached, scenario)["p95"]
        < energy_of_usage(responses, scenario)["p05"]
    )
    mean = energy_of_usage(Usage(1024, 1024), scenario)
    context = prepare(scenario, CATALOGUE)
    rng = np.random.default_rng(3)
    drawn = evaluate(
        context, draw_unknowns(context, 20_000, rng=rng), draw_queries(context, 20_000, rng=rng)
    )
    assert np.log(mean["p50"] / np.median(drawn.mean_wh)) == pytest.approx(0, abs=0.06)


def test_a_workload_that_knows_its_cache_answers_for_a_response_that_does_not() -> None:
    scenario = create_scenario(CATALOGUE, model="gpt-oss-120b", workload="rag", hardware="h100")
    m = parse_workload("rag").moments
    assert m.uncached_tok is not None
    unknown, none = (
        energy_of_usage(Usage(round(m.isl_tok), round(m.osl_tok), cached), scenario)["p50"]
        for cached in (None, 0)
    )
    all_but_known = Usage(
        round(m.isl_tok), round(m.osl_tok), round(m.isl_tok) - round(m.uncached_tok)
    )
    assert unknown == pytest.approx(energy_of_usage(all_but_known, scenario)["p50"], rel=1e-3)
    assert unknown < none


def test_a_response_longer_than_any_benchmarked_is_wider_and_prefills_harder() -> None:
    """Its traffic is short, so that nothing but its own length says so."""
    scenario = create_scenario(
        CATALOGUE, model="deepseek-r1-0528", workload="chat", hardware="h200", efficiency=0.5
    )
    within, beyond = (energy_of_usage(Usage(n, 100, 0), scenario) for n in (9_000, 180_000))
    assert beyond["p95"] / beyond["p05"] > 1.5 * within["p95"] / within["p05"]
    # Twenty times the prompt, at 19.5 times the longest context, to the power of 0.2.
    assert beyond["p50"] / within["p50"] == pytest.approx(20 * 19.5**0.2, rel=0.1)


def test_a_short_response_is_short_whatever_its_traffic_is() -> None:
    """Prefill does not depend on the load; the traffic's contexts are seven times the longest."""
    chat, long = (
        create_scenario(CATALOGUE, model="llama-3.3-70b", workload=w, hardware="h200")
        for w in ("chat", "64k/1k")
    )
    one, other = (energy_of_usage(Usage(10, 0, 0), scenario)["p50"] for scenario in (chat, long))
    assert one == pytest.approx(other, rel=0.1)


def test_cached_tokens_that_are_counted_beside_the_input_are_refused() -> None:
    scenario = create_scenario(CATALOGUE, model="glm-5", workload="chat")
    usage = {"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 100_000}
    with pytest.raises(ScenarioError, match="'cache_read_input_tokens': such a record counts"):
        energy_of_usage(usage, scenario)


@pytest.mark.parametrize(
    "usage", [Usage, {"prompt_tokens": 5}, {"input_tokens": -1, "output_tokens": 2}]
)
def test_usage_that_is_none_is_refused(usage: object) -> None:
    scenario = create_scenario(CATALOGUE, model="glm-5", workload="chat")
    with pytest.raises((ScenarioError, TypeError)):
        energy_of_usage(usage, scenario)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(ScenarioError, match="cached ones part of it"):
        Usage(10, 5, 11)


def _ordered(made: tuple[Service, ...], *wanted: str) -> list[Service]:
    """Services by their site and model, as the tests name them."""
    found = {("glm" if s.model == "glm-5" else s.site.name): s for s in made}
    return [found[name] for name in wanted]


def test_the_account_is_made_of_its_parts(services: Make) -> None:
    drawn: Account = account(services(("glm-5", "a", "x")), draws=DRAWS, seed=4)
    result = drawn.to_dict()
    assert result["total"]["energy_kwh"] == result["services"][0]["energy_kwh"]
    assert set(result["provenance"]["posterior_sha256"]) == {"glm-5"}
    assert result["services"][0]["share"]["p50"] == 1.0
