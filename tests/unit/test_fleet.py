"""Totals of a year: what adds up, what is shared, and what is not known."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.model.context import Context, prepare
from wh_uncertainty.model.documents.fleet import (
    Activity,
    FleetTotal,
    consequence_factors,
    fleet_total,
)
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.priors import Catalogue, load_catalogue

DRAWS = 4_000


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def chat(catalogue: Catalogue) -> Context:
    return _context(catalogue, model="gpt-oss-120b", workload="chat", region="japan")


@pytest.fixture(scope="module")
def code(catalogue: Catalogue) -> Context:
    return _context(catalogue, model="gpt-oss-120b", workload="8k/1k", region="japan")


def _context(catalogue: Catalogue, **answers: Any) -> Context:
    return prepare(create_scenario(catalogue, **answers), catalogue)


@pytest.fixture(scope="module")
def total(chat: Context, code: Context) -> FleetTotal:
    return fleet_total([Activity(chat, 3e6, 20.0), Activity(code, 1e6, 50.0)], draws=DRAWS)


def test_expectations_add_up(total: FleetTotal) -> None:
    by_activity = total.energy_kwh.mean(axis=1)
    assert total.to_dict()["energy_kwh"]["mean"] == pytest.approx(by_activity.sum())


def test_the_share_that_is_common_widens_the_total(total: FleetTotal) -> None:
    together, apart = (total.to_dict()[f"energy_kwh{end}"] for end in ("", "_if_independent"))
    assert together["p95"] / together["p05"] > 1.2 * apart["p95"] / apart["p05"]
    assert together["mean"] == pytest.approx(apart["mean"])


def test_nothing_shared_is_independent(chat: Context, code: Context) -> None:
    activities = [Activity(chat, 1e6), Activity(code, 1e6)]
    apart = fleet_total(activities, shared=["none"], draws=DRAWS)
    correlation = np.corrcoef(np.log(apart.energy_kwh))[0, 1]
    # Of independent draws it is normal with standard deviation n^-1/2; 5 of them, 6e-7.
    assert abs(correlation) < 5 / np.sqrt(DRAWS)


def test_one_grid_has_one_state(total: FleetTotal) -> None:
    first, second = total.factors["location_based_lifecycle_tco2e"]
    assert isinstance(first, np.ndarray)
    assert isinstance(second, np.ndarray)
    assert np.array_equal(first, second)


def test_a_contract_multiplies_energy(total: FleetTotal) -> None:
    tonnes = total.energy_kwh.T @ np.array([20e-6, 50e-6])
    assert total.to_dict()["market_based_tco2e"]["mean"] == pytest.approx(tonnes.mean())


def test_water_is_onsite_of_the_it_load_and_offsite_of_all(chat: Context) -> None:
    """The same draws at three shares of IT energy: a line with the onsite factor's slope."""
    shares = np.repeat([[0.0], [0.5], [1.0]], DRAWS, axis=1)
    none, half, all_of_it = (
        np.asarray(
            consequence_factors([Activity(chat, 1e6)], share[None], rng=np.random.default_rng(3))[
                "water_m3"
            ][0],
            dtype=np.float64,
        )
        for share in shares
    )
    region = Activity(chat, 1e6).region
    assert region is not None
    assert region.water_offsite_l_per_kwh is not None
    assert region.wue_onsite_l_per_kwh is not None
    for drawn, prior in (
        (none, region.water_offsite_l_per_kwh),
        (all_of_it - none, region.wue_onsite_l_per_kwh),
    ):
        assert np.median(drawn) == pytest.approx(prior.stated("p50") / 1000, rel=0.1)
    assert half == pytest.approx((none + all_of_it) / 2)


def test_what_one_activity_lacks_no_total_has(chat: Context, code: Context) -> None:
    nowhere = replace(code, scenario=replace(code.scenario, region=None))
    result = fleet_total([Activity(chat, 1e6, 20.0), Activity(nowhere, 1e6)], draws=DRAWS).to_dict()
    missing = ("location_based_lifecycle_tco2e", "market_based_tco2e", "water_m3")
    assert [result[key] for key in missing] == [None] * 3
    assert result["energy_kwh"]["p50"] > 0


def test_same_seed_same_total(chat: Context, code: Context) -> None:
    activities = [Activity(chat, 3e6), Activity(code, 1e6)]
    again = [fleet_total(activities, draws=DRAWS, seed=5).to_dict() for _ in range(2)]
    assert again[0] == again[1]
