"""Value of disclosure against what is known without nesting.

Widths are averages over 256 disclosures; a difference of two of them exceeds 5 of its standard
errors with probability 6e-7.
"""

from typing import Any

import numpy as np
import pytest

from wh_uncertainty.model.analyses.disclosure import Width, disclosures, interval_width
from wh_uncertainty.model.analyses.groups import GROUPS, QUERY, Group, Sample, chosen
from wh_uncertainty.model.analyses.nested import ln_wh_given, nested_design
from wh_uncertainty.model.analyses.tornado import tornado_bars
from wh_uncertainty.model.context import Context, prepare
from wh_uncertainty.model.forward import draw_queries, evaluate
from wh_uncertainty.model.scenario import ScenarioError, create_scenario
from wh_uncertainty.model.simulation import simulate
from wh_uncertainty.model.unknowns import draw_unknowns
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()
ERRORS = 5
# Nameplate power and a pinned deployment: energy is 1 / efficiency times the rest.
MULTIPLICATIVE: dict[str, Any] = {
    "model": "gpt-oss-120b",
    "workload": "1k/8k",
    "deployment": "gpt-oss-120b|b200|fp4|vllm|none|agg|g1|tp1|ep1|dp0",
    "concurrency": 64,
    "boundary": "provisioned-2025-12",
}
EFFICIENCY = GROUPS[0]


def context_of(**answers: Any) -> Context:
    return prepare(create_scenario(CATALOGUE, **answers), CATALOGUE)


def simulated_width(**answers: Any) -> float:
    low, high = np.quantile(np.log(simulate(answers, draws=400_000).wh_mean), [0.05, 0.95])
    return float(high - low)


def test_a_disclosed_factor_leaves_the_width_of_the_rest() -> None:
    """Whatever the efficiency, what is left has the width of a scenario that pins it."""
    found = disclosures(context_of(**MULTIPLICATIVE))
    (single,) = (d for d in found.singles if d.groups == (EFFICIENCY,))
    # The simulation's quantiles have an error as well, of a thousandth.
    left, full = (simulated_width(**MULTIPLICATIVE, **pin) for pin in ({"efficiency": 0.5}, {}))
    assert single.width.ln_ratio == pytest.approx(left, abs=ERRORS * single.width.error + 0.01)
    assert found.full.ln_ratio == pytest.approx(full, abs=ERRORS * found.full.error + 0.02)


def test_nesting_agrees_with_a_loop_over_disclosures() -> None:
    answers = {"model": "gpt-oss-120b", "workload": "1k/8k", "hardware": "h100"}
    found = disclosures(context_of(**answers))
    (single,) = (d for d in found.singles if d.groups[0].key == "interactivity")
    rng = np.random.default_rng(5)
    paces = draw_unknowns(context_of(**answers), 150, rng=rng).interactivity_tok_s
    wh = [_mean_wh(context_of(**answers, interactivity_tok_s=p), rng) for p in paces.tolist()]
    assert_agree(single.width, interval_width(np.log(wh)))


def assert_agree(width: Width, other: Width) -> None:
    error = float(np.hypot(width.error, other.error))
    assert width.ln_ratio == pytest.approx(other.ln_ratio, abs=ERRORS * error)


def _mean_wh(context: Context, rng: np.random.Generator) -> Any:
    unknowns = draw_unknowns(context, 1000, rng=rng)
    return evaluate(context, unknowns, draw_queries(context, 1000, rng=rng)).mean_wh


def test_disclosing_everything_leaves_only_what_lengths_add() -> None:
    """Nothing of the mean; of one query the spread of queries at a known provider."""
    context = context_of(model="gpt-oss-120b", workload="chat", hardware="b200")
    assert disclosures(context).path[-1].width.ln_ratio == pytest.approx(0, abs=1e-9)
    left = disclosures(context, estimand="one-query").path[-1].width
    rng = np.random.default_rng(8)
    providers = Sample(draw_unknowns(context, 60, rng=rng), draw_queries(context, 60, rng=rng))
    wh: list[Any] = []
    for k in range(60):
        provider = chosen(providers, np.full(2000, k)).unknowns
        queries = draw_queries(context, 2000, rng=rng)
        wh.append(evaluate(context, provider, queries).one_query_wh)
    assert_agree(left, interval_width(np.log(wh)))


