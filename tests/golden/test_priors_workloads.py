"""Shipped histograms keep the exact moments of the traces they were made from."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.priors import load_catalogue, read_workload, workload_names

NAMES = workload_names()
TOLERANCE = 0.05  # the histograms were chosen because they keep all four moments within 5 %


def within_bin(edges: list[float], means: list[float]) -> tuple[NDArray[np.float64], ...]:
    """Return first and second moments per bin of x = lo + (hi - lo) u^t matched to the mean."""
    low, high = np.array(edges[:-1]), np.array(edges[1:])
    width = high - low
    share = np.clip((np.array(means) - low) / width, 0.02, 0.98)
    power = 1 / share - 1
    second = low**2 + 2 * low * width * share + width**2 / (2 * power + 1)
    return low + width * share, second


def moments(table: dict[str, Any]) -> dict[str, float]:
    weight = np.array(table["counts"], dtype=np.float64)
    weight /= weight.sum()
    isl, isl2 = within_bin(table["isl_edges"], table["isl_bin_mean"])
    osl, osl2 = within_bin(table["osl_edges"], table["osl_bin_mean"])
    return {
        "E_isl": float(weight.sum(axis=1) @ isl),
        "E_osl": float(weight.sum(axis=0) @ osl),
        "E_isl_osl": float(isl @ weight @ osl),
        "E_osl2": float(weight.sum(axis=0) @ osl2),
        "E_isl2": float(weight.sum(axis=1) @ isl2),
    }


def test_the_recommended_workloads_are_shipped() -> None:
    assert set(NAMES) == {
        "agent-call",
        "agent-turn",
        "api-mix",
        "batch-classify",
        "batch-generate",
        "chat",
        "chat-long",
        "chat-short",
        "code-completion",
        "rag",
        "reasoning",
        "summarise",
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("moment", ["E_isl", "E_osl", "E_isl_osl", "E_osl2"])
def test_moments_are_within_five_per_cent(name: str, moment: str) -> None:
    workload = read_workload(name)
    assert moments(workload)[moment] == pytest.approx(workload["moments"][moment], rel=TOLERANCE)


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_consistent_and_cite_known_sources(name: str) -> None:
    catalogue, workload = load_catalogue(), read_workload(name)
    counts = np.array(workload["counts"])
    assert workload["name"] == name
    assert counts.shape == (len(workload["isl_edges"]) - 1, len(workload["osl_edges"]) - 1)
    assert np.all(np.diff(workload["isl_edges"]) > 0)
    assert np.all(np.diff(workload["osl_edges"]) > 0)
    assert set(workload["source"]) <= set(catalogue.references)
    assert workload["licence"]
    assert workload["cached"]["reason"]
    assert workload["cached"]["prior"] is None or workload["cached"]["prior"] in catalogue.priors


def test_the_uncached_table_of_an_agent_call_keeps_its_moments() -> None:
    uncached = read_workload("agent-call")["uncached"]
    for moment in ("E_isl", "E_osl", "E_isl_osl", "E_osl2"):
        expected = uncached["moments"][moment]
        assert moments(uncached)[moment] == pytest.approx(expected, rel=TOLERANCE)
    assert uncached["moments"]["E_isl"] < read_workload("agent-call")["moments"]["E_isl"] / 10


def test_a_turn_is_the_sum_of_its_calls() -> None:
    turn, call = read_workload("agent-turn"), read_workload("agent-call")
    calls = turn["calls_per_turn"]["mean"]
    assert turn["moments"]["E_osl"] == pytest.approx(calls * call["moments"]["E_osl"], rel=0.01)
    uncached = call["uncached"]["moments"]["E_isl"]
    assert turn["moments"]["E_isl"] == pytest.approx(calls * uncached, rel=0.01)
