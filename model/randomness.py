"""Two sources of randomness with one interface: streams of draws, or columns of a design.

A simulation draws; a sensitivity analysis chooses points of the unit cube. Both ask for the same
quantities, so what is unknown is written down once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.priors import PriorSpec, quantile, sample

__all__ = ["Columns", "Source", "Streams"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

# Keeps normal scores finite; the mass beyond, 2e-10, is out of reach of any sample used here.
_SMALLEST_PROBABILITY = 2.0**-32


class Streams:
    """Pseudo-random draws; every quantity has a stream of its own."""

    def __init__(self, quantities: Sequence[str], n: int, rng: np.random.Generator) -> None:
        self._n = n
        self._stream = dict(zip(quantities, rng.spawn(len(quantities)), strict=True))

    def uniform(self, quantity: str) -> Floats:
        """Return probabilities, shape ``(n,)``."""
        return self._stream[quantity].random(self._n)

    def index(self, quantity: str, count: int) -> Indices:
        """Return equally likely positions below `count`, shape ``(n,)``."""
        return self._stream[quantity].integers(count, size=self._n)

    def normal(self, quantity: str, rows: int) -> Floats:
        """Return standard normals, shape ``(rows, n)``."""
        return self._stream[quantity].standard_normal((rows, self._n))

    def prior(self, quantity: str, spec: PriorSpec) -> Floats:
        """Return values of a prior, shape ``(n,)``."""
        return sample(spec, self._n, rng=self._stream[quantity])


class Columns:
    """Points of the unit cube: each quantity has one column, or several, of its own."""

    def __init__(self, widths: dict[str, int], points: Floats) -> None:
        ends = np.cumsum(list(widths.values()))
        if points.shape[1] != ends[-1]:
            raise ValueError(f"points have {points.shape[1]} columns; {ends[-1]} are needed")
        inside = np.clip(points.T, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)
        parts: list[Floats] = np.split(inside, ends[:-1])
        self._columns = dict(zip(widths, parts, strict=True))

    def uniform(self, quantity: str) -> Floats:
        """Return probabilities, shape ``(n,)``."""
        column: Floats = self._columns[quantity][0]
        return column

    def index(self, quantity: str, count: int) -> Indices:
        """Return equally likely positions below `count`, shape ``(n,)``."""
        return (self.uniform(quantity) * count).astype(np.intp)

    def normal(self, quantity: str, rows: int) -> Floats:
        """Return standard normals, shape ``(rows, n)``."""
        from scipy.special import ndtri  # the daily path starts without scipy

        scores: Floats = ndtri(self._columns[quantity][:rows])
        return scores

    def prior(self, quantity: str, spec: PriorSpec) -> Floats:
        """Return values of a prior, shape ``(n,)``."""
        return quantile(spec, self.uniform(quantity))


#: Gives `n` independent values of each quantity by its name.
type Source = Streams | Columns
