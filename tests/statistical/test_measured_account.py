"""Accounts of measured sites agree with the meter, and with what `simulate` says of them.

Two samples worth m and n draws: a quantile's rank in the other one differs by more than
``5 sqrt(p (1 - p) (1/m + 1/n))`` with a probability below 1e-6.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.accounts.request_account import Account, account
from wh_uncertainty.model.accounts.services import Service, Site, services_of
from wh_uncertainty.model.accounts.usage_sums import UsageSums
from wh_uncertainty.model.context import Context, prepare
from wh_uncertainty.model.forward import draw_queries, evaluate
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.model.sites.measured_site import MeasuredSite, conditioned
from wh_uncertainty.model.sites.measurement import Measurement
from wh_uncertainty.priors import load_catalogue

Floats = NDArray[np.float64]

CATALOGUE = load_catalogue()
DRAWS, REQUESTS, SEED = 20_000, 1_000, 3
LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
LN_SD = 0.03


def context_of(model: str, workload: str, **answers: Any) -> Context:
    scenario = create_scenario(
        CATALOGUE, model=model, workload=workload, cached_share=0.0, **answers
    )
    return prepare(scenario, CATALOGUE)


@pytest.fixture(scope="module")
def measured() -> MeasuredSite:
    context = context_of("gpt-oss-120b", "1k/1k", boundary="it", hardware="h200")
    wh = 0.2
    return MeasuredSite(
        Measurement(wh, LN_SD, "it", REQUESTS, wh * REQUESTS, 1.3), context, "a.toml", "a"
    )


def service(
    model: str, isl: int, osl: int, site: MeasuredSite | None, operator: str = "us", **answers: Any
) -> Service:
    """Serve a thousand equal requests at a site that is named after its operator."""
    sums = UsageSums(
        *(REQUESTS, REQUESTS * isl, REQUESTS * isl, REQUESTS * osl),
        *(REQUESTS * osl * isl, REQUESTS * osl * osl),
    )
    where = Site(operator, operator, {"hardware": "h200", **answers})
    (made,) = services_of(
        {(model, operator): sums}, {operator: where}, CATALOGUE, counts_cache=True
    )
    return replace(made, contexts=tuple(replace(c, site=site) for c in made.contexts))


def accounted(*services: Service) -> Account:
    return account(services, draws=DRAWS, seed=SEED)


def assert_same_distribution(ours: Floats, theirs: Floats, m: float, n: float) -> None:
    error = 5 * np.sqrt(LEVELS * (1 - LEVELS) * (1 / m + 1 / n))
    rank = np.array([(theirs < q).mean() for q in np.quantile(ours, LEVELS)])
    assert (np.abs(rank - LEVELS) <= error).all(), rank


def test_the_measured_requests_cost_what_the_meter_said(measured: MeasuredSite) -> None:
    drawn = accounted(service("gpt-oss-120b", 1024, 1024, measured, boundary="it"))
    assert drawn.effective_draws is not None
    wanted = np.log(measured.measurement.energy_wh / 1000)
    pull = 3 * LN_SD**2  # of what was expected, whose density falls by a factor of e^3 at most
    error = 5 * LN_SD / np.sqrt(drawn.effective_draws)
    ln_kwh = np.log(drawn.total_kwh)
    assert abs(ln_kwh.mean() - wanted) < error + pull
    assert ln_kwh.std() == pytest.approx(LN_SD, rel=5 / np.sqrt(2 * drawn.effective_draws))


@pytest.mark.parametrize("model", ["gpt-oss-120b", "deepseek-r1-0528"])
def test_other_requests_cost_what_simulate_says_of_the_site(
    measured: MeasuredSite, model: str
) -> None:
    drawn = accounted(service(model, 1024, 8192, measured))
    context = context_of(model, "1k/8k", hardware="h200")
    found = conditioned(measured, [context], DRAWS, rng=np.random.default_rng(4))
    queries = draw_queries(context, DRAWS, rng=np.random.default_rng(5))
    wh = evaluate(context, found.samples[0].unknowns, queries).mean_wh
    assert drawn.effective_draws is not None
    ours = drawn.total_kwh / REQUESTS * 1000
    assert_same_distribution(ours, wh, drawn.effective_draws, found.effective_draws)


def test_an_operator_that_did_not_measure_knows_hardly_more(measured: MeasuredSite) -> None:
    us = service("gpt-oss-120b", 1024, 1024, measured)
    them = service("deepseek-r1-0528", 1024, 1024, None, "them")
    after, alone = accounted(us, them), accounted(them)
    width = [
        np.diff(np.log(np.quantile(drawn.energy_kwh({k: them.sums}), (0.05, 0.95))))[0]
        for drawn, k in ((after, 1), (alone, 0))
    ]
    assert width[0] == pytest.approx(width[1], rel=0.1)
    assert alone.effective_draws is None


def test_two_meters_tell_more_than_one(measured: MeasuredSite) -> None:
    other = replace(measured, file="b.toml", sha256="b")
    us = service("gpt-oss-120b", 1024, 1024, measured)
    them = service("gpt-oss-120b", 1024, 1024, other, "them")
    drawn = accounted(us, them)
    assert drawn.effective_draws is not None
    assert 1_000 < drawn.effective_draws < DRAWS
    sd = [np.log(drawn.energy_kwh({k: us.sums})).std() for k in (0, 1)]
    assert sd == pytest.approx([LN_SD, LN_SD], rel=0.2)
    listed = drawn.to_dict()["provenance"]["measured_sites"]
    assert [site["file"] for site in listed] == ["a.toml", "b.toml"]


def test_a_measurement_belongs_to_one_operator_and_tells_its_efficiency(
    measured: MeasuredSite,
) -> None:
    def at(operator: str, site: MeasuredSite, **answers: Any) -> Service:
        return service("gpt-oss-120b", 1024, 1024, site, operator, **answers)

    with pytest.raises(ScenarioError, match="one operator's"):
        accounted(at("us", measured), at("them", measured))
    with pytest.raises(ScenarioError, match=r"a\.toml and b\.toml"):
        accounted(at("us", measured), at("us", replace(measured, file="b.toml", sha256="b")))
    with pytest.raises(ScenarioError, match="efficiency"):
        accounted(at("us", measured, efficiency=0.5))
