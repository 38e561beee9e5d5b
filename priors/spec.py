"""What a prior is: a number with unit, spread, evidence and the argument for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "ACCESS",
    "DEFAULT_TOLERANCE",
    "FAMILIES",
    "KINDS",
    "NEVER",
    "PROBABILITIES",
    "UNITS",
    "PriorError",
    "PriorSpec",
    "Source",
]

FAMILIES = (
    "fixed",
    "normal",
    "truncated_normal",
    "lognormal",
    "shifted_lognormal",
    "split_lognormal",
    "beta",
    "dirichlet",
)
KINDS = ("measured", "reported", "derived", "judgement")
#: Begins what is said of a prior that stands for comparison, and enters no answer.
NEVER = "never"
ACCESS = ("primary", "secondary", "recalled")
UNITS = (
    "1",
    "1/month",
    "W",
    "Wh",
    "tok/s",
    "g/kWh",
    "L/kWh",
    "USD/kWh",
)
PROBABILITIES: Mapping[str, float] = {"p05": 0.05, "p50": 0.50, "p95": 0.95}
DEFAULT_TOLERANCE = 0.05
"""Largest accepted misfit of a stated quantile where a table does not say otherwise."""

_SHIFTED = ("shifted_lognormal", "split_lognormal")
_WITHOUT_QUANTILES = ("fixed", "dirichlet")


class PriorError(ValueError):
    """A prior, a source or a release that breaks a rule; the message says which and the remedy."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number was read.

    Attributes
    ----------
    key
        Citation key, unique within a release and the overrides beside it.
    title, author, date
        As printed by the source; the date is the day, month or year that is known.
    where
        Repository with path and commit, paper identifier, or name of the page.
    access
        ``primary`` if the source itself was read, ``secondary`` if another text quoting it was,
        ``recalled`` if neither was at hand when the number was entered.
    """

    key: str
    title: str
    author: str
    date: str
    where: str
    access: str

    def __post_init__(self) -> None:
        """Reject empty fields and an unknown kind of access."""
        for field in ("title", "author", "date", "where"):
            if not getattr(self, field).strip():
                raise PriorError(f"[{self.key}].{field}: is empty; every source states it")
        if self.access not in ACCESS:
            raise PriorError(
                f"[{self.key}].access: {self.access!r} is unknown; use one of {', '.join(ACCESS)}"
            )


@dataclass(frozen=True, slots=True)
class PriorSpec:
    """One uncertain quantity.

    Attributes
    ----------
    name
        The quantity; the same string is the TOML key and the argument of the model.
    unit
        One of ``UNITS``; ``"1"`` is a pure number.
    support
        Closed interval ``(lowest, highest)`` that no draw leaves; infinite ends are allowed.
    family
        One of ``FAMILIES``.
    shift
        Lower end of a shifted family, in ``unit``; 0 for all others.
    quantiles
        ``p05``, ``p50``, ``p95`` as the author states them, in ``unit``; empty for ``fixed`` and
        ``dirichlet``.
    parameters
        What the family is evaluated with: solved from the quantiles, or stated.
    tolerance
        Largest accepted misfit between a stated and the fitted quantile (see ``elicit.misfit``).
    kind
        ``measured``, ``reported``, ``derived`` or ``judgement``.
    source
        Keys of references; only a judgement may do without.
    locator
        Place within the sources.
    rationale
        Why this spread, and why it fits this population.
    applies
        When the factor is used, in words; empty where it always is.

    Raises
    ------
    PriorError
        If a rule is broken. The message starts at ``[name].key``; the loader puts the file first.
    """

    name: str
    unit: str
    support: tuple[float, float]
    family: str
    shift: float
    quantiles: Mapping[str, float]
    parameters: Mapping[str, float]
    tolerance: float
    kind: str
    source: tuple[str, ...]
    locator: str
    rationale: str
    applies: str = ""

    def __post_init__(self) -> None:
        """Check every rule that needs no other table."""
        _check_words(self)
        _check_support(self)
        if self.family in _WITHOUT_QUANTILES:
            _check_stated_parameters(self)
        else:
            _check_quantiles(self)

    def stated(self, key: str) -> float:
        """Return a quantile as the author states it; all of ``fixed`` are its value.

        Parameters
        ----------
        key
            ``p05``, ``p50`` or ``p95``.

        Returns
        -------
        float
            In ``unit``.
        """
        return self.parameters["value"] if self.family == "fixed" else self.quantiles[key]


def _fail(spec: PriorSpec, key: str, message: str) -> PriorError:
    return PriorError(f"[{spec.name}].{key}: {message}")


def _check_words(spec: PriorSpec) -> None:
    for key, allowed in (("unit", UNITS), ("family", FAMILIES), ("kind", KINDS)):
        value = getattr(spec, key)
        if value not in allowed:
            raise _fail(spec, key, f"{value!r} is unknown; use one of {', '.join(allowed)}")
    if not spec.rationale.strip():
        raise _fail(spec, "rationale", "is empty; say in a sentence why this spread")
    if not spec.source and spec.kind != "judgement":
        raise _fail(
            spec, "source", f"is empty; a {spec.kind} prior cites a source, or is a judgement"
        )
    if not 0 < spec.tolerance < 1:
        raise _fail(spec, "tolerance", f"{spec.tolerance!r} is not a share between 0 and 1")


def _check_support(spec: PriorSpec) -> None:
    low, high = spec.support
    if not low < high and not (spec.family == "fixed" and low == high):
        raise _fail(spec, "support", f"[{low}, {high}] is not lowest < highest; swap or widen it")
    if spec.family not in _SHIFTED and spec.shift != 0:
        raise _fail(spec, "shift", f"{spec.family} takes no shift; use shifted_lognormal")
    reach_low, reach_high = _reach(spec)
    if reach_low < low or reach_high > high:
        raise _fail(
            spec,
            "support",
            f"[{low}, {high}] is left by {spec.family}, which reaches [{reach_low}, {reach_high}];"
            " widen the support or take another family",
        )


def _reach(spec: PriorSpec) -> tuple[float, float]:
    """Return the interval that draws of the family cover."""
    if spec.family == "normal":
        return (-math.inf, math.inf)
    if spec.family in ("beta", "dirichlet"):
        return (0.0, 1.0)
    if spec.family == "lognormal" or spec.family in _SHIFTED:
        return (spec.shift, math.inf)
    return spec.support


def _check_stated_parameters(spec: PriorSpec) -> None:
    if spec.quantiles:
        raise _fail(spec, "quantiles", f"{spec.family} takes none; remove them")
    if not spec.parameters:
        raise _fail(spec, "parameters", f"are missing; {spec.family} states them")
    for key, value in spec.parameters.items():
        if not math.isfinite(value):
            raise _fail(spec, f"parameters.{key}", f"{value} is not a finite number")
        if spec.family == "dirichlet" and value <= 0:
            raise _fail(spec, f"parameters.{key}", f"{value} is not above 0; give a positive share")
        if spec.family == "fixed" and not spec.support[0] <= value <= spec.support[1]:
            raise _fail(spec, "value", f"{value} is outside the support {list(spec.support)}")


def _check_quantiles(spec: PriorSpec) -> None:
    if set(spec.quantiles) != set(PROBABILITIES):
        raise _fail(spec, "quantiles", f"has {sorted(spec.quantiles)}; state p05, p50 and p95")
    stated = [spec.quantiles[key] for key in PROBABILITIES]
    for key, value in zip(PROBABILITIES, stated, strict=True):
        if not math.isfinite(value):
            raise _fail(spec, f"quantiles.{key}", f"{value} is not a finite number; give one")
        if not max(spec.support[0], _reach(spec)[0]) <= value <= spec.support[1]:
            raise _fail(
                spec, f"quantiles.{key}", f"{value} is outside the support {list(spec.support)}"
            )
    if not stated[0] < stated[1] < stated[2]:
        raise _fail(spec, "quantiles", f"{stated} do not increase; order them p05 < p50 < p95")
