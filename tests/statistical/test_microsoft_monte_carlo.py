"""Microsoft's Monte Carlo made again: its published quantiles found, its defects in numbers.

Published figures: arXiv 2509.20241 v2 of 2026-06-09 and Joule 2026, of the authors' code at
cc9dc82. With n = 200,000 draws an empirical quantile's rank errs by more than
sqrt(ln(2 / 1e-6) / 2 n) = 0.006 once in a million times (Dvoretzky, Kiefer & Wolfowitz); where the
density is least, at the ends, that moves a quantile by at most 4 %, elsewhere by 3 %. The authors'
own draws were fewer, so tolerances are 6 % and 5 %.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.microsoft import (
    BLENDED,
    LONG_TOK,
    SERVED,
    TYPICAL_TOK,
    Shared,
    energy_wh,
    fleet_mean_wh,
    trimmed,
)
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.model.simulation import simulate
from wh_uncertainty.model.summary import summarise_draws
from wh_uncertainty.priors import load_catalogue

Floats = NDArray[np.float64]

DRAWS = 200_000
QUARTILES = (25, 50, 75)

#: 5th, 25th, 50th, 75th and 95th percentile and mean of one query [Wh].
PUBLISHED = {
    ("DeepSeek-R1 671B", TYPICAL_TOK): (0.045, 0.257, 0.633, 1.292, 2.985, 0.959),
    ("Llama 3.1 405B", TYPICAL_TOK): (0.050, 0.192, 0.385, 0.682, 1.324, 0.499),
    ("Nemotron Ultra 253B", TYPICAL_TOK): (0.010, 0.052, 0.130, 0.263, 0.615, 0.196),
    ("Mixtral 8x22B", TYPICAL_TOK): (0.009, 0.032, 0.064, 0.112, 0.212, 0.082),
    ("Llama 3.1 70B", TYPICAL_TOK): (0.014, 0.049, 0.095, 0.166, 0.321, 0.122),
    ("DeepSeek-R1 671B", LONG_TOK): (0.744, 4.293, 10.602, 21.706, 50.27, 16.12),
    ("Llama 3.1 405B", LONG_TOK): (0.440, 1.692, 3.391, 6.009, 11.70, 4.42),
    ("Nemotron Ultra 253B", LONG_TOK): (0.165, 0.866, 2.166, 4.382, 10.25, 3.27),
    ("Mixtral 8x22B", LONG_TOK): (0.075, 0.266, 0.527, 0.933, 2.009, 0.713),
    ("Llama 3.1 70B", LONG_TOK): (0.110, 0.389, 0.757, 1.348, 3.014, 1.043),
}
#: The headline: 25th, 50th and 75th percentile and mean of the three large models together.
HEADLINE = {TYPICAL_TOK: (0.165, 0.308, 0.602, 0.438), LONG_TOK: (2.151, 3.907, 7.047, 6.218)}


@pytest.fixture(scope="module")
def queries() -> dict[tuple[str, float], Floats]:
    rng = np.random.default_rng(20261127)
    return {
        (name, length): energy_wh(SERVED[name], length, Shared.drawn((DRAWS,), rng), rng=rng)
        for name, length in PUBLISHED
    }


def blend(queries: dict[tuple[str, float], Floats], length: float, *, cut: bool) -> Floats:
    parts = [queries[name, length] for name in BLENDED]
    return np.concatenate([trimmed(part) if cut else part for part in parts])


@pytest.mark.parametrize(("name", "length"), PUBLISHED)
def test_the_quartiles_of_every_model_are_found(
    queries: dict[tuple[str, float], Floats], name: str, length: float
) -> None:
    found = np.percentile(queries[name, length], QUARTILES)
    assert found == pytest.approx(PUBLISHED[name, length][1:4], rel=0.05, abs=0.0006)


@pytest.mark.parametrize(("name", "length"), PUBLISHED)
def test_the_upper_tail_is_found_where_no_cap_on_throughput_binds(
    queries: dict[tuple[str, float], Floats], name: str, length: float
) -> None:
    """Their code caps throughput at the greatest measured, which is not published.

    It binds for long outputs of the two models whose throughput rises most with output length:
    there the published tail is heavier than the formula's, by 10 to 20 %.
    """
    capped = length == LONG_TOK and name in ("Mixtral 8x22B", "Llama 3.1 70B")
    found = float(np.percentile(queries[name, length], 95))
    theirs = PUBLISHED[name, length][4]
    assert (0.8 * theirs < found < 0.9 * theirs) if capped else found == pytest.approx(theirs, 0.06)


@pytest.mark.parametrize("length", HEADLINE)
def test_the_headline_is_found_when_trimmed_as_they_trim(
    queries: dict[tuple[str, float], Floats], length: float
) -> None:
    pooled = blend(queries, length, cut=True)
    found = [*np.percentile(pooled, QUARTILES), pooled.mean()]
    assert found == pytest.approx(HEADLINE[length], rel=0.05)


@pytest.mark.parametrize("length", HEADLINE)
def test_trimming_loses_a_fifth_of_the_mean_and_a_third_of_the_tail(
    queries: dict[tuple[str, float], Floats], length: float
) -> None:
    cut, whole = (blend(queries, length, cut=c) for c in (True, False))
    assert len(cut) / len(whole) == pytest.approx(0.72, abs=0.001)
    assert 1 - cut.mean() / whole.mean() == pytest.approx(0.2, abs=0.03)
    assert 1 - np.percentile(cut, 95) / np.percentile(whole, 95) == pytest.approx(0.3, abs=0.05)


def test_our_summary_takes_every_draw(queries: dict[tuple[str, float], Floats]) -> None:
    whole = blend(queries, TYPICAL_TOK, cut=False)
    ours = summarise_draws(whole)
    assert ours["mean"] == pytest.approx(whole.mean())
    assert ours["p95"] == pytest.approx(float(np.percentile(whole, 95)))


def test_redrawing_what_a_fleet_shares_makes_it_thirty_times_too_sure() -> None:
    """Widths of ln mean: redrawn they shrink with the number of queries, shared they do not."""
    rng = np.random.default_rng(1)
    widths = {
        (redrawn, queries): ln_width(fleet_mean_wh(queries, 400, redrawn=redrawn, rng=rng))
        for redrawn in (True, False)
        for queries in (400, 2500)
    }
    assert widths[True, 2500] == pytest.approx(widths[True, 400] / 2.5, rel=0.2)
    assert widths[False, 2500] == pytest.approx(widths[False, 400], rel=0.2)
    # At their 10^9 queries a day the redrawn interval would be a point; theirs, of a bootstrap,
    # is 1.3 % to either side, the shared one a factor of 2.5.
    assert widths[False, 2500] == pytest.approx(np.log(2.5), rel=0.15)
    assert widths[False, 2500] / (2 * 0.013) > 30


def test_our_fleet_mean_is_no_surer_than_what_it_shares() -> None:
    """Our `mean` keeps efficiency, power and PUE of the provider: it is as wide as they are."""
    catalogue = load_catalogue()
    scenario = create_scenario(
        catalogue,
        model="deepseek-r1-0528",
        workload="500/300",
        hardware="h200",
        precision="fp8",
        boundary="facility",
    )
    result = simulate(scenario, draws=4000, seed=0, catalogue=catalogue)
    mean = result.quantiles()["mean"]
    assert np.log(mean["p95"] / mean["p05"]) > np.log(2.5)


def test_four_per_cent_of_their_draws_are_impossible_and_none_of_ours() -> None:
    shared = Shared.drawn((DRAWS,), np.random.default_rng(2))
    assert (shared.utilisation > 1).mean() == pytest.approx(0.019, abs=0.004)
    assert (shared.pue < 1).mean() == pytest.approx(0.021, abs=0.004)
    assert all(
        spec.support[0] >= 1 for name, spec in load_catalogue().priors.items() if "pue_" in name
    )


def ln_width(draws: Floats) -> float:
    low, high = np.percentile(draws, (5, 95))
    return float(np.log(high / low))
