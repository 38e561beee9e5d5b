"""Named workloads keep the moments of the traces they were made from, and so do their draws."""

import numpy as np
import pytest

from wh_uncertainty.model.token_lengths.named_workload import named_workload
from wh_uncertainty.priors import read_workload, workload_names

# What a 24 x 24 histogram with mean-matched bins reaches on all of eighteen traces.
_TOLERANCE = 0.05


@pytest.mark.parametrize("name", workload_names())
def test_moments_within_five_per_cent_of_the_trace(name: str) -> None:
    moments, stated = named_workload(name).moments, read_workload(name)["moments"]
    assert moments.isl_tok == pytest.approx(stated["E_isl"], rel=_TOLERANCE)
    assert moments.osl_tok == pytest.approx(stated["E_osl"], rel=_TOLERANCE)
    assert moments.osl_isl_tok2 == pytest.approx(stated["E_isl_osl"], rel=_TOLERANCE)
    assert moments.osl2_tok2 == pytest.approx(stated["E_osl2"], rel=_TOLERANCE)


@pytest.mark.parametrize("name", workload_names())
def test_draws_agree_with_the_moments(name: str) -> None:
    workload, n = named_workload(name), 200_000
    drawn = workload.sample(n, rng=np.random.default_rng(7))
    pairs = [
        (drawn.isl_tok, workload.moments.isl_tok),
        (drawn.osl_tok, workload.moments.osl_tok),
        (drawn.isl_tok * drawn.osl_tok, workload.moments.osl_isl_tok2),
        (drawn.osl_tok**2, workload.moments.osl2_tok2),
    ]
    if drawn.uncached_tok is not None and workload.moments.uncached_tok is not None:
        pairs.append((drawn.uncached_tok, workload.moments.uncached_tok))
    for values, mean in pairs:
        assert abs(values.mean() - mean) <= 5 * values.std() / np.sqrt(n) + 1e-3 * mean
