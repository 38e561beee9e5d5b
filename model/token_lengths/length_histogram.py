"""Joint histograms of prompt and response lengths: exact moments, and draws that have them.

Within a bin [a, b] of width w = b - a whose requests average m, a length is drawn as

    x = round(a + w u^t),   t = w / (m - a) - 1,   u uniform on (0, 1),

which has mean m before rounding: filling bins evenly instead biases the moments by up to 12 %.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.token_lengths.lengths import Lengths, Moments

__all__ = [
    "UNCACHED_LEVELS",
    "Filling",
    "Histogram",
    "draw_lengths",
    "filling",
    "histogram_moments",
    "uncached_shares",
]

Floats = NDArray[np.float64]

#: Levels of the quantile function of the uncached share; 0 and 1 bound it.
UNCACHED_LEVELS = np.array([0.0, 0.10, 0.25, 0.50, 0.75, 0.90, 0.99, 1.0])

# A bin whose mean lies on its edge would need t = 0 or infinity.
_NEAREST_EDGE_FRACTION = 0.02
# Up to this width the rounded values are summed one by one; beyond, rounding no longer shows.
_WIDEST_SUMMED_TOK = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Filling:
    """How values lie within consecutive intervals; arrays of shape ``(interval,)``.

    Parameters
    ----------
    low, width : ndarray
        Lower edge and width.
    exponent : ndarray
        t of the module's equation.
    """

    low: Floats
    width: Floats
    exponent: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts over ISL x OSL bins.

    Parameters
    ----------
    probability : ndarray, shape (isl_bin, osl_bin)
        Sums to 1.
    isl, osl : Filling
    uncached : Filling or None
        Share of the prompt that is not cached (`uncached_shares`), shape (isl_bin, piece).
    """

    probability: Floats
    isl: Filling
    osl: Filling
    uncached: Filling | None = None


def filling(low: Floats, high: Floats, mean: Floats) -> Filling:
    """Fill intervals so that each keeps its mean.

    Parameters
    ----------
    low, high, mean : ndarray
        Of one shape, ``low <= mean <= high``.

    Returns
    -------
    Filling
    """
    width = high - low
    share = np.divide(mean - low, width, out=np.full_like(low, 0.5), where=width > 0)
    share = np.clip(share, _NEAREST_EDGE_FRACTION, 1 - _NEAREST_EDGE_FRACTION)
    return Filling(low, width, 1 / share - 1)


def uncached_shares(quantiles_tok: Floats, mean_tok: Floats, isl_mean_tok: Floats) -> Filling:
    """Quantile function of the share of a prompt that no cache serves, per ISL bin.

    Piecewise between the stated quantiles, every piece filled with one exponent t such that the
    bin keeps its mean: ``mean = sum_k p_k (a_k + w_k / (t + 1))``.

    Parameters
    ----------
    quantiles_tok : ndarray, shape (isl_bin, 6)
        Uncached tokens at 10, 25, 50, 75, 90 and 99 %.
    mean_tok, isl_mean_tok : ndarray, shape (isl_bin,)
        Mean uncached tokens, and mean prompt, of the bin.

    Returns
    -------
    Filling
        Arrays of shape ``(isl_bin, 7)``: pieces between `UNCACHED_LEVELS`.
    """
    inner = np.minimum(quantiles_tok / isl_mean_tok[:, None], 1)
    ends = np.zeros((len(inner), 1)), np.ones((len(inner), 1))
    shares = np.hstack([ends[0], inner, ends[1]])
    low, width, chance = shares[:, :-1], np.diff(shares, axis=1), np.diff(UNCACHED_LEVELS)
    inside = (mean_tok / isl_mean_tok - low @ chance) / (width @ chance)
    inside = np.clip(inside, _NEAREST_EDGE_FRACTION, 1 - _NEAREST_EDGE_FRACTION)
    exponent = np.broadcast_to((1 / inside - 1)[:, None], width.shape)
    return Filling(low, width, exponent)


def histogram_moments(histogram: Histogram) -> Moments:
    """Moments of what `draw_lengths` draws, summed over the cells.

    Parameters
    ----------
    histogram : Histogram

    Returns
    -------
    Moments
    """
    isl_mean, _ = _rounded_moments(histogram.isl)
    osl_mean, osl_square = _rounded_moments(histogram.osl)
    by_isl, by_osl = histogram.probability.sum(axis=1), histogram.probability.sum(axis=0)
    uncached = None
    if histogram.uncached is not None:
        f = histogram.uncached
        share = (f.low + f.width / (f.exponent + 1)) @ np.diff(UNCACHED_LEVELS)
        uncached = float(by_isl @ (isl_mean * share))
    return Moments(
        isl_tok=float(by_isl @ isl_mean),
        uncached_tok=uncached,
        osl_tok=float(by_osl @ osl_mean),
        osl_isl_tok2=float(isl_mean @ histogram.probability @ osl_mean),
        osl2_tok2=float(by_osl @ osl_square),
    )


def draw_lengths(histogram: Histogram, n: int, *, rng: np.random.Generator) -> Lengths:
    """Draw queries.

    Parameters
    ----------
    histogram : Histogram
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    Lengths
        Whole numbers of tokens; the uncached part need not be whole.
    """
    cumulative = np.cumsum(histogram.probability)
    # cumulative ends at 1 up to rounding; dividing keeps every uniform inside the table
    cell = np.searchsorted(cumulative / cumulative[-1], rng.random(n), side="right")
    isl_bin, osl_bin = np.divmod(cell, histogram.probability.shape[1])
    isl = _rounded(_filled(histogram.isl, isl_bin, rng.random(n)))
    osl = _rounded(_filled(histogram.osl, osl_bin, rng.random(n)))
    if histogram.uncached is None:
        return Lengths(isl, None, osl)
    piece = np.searchsorted(UNCACHED_LEVELS, rng.random(n), side="right") - 1
    share = _filled(histogram.uncached, (isl_bin, piece), rng.random(n))
    return Lengths(isl, share * isl, osl)


def _filled(
    f: Filling, where: NDArray[np.intp] | tuple[NDArray[np.intp], NDArray[np.intp]], u: Floats
) -> Floats:
    return f.low[where] + f.width[where] * u ** f.exponent[where]


def _rounded(lengths: Floats) -> Floats:
    # not rint, which takes a lower edge of 2.5 to 2, out of its bin
    return np.maximum(np.floor(lengths + 0.5), 1)


def _rounded_moments(f: Filling) -> tuple[Floats, Floats]:
    """First and second moment of the rounded lengths of each bin."""
    mean = f.low + f.width / (f.exponent + 1)
    square = f.low**2 + 2 * f.low * f.width / (f.exponent + 1) + f.width**2 / (2 * f.exponent + 1)
    for i in np.flatnonzero(f.width <= _WIDEST_SUMMED_TOK).tolist():
        low, width, exponent = float(f.low[i]), float(f.width[i]), float(f.exponent[i])
        steps = np.arange(round(width) + 1, dtype=np.float64)
        chance = np.diff((steps / width) ** (1 / exponent))
        value = _rounded(low + 0.5 + steps[:-1])
        mean[i], square[i] = chance @ value, chance @ value**2
    return mean, square
