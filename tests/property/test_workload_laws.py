import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wh_uncertainty.model.token_lengths.length_histogram import (
    Histogram,
    draw_lengths,
    filling,
    histogram_moments,
)
from wh_uncertainty.model.workload import fixed_workload, parse_workload, scaled_output

tokens = st.integers(1, 10**7)


@given(tokens, tokens)
def test_lengths_read_back(isl: int, osl: int) -> None:
    workload = parse_workload(f"{isl}/{osl}")
    assert workload.name == f"{isl}/{osl}"
    assert workload.moments.osl2_tok2 == workload.moments.osl_tok**2


@given(tokens, tokens, st.floats(0.01, 100))
def test_effort_is_homogeneous(isl: int, osl: int, factor: float) -> None:
    before, after = fixed_workload(isl, osl), scaled_output(fixed_workload(isl, osl), factor)
    assert after.moments.isl_tok == before.moments.isl_tok
    assert after.moments.osl_isl_tok2 == pytest.approx(factor * before.moments.osl_isl_tok2)
    assert after.moments.osl2_tok2 == pytest.approx(factor**2 * before.moments.osl2_tok2)


@st.composite
def histograms(draw: st.DrawFn) -> Histogram:
    def axis() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        widths = draw(st.lists(st.integers(1, 4000), min_size=3, max_size=3))
        edges = 0.5 + np.cumsum([0, *widths]).astype(np.float64)
        shares = np.array(draw(st.lists(st.floats(0.05, 0.95), min_size=3, max_size=3)))
        return edges[:-1], edges[1:], edges[:-1] + shares * np.diff(edges)

    counts = np.array(draw(st.lists(st.integers(1, 99), min_size=9, max_size=9)), np.float64)
    return Histogram(counts.reshape(3, 3) / counts.sum(), filling(*axis()), filling(*axis()))


@settings(max_examples=40, deadline=None)
@given(histograms(), st.integers(0, 2**32))
def test_draws_have_the_moments(histogram: Histogram, seed: int) -> None:
    n = 20_000
    drawn = draw_lengths(histogram, n, rng=np.random.default_rng(seed))
    exact = histogram_moments(histogram)
    for values, mean in (
        (drawn.isl_tok, exact.isl_tok),
        (drawn.osl_tok, exact.osl_tok),
        (drawn.osl_tok * drawn.isl_tok, exact.osl_isl_tok2),
        (drawn.osl_tok**2, exact.osl2_tok2),
    ):
        # six standard errors: one false alarm in 500 million
        assert abs(values.mean() - mean) <= 6 * values.std() / np.sqrt(n) + 1e-9 * mean
    assert (drawn.isl_tok >= 1).all()
    assert (drawn.osl_tok == np.rint(drawn.osl_tok)).all()


@given(st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_never_more_uncached_than_prompt(seed: int) -> None:
    drawn = parse_workload("agent-call").sample(5000, rng=np.random.default_rng(seed))
    assert drawn.uncached_tok is not None
    assert ((drawn.uncached_tok >= 0) & (drawn.uncached_tok <= drawn.isl_tok)).all()