def test_no_disclosure_widens_beyond_its_error_and_more_is_better() -> None:
    found = disclosures(context_of(model="deepseek-r1-0528", workload="chat"))
    for disclosure in (*found.singles, *found.pairs):
        reduction, error = disclosure.width.reduction_from(found.full)
        assert reduction > -ERRORS * error
    widths = [step.width.ln_ratio for step in found.path]
    assert widths == sorted(widths, reverse=True)
    assert found.path[0] == found.singles[0]


def test_an_error_lets_a_published_number_tell_less() -> None:
    context = context_of(**MULTIPLICATIVE)
    exact, fair, poor = (disclosures(context, published_error=p) for p in (None, 0.1, 1.0))
    widths = [
        next(d.width.ln_ratio for d in found.singles if d.groups == (EFFICIENCY,))
        for found in (exact, fair, poor)
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[1] < found_full(exact)
    # An error of a factor e each way tells little of an efficiency.
    assert widths[2] > 0.8 * found_full(exact)


def found_full(found: Any) -> float:
    return float(found.full.ln_ratio)


def test_a_published_number_with_an_error_follows_bayes() -> None:
    """With a flat enough prior the truth spreads by the error around what is published."""
    design = nested_design(
        context_of(**MULTIPLICATIVE), estimand="mean", log2_outer=6, inner=400, seed=3
    )
    exact = ln_wh_given(design, [EFFICIENCY])
    blurred = ln_wh_given(design, [EFFICIENCY], 0.02)
    added = blurred.var(axis=1).mean() - exact.var(axis=1).mean()
    assert added == pytest.approx(0.02**2, rel=0.5)


def test_errors_of_two_numbers_have_nothing_to_do_with_each_other() -> None:
    """Variances add up. Errors with ranks in common would cancel: one divides, one multiplies."""
    pinned = {key: value for key, value in MULTIPLICATIVE.items() if key != "boundary"}
    design = nested_design(context_of(**pinned), estimand="mean", log2_outer=7, inner=400, seed=3)
    pue = next(group for group in GROUPS if group.key == "pue")

    def added(*groups: Group) -> float:
        blurred, exact = (ln_wh_given(design, groups, e).var(axis=1).mean() for e in (0.02, None))
        return float(blurred - exact)

    together, each = added(EFFICIENCY, pue), (added(EFFICIENCY), added(pue))
    assert together == pytest.approx(sum(each), rel=0.3)
    assert min(each) > 0.3 * max(each)  # so that cancelling would show


@pytest.mark.parametrize("published_error", [0.0, -1.0, 0.001, 1.5, float("nan")])
def test_errors_out_of_range_are_refused(published_error: float) -> None:
    with pytest.raises(ScenarioError, match="must lie between"):
        disclosures(context_of(**MULTIPLICATIVE), published_error=published_error)


def test_bars_of_a_tornado_are_the_ends_of_each_unknown() -> None:
    """Where energy is 1 / efficiency times the rest, its bar is known."""
    found = tornado_bars(context_of(**MULTIPLICATIVE))
    (bar,) = (bar for bar in found.bars if bar.group == EFFICIENCY)
    stated = CATALOGUE.priors["provider_efficiency_any"].quantiles
    low, high = stated["p05"], stated["p95"]
    for ends in (bar.typical_wh, bar.varying_wh):
        assert ends[1] / ends[0] == pytest.approx(high / low, rel=0.05)
    assert all(b.varying_wh[0] <= b.varying_wh[1] for b in found.bars)
    assert QUERY not in [b.group for b in found.bars]


def test_the_error_of_a_reduction_is_that_of_a_ratio() -> None:
    """``1 - w / f`` with independent errors: by hand, ``hypot(dw / f, w df / f^2)``."""
    reduction, error = Width(1.0, 0.03).reduction_from(Width(4.0, 0.4))
    assert reduction == pytest.approx(0.75)
    assert error == pytest.approx(np.hypot(0.03 / 4, 1.0 * 0.4 / 16))
