"""How long queries are: moments for the mean query, draws for single ones."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LARGEST_LENGTH_TOK",
    "Lengths",
    "Moments",
    "Workload",
    "WorkloadError",
    "scaled_output",
    "uncached_tok",
]

Floats = NDArray[np.float64]

LARGEST_LENGTH_TOK = 10**7  # beyond every context window; a longer one is a slip of the pen


class WorkloadError(ValueError):
    """A workload cannot be understood; names what, where, the rule and the remedy."""


@dataclass(frozen=True, slots=True)
class Moments:
    """All that the cost law needs to know of a workload's mean query.

    Parameters
    ----------
    isl_tok : float
        E[I], prompt tokens including any cached prefix.
    uncached_tok : float or None
        E[I_u], prompt tokens that no cache serves, where the workload knows its own cache;
        ``None`` where a cached share must be assumed (`uncached_tok`).
    osl_tok : float
        E[O], generated tokens including reasoning.
    osl_isl_tok2 : float
        E[O I].
    osl2_tok2 : float
        E[O^2].
    """

    isl_tok: float
    uncached_tok: float | None
    osl_tok: float
    osl_isl_tok2: float
    osl2_tok2: float

    def context_tok(self, effort: float | Floats) -> Any:
        """Context at the end of the query that the mean output token belongs to.

        ``E[O (I + O)] / E[O]``, and no less than the mean query's ``E[I] + E[O]``: where long
        queries are rare, much of the energy is theirs.

        Parameters
        ----------
        effort : float or ndarray
            Factor on every O.

        Returns
        -------
        float or ndarray
            [tok]
        """
        if not self.osl_tok:
            return self.isl_tok + 0 * effort
        by_output = (self.osl_isl_tok2 + effort * self.osl2_tok2) / self.osl_tok
        return np.maximum(by_output, self.isl_tok + effort * self.osl_tok)

    def held_tok(self, effort: float | Floats) -> Any:
        """Context that a request in flight holds on average.

        ``E[O (I + O/2)] / E[O]``: a request stays for as long as its output takes, so long ones are
        more often met in flight than they arrive.

        Parameters
        ----------
        effort : float or ndarray
            Factor on every O.

        Returns
        -------
        float or ndarray
            [tok]
        """
        if not self.osl_tok:
            return self.isl_tok + 0 * effort
        return (self.osl_isl_tok2 + effort * self.osl2_tok2 / 2) / self.osl_tok


@dataclass(frozen=True, slots=True)
class Lengths:
    """Draws of single queries; arrays of shape ``(draw,)``, fields as in `Moments`."""

    isl_tok: Floats
    uncached_tok: Floats | None
    osl_tok: Floats


Draw = Callable[[int, np.random.Generator], Lengths]


@dataclass(frozen=True, slots=True)
class Workload:
    """A population of queries.

    Parameters
    ----------
    name : str
        How it is asked for: ``8192/1024``, ``chat``, the path of a trace.
    title : str
        One line for people.
    kind : {"fixed", "bench", "named", "trace", "log"}
    moments : Moments
        Exactly those of the lengths that `sample` draws.
    draw : callable
        ``(n, rng) -> Lengths``; use `sample`.
    cached_prior : str or None
        Name of the prior of the cached share, where the workload does not know its own cache
        and caching is to be expected.
    """

    name: str
    title: str
    kind: Literal["fixed", "bench", "named", "trace", "log"]
    moments: Moments
    draw: Draw
    cached_prior: str | None = None

    def sample(self, n: int, *, rng: np.random.Generator) -> Lengths:
        """Draw the lengths of `n` independent queries.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator

        Returns
        -------
        Lengths
            Arrays of shape ``(n,)``, in tokens.
        """
        return self.draw(n, rng)


@overload
def uncached_tok(lengths: Moments, cached_fraction: float | None) -> float: ...
@overload
def uncached_tok(lengths: Moments, cached_fraction: Floats) -> Floats: ...
@overload
def uncached_tok(lengths: Lengths, cached_fraction: float | Floats | None) -> Floats: ...
def uncached_tok(
    lengths: Moments | Lengths, cached_fraction: float | Floats | None
) -> float | Floats:
    """Prompt tokens that must be prefilled.

    ``I_u = (1 - c) I`` for a given cached fraction c, else what the workload itself knows, else I.

    Parameters
    ----------
    lengths : Moments or Lengths
    cached_fraction : float or ndarray of shape (draw,), optional
        Token-weighted share of the prompt served from a prefix cache, in [0, 1].

    Returns
    -------
    float or ndarray of shape (draw,)
        [tok]
    """
    if cached_fraction is not None:
        return (1 - cached_fraction) * lengths.isl_tok
    return lengths.isl_tok if lengths.uncached_tok is None else lengths.uncached_tok


def scaled_output(workload: Workload, factor: float) -> Workload:
    """Multiply every response by a factor, as reasoning effort does.

    Parameters
    ----------
    workload : Workload
    factor : float
        Positive.

    Returns
    -------
    Workload
        Moments of O scaled by f, of O I by f, of O^2 by f^2; the prompt is untouched.

    Raises
    ------
    WorkloadError
        The factor is not positive and finite.
    """
    if not 0 < factor < float("inf"):
        raise WorkloadError(f"effort factor {factor!r}: must be positive and finite")
    m = workload.moments

    def draw(n: int, rng: np.random.Generator) -> Lengths:
        lengths = workload.draw(n, rng)
        return replace(lengths, osl_tok=factor * lengths.osl_tok)

    moments = replace(
        m,
        osl_tok=factor * m.osl_tok,
        osl_isl_tok2=factor * m.osl_isl_tok2,
        osl2_tok2=factor**2 * m.osl2_tok2,
    )
    return replace(workload, moments=moments, draw=draw)
