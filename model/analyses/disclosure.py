"""What a disclosure would be worth: the interval that is expected to be left after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.groups import QUERY, Group, check_estimand, check_log2
from wh_uncertainty.model.analyses.nested import ln_wh_given, nested_design
from wh_uncertainty.model.analyses.sensitivity import active_groups, check_no_site
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.names import ScenarioError

__all__ = [
    "INNER_DRAWS",
    "Disclosure",
    "Disclosures",
    "Width",
    "check_published_error",
    "disclosures",
    "interval_width",
]

Floats = NDArray[np.float64]

# By default half a second per ten disclosures, for reductions to about half a per cent.
_SMALLEST_LOG2_N, _LARGEST_LOG2_N = 4, 12
#: Draws of the rest for each of the things that might be disclosed.
INNER_DRAWS = 400
_SMALLEST_ERROR, _LARGEST_ERROR = 0.01, 1.0


@dataclass(frozen=True, slots=True)
class Width:
    """Expected width of the 90 % interval, ``ln p95 - ln p05``, and its Monte Carlo error."""

    ln_ratio: float
    error: float

    def reduction_from(self, full: Width) -> tuple[float, float]:
        """Return ``1 - width / full`` and its standard error."""
        share = self.ln_ratio / full.ln_ratio
        relative = np.hypot(self.error / full.ln_ratio, share * full.error / full.ln_ratio)
        return 1 - share, float(relative)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One or several groups made known, and the width that is expected then."""

    groups: tuple[Group, ...]
    width: Width


@dataclass(frozen=True, slots=True)
class Disclosures:
    """What each disclosure would leave of the interval.

    Parameters
    ----------
    full : Width
        With nothing disclosed.
    singles, pairs : tuple of Disclosure
        Narrowest first.
    path : tuple of Disclosure
        What to ask for first, second ...: each step adds the group that narrows most.
    estimand : str
    published_error : float or None
        Relative error of published numbers.
    draws : int
        Behind each width.
    """

    full: Width
    singles: tuple[Disclosure, ...]
    pairs: tuple[Disclosure, ...]
    path: tuple[Disclosure, ...]
    estimand: str
    published_error: float | None
    draws: int

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        kinds = {"singles": self.singles, "pairs": self.pairs, "path": self.path}
        return {
            "estimand": self.estimand,
            "published_error": self.published_error,
            "ratio_p95_p05": float(np.exp(self.full.ln_ratio)),
            "ln_ratio": self.full.ln_ratio,
            "ln_ratio_error": self.full.error,
            **{kind: [self._record(d) for d in found] for kind, found in kinds.items()},
        }

    def _record(self, disclosure: Disclosure) -> dict[str, Any]:
        reduction, error = disclosure.width.reduction_from(self.full)
        return {
            "groups": [group.key for group in disclosure.groups],
            "meaning": " and ".join(group.words for group in disclosure.groups),
            "publisher": " and ".join(dict.fromkeys(g.publisher for g in disclosure.groups)),
            "exact": self.published_error is None
            or not any(g.is_number for g in disclosure.groups),
            "ratio_p95_p05": float(np.exp(disclosure.width.ln_ratio)),
            "ln_ratio": disclosure.width.ln_ratio,
            "ln_ratio_error": disclosure.width.error,
            "reduction": reduction,
            "reduction_error": error,
        }


def check_published_error(published_error: float | None) -> None:
    """Refuse an error that `disclosures` does not take.

    Raises
    ------
    ScenarioError
    """
    if published_error is not None and not _SMALLEST_ERROR <= published_error <= _LARGEST_ERROR:
        raise ScenarioError(
            f"published error {published_error!r}: must lie between {_SMALLEST_ERROR:g} "
            f"and {_LARGEST_ERROR:g} (relative standard error; leave it out for exact numbers)"
        )


def disclosures(
    context: Context,
    *,
    estimand: str = "mean",
    published_error: float | None = None,
    pairs: bool = True,
    steps: int | None = None,
    log2_n: int = 8,
    seed: int = 0,
) -> Disclosures:
    """Estimate what publishing each unknown, each pair, and one after the other would leave.

    ``E_x[ln p95(Wh | x) - ln p05(Wh | x)]`` over what x might turn out to be: a nested sample of
    ``2^log2_n`` disclosures with 400 draws of the rest each. The full width is taken from batches
    of 400 as well, so that what quantiles of few draws are off cancels.

    Parameters
    ----------
    context : Context
    estimand : {"mean", "one-query"}
    published_error : float, optional
        Relative standard error of published numbers, 0.01 to 1; exact by default.
    pairs : bool
        Whether to try every pair, which is most of the work.
    steps : int, optional
        Of the path; by default to its end.
    log2_n : int
        4 to 12; errors halve with every second step.
    seed : int

    Returns
    -------
    Disclosures

    Raises
    ------
    ScenarioError
        Unknown estimand, error or size out of range, or nothing is left to disclose.
    """
    check_estimand(estimand)
    check_no_site(context)
    check_published_error(published_error)
    check_log2(log2_n, _SMALLEST_LOG2_N, _LARGEST_LOG2_N)
    groups = [group for group in active_groups(context, estimand) if group != QUERY]
    if not groups:
        raise ScenarioError("nothing is unknown in this scenario; there is nothing to disclose")
    design = nested_design(
        context, estimand=estimand, log2_outer=log2_n, inner=INNER_DRAWS, seed=seed
    )

    @cache
    def width(together: frozenset[Group]) -> Width:
        named = [group for group in groups if group in together]
        return interval_width(ln_wh_given(design, named, published_error))

    def disclose(*together: Group) -> Disclosure:
        return Disclosure(together, width(frozenset(together)))

    singles = [disclose(group) for group in groups]
    return Disclosures(
        full=width(frozenset[Group]()),
        singles=_narrowest_first(singles),
        pairs=_narrowest_first([disclose(*p) for p in combinations(groups, 2) if pairs]),
        path=_path(disclose, singles, len(groups) if steps is None else steps),
        estimand=estimand,
        published_error=published_error,
        draws=2**log2_n * INNER_DRAWS,
    )


def interval_width(ln_wh: Floats) -> Width:
    """Average the width of the 90 % interval over disclosures.

    Parameters
    ----------
    ln_wh : ndarray of shape (outer, inner)

    Returns
    -------
    Width
    """
    low, high = np.quantile(ln_wh, [0.05, 0.95], axis=1)
    width = high - low
    return Width(float(width.mean()), float(width.std(ddof=1) / np.sqrt(len(width))))


def _narrowest_first(found: Sequence[Disclosure]) -> tuple[Disclosure, ...]:
    return tuple(sorted(found, key=lambda disclosure: disclosure.width.ln_ratio))


def _path(
    disclose: Callable[..., Disclosure], singles: Sequence[Disclosure], longest: int
) -> tuple[Disclosure, ...]:
    """Disclose greedily, from the best single on."""
    steps = [min(singles, key=lambda disclosure: disclosure.width.ln_ratio)]
    left = [single.groups[0] for single in singles]
    while True:
        left.remove(steps[-1].groups[-1])
        if not left or len(steps) >= longest:
            return tuple(steps)
        tried = [disclose(*steps[-1].groups, group) for group in left]
        steps.append(min(tried, key=lambda disclosure: disclosure.width.ln_ratio))
