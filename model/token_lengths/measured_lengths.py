"""Lengths that deployments were benchmarked at: how far a question lies, and what load they bore.

A law of few terms does not carry over exactly to longer prompts or answers: where a deployment has
rows at other lengths only, its cost is known less well than those rows say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LN_STEP", "MeasuredLengths", "measured_lengths"]

Floats = NDArray[np.float64]

# The benchmark's shortest and longest prompt and answer. Beyond the longest, contexts have an error
# of their own; below the shortest, the terms of the law are as good as there.
_SHORTEST_TOK, _LONGEST_TOK = 1024.0, 8192.0
#: ln of the factor between them, the unit of distance.
LN_STEP = float(np.log(_LONGEST_TOK / _SHORTEST_TOK))
_SAME = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class MeasuredLengths:
    """Pairs of lengths of several deployments, padded to one number of pairs.

    Parameters
    ----------
    isl_tok, osl_tok : ndarray of shape (pair, deployment)
        NaN where there is no pair.
    load_max : ndarray of shape (pair, deployment)
        Greatest load at these lengths [requests per GPU].
    """

    isl_tok: Floats
    osl_tok: Floats
    load_max: Floats

    def steps_outside(self, isl_tok: float | Floats, osl_tok: float | Floats) -> Floats:
        """Distance of a prompt and of an answer from those benchmarked, in factors of 8.

        Parameters
        ----------
        isl_tok, osl_tok : float or ndarray of shape (deployment,)

        Returns
        -------
        ndarray of shape (2, deployment)
            0 to 1; 0 within the lengths of a deployment's rows, and for one without rows: what is
            not known of its lengths is in its spread.
        """
        asked = np.array([isl_tok, osl_tok], dtype=np.float64).reshape(2, -1)
        asked = np.clip(asked, _SHORTEST_TOK, _LONGEST_TOK)
        seen = np.array([self.isl_tok, self.osl_tok])
        shortest = np.fmin.reduce(seen, axis=1, initial=np.inf)
        longest = np.fmax.reduce(seen, axis=1, initial=-np.inf)
        outside = np.log(np.maximum(1.0, np.maximum(shortest / asked, asked / longest)))
        return np.where(np.isfinite(shortest), outside / LN_STEP, 0.0)

    def load_proven(self, held_tok: float) -> Floats:
        """Greatest load that was borne by requests that hold as much, or 0.

        Parameters
        ----------
        held_tok : float
            As `Moments.held_tok`; ``ISL + OSL / 2`` of a pair.

        Returns
        -------
        ndarray of shape (deployment,)
            [requests per GPU]
        """
        bore = self.isl_tok + self.osl_tok / 2 >= held_tok * _SAME
        greatest: Floats = np.where(bore, self.load_max, 0.0).max(axis=0, initial=0.0)
        return greatest


def measured_lengths(by_deployment: Sequence[Mapping[str, float]]) -> MeasuredLengths:
    """Read what fits wrote down of their deployments (`load_max_by_lengths`).

    Parameters
    ----------
    by_deployment : sequence of mapping
        ``"ISL/OSL"`` to the greatest load.

    Returns
    -------
    MeasuredLengths
    """
    pairs = max(map(len, by_deployment), default=0)
    known = np.full((3, pairs, len(by_deployment)), np.nan)
    for d, loads in enumerate(by_deployment):
        for k, (lengths, load) in enumerate(loads.items()):
            known[:, k, d] = *map(float, lengths.split("/")), load
    return MeasuredLengths(*known)
