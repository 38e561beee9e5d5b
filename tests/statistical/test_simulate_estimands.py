"""The two estimands and the fleet total, with both error rates stated.

A mean of n draws of a ratio with standard deviation s lies within z s / sqrt(n) of the truth; the
test rejects beyond z = Z_ALPHA, so correct code fails with probability ALPHA, and code that is off
by DELTA passes with probability BETA once (Z_ALPHA + Z_BETA) s / sqrt(n) <= DELTA.
"""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.model.context import Context, prepare
from wh_uncertainty.model.forward import draw_queries, evaluate
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.model.simulation import simulate
from wh_uncertainty.model.unknowns import draw_unknowns
from wh_uncertainty.priors import load_catalogue

Floats = NDArray[np.float64]

ALPHA = BETA = 1e-6
Z_ALPHA, Z_BETA = 4.8916, 4.7534  # two-sided and one-sided normal quantiles
DELTA = 0.03
DRAWS = 600_000
CATALOGUE = load_catalogue()
NAMED = ["chat", "reasoning", "agent-call"]


def context_of(workload: str) -> Context:
    scenario = create_scenario(CATALOGUE, model="gpt-oss-120b", workload=workload)
    return prepare(scenario, CATALOGUE)


def relative_error(ratio: Floats) -> tuple[float, float]:
    """Return how far the mean of the ratio is from 1, and its standard error."""
    return float(ratio.mean() - 1), float(ratio.std() / np.sqrt(len(ratio)))


@pytest.mark.parametrize("workload", NAMED)
def test_single_queries_average_to_the_mean_query(workload: str) -> None:
    """Given the provider, E[one query] is the mean query: their ratio averages to 1."""
    s = simulate({"model": "gpt-oss-120b", "workload": workload}, draws=DRAWS, seed=20261121)
    ratio = s.wh_one_query.astype(np.float64) / s.wh_mean
    error, standard_error = relative_error(ratio)
    assert (Z_ALPHA + Z_BETA) * standard_error <= DELTA, "more draws are needed"
    assert abs(error) <= Z_ALPHA * standard_error
    assert s.wh_one_query.var(dtype=np.float64) > s.wh_mean.var(dtype=np.float64)


def test_a_plug_in_of_mean_lengths_is_caught() -> None:
    """Energy of the mean lengths is not the mean energy: contexts grow with the square."""
    context = context_of("agent-call")
    m = context.workload.moments
    plug_in = replace(m, osl_isl_tok2=m.osl_tok * m.isl_tok, osl2_tok2=m.osl_tok**2)
    wrong = replace(context, workload=replace(context.workload, moments=plug_in))
    unknowns = draw_unknowns(context, DRAWS, rng=np.random.default_rng(1))
    one = evaluate(
        context,
        unknowns,
        draw_queries(context, len(unknowns.hardware), rng=np.random.default_rng(2)),
    ).one_query_wh
    mean = evaluate(
        wrong, unknowns, draw_queries(wrong, len(unknowns.hardware), rng=np.random.default_rng(2))
    ).mean_wh
    error, standard_error = relative_error(one / mean)
    assert abs(error) > Z_ALPHA * standard_error


PROVIDERS = 2000
QUERIES = 64


def fleet_wh(context: Context, *, shared: bool) -> Floats:
    """Energy of QUERIES queries at each of PROVIDERS providers, summed query by query.

    Not shared is the defect of other tools: a new provider, PUE and power for every query.
    """
    rng = np.random.default_rng(3)
    unknowns = draw_unknowns(context, PROVIDERS, rng=rng)
    total = np.zeros(PROVIDERS)
    for _ in range(QUERIES):
        if not shared:
            unknowns = draw_unknowns(context, PROVIDERS, rng=rng)
        total += evaluate(
            context, unknowns, draw_queries(context, len(unknowns.hardware), rng=rng)
        ).one_query_wh
    return total


def relative_width(wh: Floats) -> float:
    low, high = np.quantile(wh, [0.05, 0.95])
    return float((high - low) / np.median(wh))


def test_a_fleets_total_is_as_uncertain_as_its_mean_query() -> None:
    """N queries share their provider: the total tends to N times the mean query, per draw.

    With 2,000 providers a 5th or 95th percentile has a standard error of about 5 % of itself, so
    a width off by a third is seen and one off by a tenth is not.
    """
    context = context_of("chat")
    unknowns = draw_unknowns(context, PROVIDERS, rng=np.random.default_rng(3))
    mean = evaluate(
        context,
        unknowns,
        draw_queries(context, len(unknowns.hardware), rng=np.random.default_rng(4)),
    ).mean_wh
    total = fleet_wh(context, shared=True)
    assert np.corrcoef(np.log(total), np.log(QUERIES * mean))[0, 1] > 0.98
    assert relative_width(total) > 0.9 * relative_width(mean)
    wrong = fleet_wh(context, shared=False)
    assert relative_width(wrong) < 0.5 * relative_width(mean)
