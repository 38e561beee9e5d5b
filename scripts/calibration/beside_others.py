"""Published figures beside our intervals, and Microsoft's Monte Carlo in numbers, as stored."""

from __future__ import annotations

from typing import Any

import numpy as np
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
from wh_uncertainty.model.scoring.published import Beside, compare
from wh_uncertainty.model.scoring.published_file import read_published
from wh_uncertainty.model.summary import PERCENTILES
from wh_uncertainty.priors import Catalogue

__all__ = ["beside_from", "microsoft_figures", "reference_figures"]

Floats = NDArray[np.float64]

_DRAWS = 200_000
_QUERIES, _FLEETS = 2500, 1000


def reference_figures(catalogue: Catalogue) -> dict[str, Any]:
    """Ask our model every figure's question.

    Parameters
    ----------
    catalogue : Catalogue

    Returns
    -------
    dict
        ``provenance`` of all, and ``ours_wh``: percentiles by the key of a figure.
    """
    found = compare(read_published(catalogue), catalogue=catalogue)
    return {
        "ours_wh": {
            one.figure.key: {k: float(f"{v:.4g}") for k, v in one.ours_wh.items()} for one in found
        },
        "provenance": {one.figure.key: dict(one.provenance) for one in found},
    }


def beside_from(stored: dict[str, Any], catalogue: Catalogue) -> tuple[Beside, ...]:
    """Put stored answers beside the figures.

    Parameters
    ----------
    stored : dict
        As `reference_figures` gives it.
    catalogue : Catalogue

    Returns
    -------
    tuple of Beside
    """
    return tuple(
        Beside(figure, stored["ours_wh"][figure.key], stored["provenance"][figure.key])
        for figure in read_published(catalogue)
    )


def microsoft_figures(seed: int) -> dict[str, Any]:
    """Draw Microsoft's Monte Carlo, with its defects and without.

    Parameters
    ----------
    seed : int

    Returns
    -------
    dict
        Of ``typical`` and ``long`` outputs the pooled ``trimmed`` and ``whole`` percentiles and
        mean [Wh]; ``fleet``: percentiles of a fleet's mean, with utilisation and PUE ``redrawn``
        for every query and ``shared``; ``impossible``: shares of draws.
    """
    rng = np.random.default_rng(seed)
    result: dict[str, Any] = {"queries": _QUERIES, "draws": _DRAWS, "seed": seed}
    for name, length in (("typical", TYPICAL_TOK), ("long", LONG_TOK)):
        draws = [
            energy_wh(SERVED[model], length, Shared.drawn((_DRAWS,), rng), rng=rng)
            for model in BLENDED
        ]
        cut = np.concatenate([trimmed(part) for part in draws])
        result[name] = {"trimmed": _summary(cut), "whole": _summary(np.concatenate(draws))}
    result["fleet"] = {
        word: _summary(fleet_mean_wh(_QUERIES, _FLEETS, redrawn=word == "redrawn", rng=rng))
        for word in ("redrawn", "shared")
    }
    shared = Shared.drawn((_DRAWS,), rng)
    impossible = {"utilisation": shared.utilisation > 1, "pue": shared.pue < 1}
    result["impossible"] = {k: round(float(v.mean()), 4) for k, v in impossible.items()}
    return result


def _summary(draws: Floats) -> dict[str, float]:
    percentiles = zip(PERCENTILES, np.percentile(draws, PERCENTILES), strict=True)
    summary = {f"p{p:02d}": float(f"{value:.4g}") for p, value in percentiles}
    return {**summary, "mean": float(f"{draws.mean():.4g}")}
