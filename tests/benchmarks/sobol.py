"""Time our Sobol' indices beside SALib's, on the same function, size and machine.

Usage: ``python -m tests.benchmarks.sobol``. 12 inputs, N = 2^14, a function that costs nothing:
what is timed is making the design and estimating the indices, with as many bootstrap resamples on
both sides. Medians of interleaved pairs; at most 1.5 is asked for.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.figures import Figure, median_ratio, published, timed_in_turns
from wh_uncertainty.model.analyses.sobol import paired_points, sobol_indices

Floats = NDArray[np.float64]

INPUTS, LOG2_N, RESAMPLES, PAIRS = 12, 14, 100, 11
RATIO_MAX = 1.5


def measure() -> Iterator[Figure]:
    """Sample and analyse, and how far the two estimates differ."""
    times = timed_in_turns({"ours": with_project, "theirs": with_salib}, PAIRS)
    what = f"{INPUTS} inputs, N = 2^{LOG2_N} / SALib"
    yield median_ratio(what, times["ours"], times["theirs"], RATIO_MAX)
    difference = float(np.abs(with_project() - with_salib()).max())
    yield Figure("largest difference of a first-order index", difference, "of 1")


def total(points: Floats) -> Floats:
    """Add the inputs up: a function that costs nothing."""
    outcome: Floats = points.sum(axis=1)
    return outcome


def with_project() -> Floats:
    """First-order indices by this project."""
    rng = np.random.default_rng(0)
    a, b = paired_points(INPUTS, LOG2_N, rng)
    mixed = np.empty((INPUTS, len(a)))
    for k in range(INPUTS):
        points = a.copy()
        points[:, k] = b[:, k]
        mixed[k] = total(points)
    found = sobol_indices(total(a), total(b), mixed, resamples=RESAMPLES, rng=rng)
    return found.first.value


def with_salib() -> Floats:
    """First-order indices by SALib."""
    sample: Callable[..., Floats] = import_module("SALib.sample.sobol").sample
    analyse: Callable[..., Any] = import_module("SALib.analyze.sobol").analyze
    problem = {
        "num_vars": INPUTS,
        "names": [f"x{k}" for k in range(INPUTS)],
        "bounds": [[0.0, 1.0]] * INPUTS,
    }
    points = sample(problem, 2**LOG2_N, calc_second_order=False, seed=0)
    found = analyse(
        problem,
        total(points),
        calc_second_order=False,
        num_resamples=RESAMPLES,
        seed=1,
    )
    first: Floats = found["S1"]
    return first


if __name__ == "__main__":
    published(measure)
