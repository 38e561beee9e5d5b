"""The Monte Carlo of Oviedo et al. (Microsoft), made again from its published formula.

``E = PUE P PU L / TPS(I, L) / 3.6`` [Wh], P in kW, with a log-linear regression of throughput. It
serves as a reference: its quantiles are found again, and then what its defects do to them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLENDED", "SERVED", "Served", "Shared", "energy_wh", "fleet_mean_wh", "trimmed"]

Floats = NDArray[np.float64]

_Z95 = 1.6448536269514722
PROMPT_TOK = 500.0
#: Median output lengths [tok]; the distribution is exponential.
TYPICAL_TOK, LONG_TOK = 300.0, 5000.0


@dataclass(frozen=True, slots=True)
class Served:
    """One model on one node: its power, and ``ln TPS = base + prompt ln I + output ln L``.

    Parameters
    ----------
    node_kw : float
    base, prompt, output : float
        Of the regression, TPS in tokens per second of the node.
    """

    node_kw: float
    base: float
    prompt: float
    output: float


#: Of arXiv 2509.20241 v2 and its code at cc9dc82 (regressions on 2 to 7 points).
SERVED = {
    "DeepSeek-R1 671B": Served(12.8, 10.559, -0.539, -0.005),
    "Llama 3.1 405B": Served(10.2, 9.762, -0.585, 0.227),
    "Nemotron Ultra 253B": Served(10.2, float(np.log(5200)), 0.0, 0.0),
    "Mixtral 8x22B": Served(10.2, 11.225, -0.553, 0.252),
    "Llama 3.1 70B": Served(10.2, 10.824, -0.562, 0.262),
}
#: Their headline pools the three models above 200 billion parameters.
BLENDED = ("DeepSeek-R1 671B", "Llama 3.1 405B", "Nemotron Ultra 253B")


@dataclass(frozen=True, slots=True)
class Shared:
    """What a fleet has in common; arrays that broadcast over queries.

    Parameters
    ----------
    utilisation : ndarray
        PU, share of node power: lognormal, 5th to 95th percentile 0.4 to 0.9; 1.9 % exceed 1.
    pue : ndarray
        Lognormal, 1.05 to 1.6; 2.1 % lie below 1, which no building can.
    """

    utilisation: Floats
    pue: Floats

    @classmethod
    def drawn(cls, shape: tuple[int, ...], rng: np.random.Generator) -> Shared:
        """Draw both, independent of each other.

        Parameters
        ----------
        shape : tuple of int
        rng : numpy.random.Generator

        Returns
        -------
        Shared
        """
        return cls(_lognormal(0.4, 0.9, shape, rng), _lognormal(1.05, 1.6, shape, rng))


def energy_wh(
    model: Served, median_tok: float, shared: Shared, *, rng: np.random.Generator
) -> Floats:
    """Draw the energy of queries, one per element of what is shared.

    Parameters
    ----------
    model : Served
    median_tok : float
        Of the exponential distribution of output lengths.
    shared : Shared
    rng : numpy.random.Generator

    Returns
    -------
    ndarray
        [Wh]
    """
    drawn = rng.exponential(median_tok / np.log(2), shared.pue.shape)
    output = np.rint(drawn)
    ln_tps = model.base + model.prompt * np.log(PROMPT_TOK)
    ln_tps = ln_tps + model.output * np.log(np.maximum(output, 1.0))
    wh: Floats = shared.pue * model.node_kw * shared.utilisation * output / np.exp(ln_tps) / 3.6
    return wh


def trimmed(draws: Floats) -> Floats:
    """Cut draws as they do: to the 5th to 95th percentile, and these to their 10th to 90th.

    Parameters
    ----------
    draws : ndarray of shape (draw,)

    Returns
    -------
    ndarray
        The middle 72 %.
    """
    for low, high in ((5, 95), (10, 90)):
        ends = np.percentile(draws, (low, high))
        draws = draws[(draws >= ends[0]) & (draws <= ends[1])]
    return draws


def fleet_mean_wh(queries: int, fleets: int, *, redrawn: bool, rng: np.random.Generator) -> Floats:
    """Draw a fleet's mean energy per query over the three blended models.

    Parameters
    ----------
    queries, fleets : int
    redrawn : bool
        Utilisation and PUE anew for every query, as they do; else once per fleet, as buildings do.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (fleet,)
        [Wh]
    """
    shape = (fleets, queries)
    shared = Shared.drawn(shape if redrawn else (fleets, 1), rng)
    spread = Shared(*(np.broadcast_to(part, shape) for part in (shared.utilisation, shared.pue)))
    means = [energy_wh(SERVED[name], TYPICAL_TOK, spread, rng=rng).mean(axis=1) for name in BLENDED]
    fleet: Floats = np.mean(means, axis=0)
    return fleet


def _lognormal(p05: float, p95: float, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    sigma = np.log(p95 / p05) / (2 * _Z95)
    drawn: Floats = np.exp(rng.normal(np.log(p05 * p95) / 2, sigma, shape))
    return drawn
