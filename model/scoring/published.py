"""Figures that others published, each with the question that asks our model the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wh_uncertainty.model.posterior import PosteriorError
from wh_uncertainty.model.provenance import provenance
from wh_uncertainty.model.scenario import Scenario
from wh_uncertainty.model.simulation import simulate
from wh_uncertainty.priors import Catalogue, Source

__all__ = ["EXPECTATIONS", "Beside", "Published", "compare", "references_result"]

EXPECTATIONS = (
    *("comparable", "lower bound"),
    *("different boundary", "different model class", "different load"),
)

_PERCENTILES = ("p05", "p25", "p50", "p75", "p95")
_HASHES = ("observations_sha256", "posterior_sha256")


@dataclass(frozen=True, slots=True)
class Published:
    """One figure of others and our question.

    Parameters
    ----------
    key, who, what, published : str
        Name of its table; who states it; model, lengths and boundary in short; the date.
    theirs_wh : float
        As published, per query [Wh].
    theirs_low_wh, theirs_high_wh : float or None
        Ends of a published range [Wh]; ``what`` says of which kind.
    source : tuple of Source
    locator : str
        Place within the sources.
    question : Scenario
    estimand : {"mean", "one-query"}
        Which of our two results answers.
    same_model : bool
    expectation : str
        One of `EXPECTATIONS`, judged from what both count and not from the outcome.
    differs : str
        What is not the same.
    """

    key: str
    who: str
    what: str
    published: str
    theirs_wh: float
    theirs_low_wh: float | None
    theirs_high_wh: float | None
    source: tuple[Source, ...]
    locator: str
    question: Scenario
    estimand: str
    same_model: bool
    expectation: str
    differs: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A published figure beside our interval; ``ours_wh`` holds percentiles [Wh]."""

    figure: Published
    ours_wh: Mapping[str, float]
    provenance: Mapping[str, Any]

    @property
    def verdict(self) -> str:
        """Where their figure lies: inside, below or above our 90 % interval."""
        if self.figure.theirs_wh < self.ours_wh["p05"]:
            return "below"
        return "above" if self.figure.theirs_wh > self.ours_wh["p95"] else "inside"

    @property
    def ratio(self) -> float:
        """Their figure over our median."""
        return self.figure.theirs_wh / self.ours_wh["p50"]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        ours = {f"ours_{key}_wh": self.ours_wh[key] for key in _PERCENTILES}
        return {**asdict(self.figure), **ours, "verdict": self.verdict, "ratio": self.ratio}


def compare(
    figures: Sequence[Published],
    *,
    catalogue: Catalogue,
    draws: int = 20_000,
    seed: int = 0,
    posterior_dir: Path | None = None,
) -> tuple[Beside, ...]:
    """Ask our model each figure's question.

    Parameters
    ----------
    figures : sequence of Published
    catalogue : Catalogue
    draws, seed : int
        As `simulate` takes them; every question gets the same seed.
    posterior_dir : Path, optional
        Default: the embedded posteriors.

    Returns
    -------
    tuple of Beside

    Raises
    ------
    PosteriorError
        A model of a question was not fitted.
    """
    beside: list[Beside] = []
    for figure in figures:
        try:
            answer = simulate(
                figure.question,
                draws=draws,
                seed=seed,
                catalogue=catalogue,
                posterior_dir=posterior_dir,
            )
        except PosteriorError as error:
            raise PosteriorError(f"figure.{figure.key}: {error}") from error
        ours = answer.quantiles()[figure.estimand.replace("-", "_")]
        beside.append(Beside(figure, ours, provenance(answer.context, seed, draws)))
    return tuple(beside)


def references_result(beside: Sequence[Beside]) -> dict[str, Any]:
    """Lay a comparison out for JSON.

    Parameters
    ----------
    beside : sequence of Beside
        At least one.

    Returns
    -------
    dict
        ``figures``, sorted by what is to be expected of them, and ``provenance``, in which a hash
        of several hashes stands where models differ.
    """
    ordered = sorted(beside, key=lambda one: EXPECTATIONS.index(one.figure.expectation))
    combined: dict[str, str] = {}
    for key in _HASHES:
        found = sorted({str(one.provenance[key]) for one in beside})
        several = hashlib.sha256("".join(found).encode()).hexdigest()
        combined[key] = found[0] if len(found) == 1 else several
    return {
        "figures": [one.to_dict() for one in ordered],
        "provenance": {**beside[0].provenance, **combined},
    }
