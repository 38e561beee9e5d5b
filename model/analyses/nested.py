"""Two-level samples: what is left unknown once a group of unknowns is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.groups import Group, Sample, chosen, ln_wh, swapped
from wh_uncertainty.model.analyses.sobol import paired_points
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.forward import draw_queries
from wh_uncertainty.model.unknowns import DIMENSIONS, Unknowns, draw_unknowns, unknowns_at

__all__ = ["NestedDesign", "ln_wh_given", "nested_design"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_POOL_VALUES = 4096  # many within even the smallest error that may be asked for, 1 %
_FIELDS = [unknown.name for unknown in fields(Unknowns)]


@dataclass(frozen=True, slots=True, eq=False)
class NestedDesign:
    """What all disclosures of a scenario are compared on: common random numbers.

    Parameters
    ----------
    context : Context
    estimand : {"mean", "one-query"}
    published : Sample
        Of ``outer`` draws: what might be disclosed.
    rest : Sample
        Of ``outer * inner`` draws: what stays unknown.
    error_seed : int
        Of the errors of published numbers, a stream for each field.
    blurred : dict
        What may be behind published numbers, by field and error; filled as they are asked for.
    """

    context: Context
    estimand: str
    published: Sample
    rest: Sample
    error_seed: int
    blurred: dict[tuple[str, float], Floats] = field(
        default_factory=dict[tuple[str, float], Floats], repr=False
    )


def nested_design(
    context: Context, *, estimand: str, log2_outer: int, inner: int, seed: int, common: bool = False
) -> NestedDesign:
    """Draw a two-level sample.

    Parameters
    ----------
    context : Context
    estimand : {"mean", "one-query"}
    log2_outer : int
        ``2^log2_outer`` disclosures.
    inner : int
        Draws of the rest for each of them.
    seed : int
    common : bool
        The same draws of the rest for every disclosure: means can then be told apart that differ
        by less than their own Monte Carlo error.

    Returns
    -------
    NestedDesign
    """
    streams = np.random.default_rng([seed, 2]).spawn(5)
    points, _ = paired_points(DIMENSIONS, log2_outer, streams[0])
    outer = len(points)
    n = inner if common else outer * inner
    rest = Sample(
        draw_unknowns(context, n, rng=streams[2]), draw_queries(context, n, rng=streams[3])
    )
    return NestedDesign(
        context=context,
        estimand=estimand,
        published=Sample(
            unknowns_at(context, points), draw_queries(context, outer, rng=streams[1])
        ),
        rest=chosen(rest, np.tile(np.arange(n), outer)) if common else rest,
        error_seed=int(streams[4].integers(2**63)),
    )


def ln_wh_given(
    design: NestedDesign, groups: Sequence[Group], published_error: float | None = None
) -> Floats:
    """Evaluate ln Wh with some groups known and the rest drawn.

    Parameters
    ----------
    design : NestedDesign
    groups : sequence of Group
        Disclosed together.
    published_error : float, optional
        Relative standard error of published numbers. A group that is not one number is disclosed
        exactly.

    Returns
    -------
    ndarray of shape (outer, inner)
        Each row is one disclosure.
    """
    outer = len(design.published.unknowns.hardware)
    inner = len(design.rest.unknowns.hardware) // outer
    rows = np.repeat(np.arange(outer), inner)
    sample = swapped(design.rest, design.published, tuple(groups), rows)
    if published_error is not None:
        numbers = [group.fields[0] for group in groups if group.is_number]
        blurred: dict[str, Any] = {n: _blurred(design, n, published_error) for n in numbers}
        sample = Sample(replace(sample.unknowns, **blurred), sample.queries)
    return ln_wh(design.context, sample, design.estimand).reshape(outer, inner)


def _blurred(design: NestedDesign, number: str, published_error: float) -> Floats:
    """Look up, or draw, what the truth may be behind published values that have an error."""
    asked = number, published_error
    if asked not in design.blurred:
        design.blurred[asked] = _behind(design, number, published_error)
    return design.blurred[asked]


def _behind(design: NestedDesign, number: str, published_error: float) -> Floats:
    """Draw what the truth may be behind published values that have an error.

    With the truth x and ``ln y ~ N(ln x, error^2)``, the truth given y is its prior weighted by the
    density of y: drawn from equally likely values of the prior. Errors of two numbers have nothing
    to do with each other, nor have the draws.
    """
    rng = np.random.default_rng([design.error_seed, _FIELDS.index(number)])
    prior = np.sort(getattr(design.rest.unknowns, number))
    pool = prior[np.linspace(0, len(prior) - 1, _POOL_VALUES).astype(np.intp)]
    stated = getattr(design.published.unknowns, number)
    published = np.log(stated) + published_error * rng.standard_normal(len(stated))
    distance = (np.log(pool) - published[:, None]) / published_error
    nearest = np.square(distance).min(axis=1, keepdims=True)
    weight = np.cumsum(np.exp((nearest - np.square(distance)) / 2), axis=1)
    inner = len(prior) // len(stated)
    spread = np.tile((np.arange(inner) + 0.5) / inner, (len(stated), 1))
    probability = rng.permuted(spread, axis=1) * weight[:, -1:]
    at: list[Indices] = [np.searchsorted(w, p) for w, p in zip(weight, probability, strict=True)]
    drawn: Floats = pool[np.concatenate(at)]
    return drawn
