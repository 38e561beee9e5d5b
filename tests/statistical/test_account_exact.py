"""An account equals the simulation of every single request, for mean and for interval.

Two independent samples of n draws of one quantity: their means differ by less than z sqrt(2) s /
sqrt(n), but with probability ALPHA; a quantile's rank in the other sample differs by less than
z sqrt(2 p (1 - p) / n). A mean that is off by DELTA standard deviations, or a rank by DELTA, passes
with probability BETA once (Z_ALPHA + Z_BETA) sqrt(2 / n) <= DELTA.
"""

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.accounts.request_account import account
from wh_uncertainty.model.accounts.services import Site, services_of
from wh_uncertainty.model.accounts.usage_sums import UsageSums
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.cost_law import gpu_s_per_query, tokens_of_one_query
from wh_uncertainty.model.forward import unit_energies
from wh_uncertainty.model.unknowns import Unknowns, draw_unknowns
from wh_uncertainty.priors import load_catalogue

Floats = NDArray[np.float64]
Tokens = NDArray[np.int64]

ALPHA = BETA = 1e-6
Z_ALPHA, Z_BETA = 4.8916, 4.7534  # two-sided and one-sided normal quantiles
DELTA = 0.25
DRAWS, REQUESTS = 3_000, 100_000
CATALOGUE = load_catalogue()
SITE = Site("here", "us", {"hardware": "h200", "provider": "third-party"})


def log_of(rng: np.random.Generator) -> tuple[Tokens, Tokens, Tokens]:
    """Heavy-tailed lengths with cached prefixes: prompt, uncached, output."""
    prompt = rng.lognormal(6.5, 1.2, REQUESTS).astype(np.int64) + 1
    output = rng.lognormal(5.5, 1.0, REQUESTS).astype(np.int64) + 1
    return prompt, prompt - (prompt * rng.random(REQUESTS) * 0.8).astype(np.int64), output


def sums_of(prompt: Tokens, uncached: Tokens, output: Tokens) -> UsageSums:
    products = (int((output * prompt).sum()), int((output * output).sum()))
    return UsageSums(REQUESTS, int(prompt.sum()), int(uncached.sum()), int(output.sum()), *products)


def one_by_one_kwh(
    context: Context, unknowns: Unknowns, log: tuple[Tokens, Tokens, Tokens]
) -> Floats:
    """Add up request by request, in each draw by its own law, load and cost of a GPU-second."""
    unit = unit_energies(context, unknowns)
    serving, (prompt, uncached, output) = unit.serving, log
    tokens = tokens_of_one_query(*(x.astype(np.float64) for x in (uncached, prompt, output)))
    kwh = np.empty(DRAWS)
    for k in range(DRAWS):
        law = serving.law.map(lambda c, k=k: c[k])  # type: ignore[misc]
        prefill, decode = gpu_s_per_query(law, tokens, serving.load[k])
        wh_per_gpu_s = unit.uncached_wh[k] / law.alpha
        kwh[k] = (prefill + decode).sum() * wh_per_gpu_s / 1000
    return kwh


def test_an_account_is_the_sum_over_all_requests() -> None:
    log = log_of(np.random.default_rng(1))
    services = services_of(
        {("gpt-oss-120b", "here"): sums_of(*log)}, {"here": SITE}, CATALOGUE, counts_cache=True
    )
    assert (Z_ALPHA + Z_BETA) * np.sqrt(2 / DRAWS) <= DELTA, "more draws are needed"
    total = account(services, draws=DRAWS, seed=7).total_kwh
    context = services[0].contexts[0]
    unknowns = draw_unknowns(context, DRAWS, rng=np.random.default_rng(8))
    single = one_by_one_kwh(context, unknowns, log)
    spread = np.sqrt((total.var() + single.var()) / DRAWS)
    assert abs(total.mean() - single.mean()) <= Z_ALPHA * spread
    for p in (0.05, 0.25, 0.5, 0.75, 0.95):
        rank = float((single < np.quantile(total, p)).mean())
        assert abs(rank - p) <= Z_ALPHA * np.sqrt(2 * p * (1 - p) / DRAWS)


def test_in_one_draw_both_are_the_same_number() -> None:
    log = log_of(np.random.default_rng(2))
    services = services_of(
        {("glm-5", "here"): sums_of(*log)}, {"here": SITE}, CATALOGUE, counts_cache=True
    )
    context = services[0].contexts[0]
    unknowns = draw_unknowns(context, DRAWS, rng=np.random.default_rng(9))
    unit, sums = unit_energies(context, unknowns), services[0].sums
    wh = unit.uncached_wh * sums.uncached_tok + unit.output_wh * sums.output_tok
    kwh = (wh + unit.context_wh * sums.context_tok2) / 1000
    np.testing.assert_allclose(kwh, one_by_one_kwh(context, unknowns, log), rtol=1e-10)


def test_independent_requests_would_claim_to_know_too_much() -> None:
    """The wrong model must fail: drawing a provider anew for every request averages it out."""
    log = log_of(np.random.default_rng(3))
    services = services_of(
        {("gpt-oss-120b", "here"): sums_of(*log)}, {"here": SITE}, CATALOGUE, counts_cache=True
    )
    total = account(services, draws=DRAWS, seed=7).total_kwh
    wrong = np.random.default_rng(4).choice(total / REQUESTS, (300, REQUESTS // 100)).sum(axis=1)
    assert np.std(np.log(wrong)) < 0.1 * np.std(np.log(total))
