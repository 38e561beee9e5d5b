"""Two-level samples: what is left unknown once a group of unknowns is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.context import Context
from wh_uncertainty.model.forward import draw_queries
from wh_uncertainty.model.groups import Group, Sample, chosen, ln_wh, swapped
from wh_uncertainty.model.sobol import paired_points
from wh_uncertainty.model.unknowns import DIMENSIONS, draw_unknowns, unknowns_at

__all__ = ["NestedDesign", "ln_wh_given", "nested_design"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_POOL_VALUES = 4096


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
    errors : ndarray of shape (outer,)
        Standard normals: by how much a published number may be off.
    """

    context: Context
    estimand: str
    published: Sample
    rest: Sample
    errors: Floats


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
        errors=streams[4].standard_normal(outer),
    )


def ln_wh_given(
    design: NestedDesign, groups: Sequence[Group], precision: float | None = None
) -> Floats:
    """Evaluate ln Wh with some groups known and the rest drawn.

    Parameters
    ----------
    design : NestedDesign
    groups : sequence of Group
        Disclosed together.
    precision : float, optional
        Relative standard error of published numbers. A group that is not one number is disclosed
        exactly.

    Returns
    -------
    ndarray of shape (outer, inner)
        Each row is one disclosure.
    """
    outer = len(design.errors)
    inner = len(design.rest.unknowns.hardware) // outer
    known = chosen(design.published, np.repeat(np.arange(outer), inner))
    for group in groups if precision is not None else ():
        if group.is_number and precision is not None:
            known = _blurred(known, design, group.fields[0], precision)
    sample = swapped(design.rest, known, tuple(groups))
    return ln_wh(design.context, sample, design.estimand).reshape(outer, inner)


def _blurred(known: Sample, design: NestedDesign, field: str, precision: float) -> Sample:
    """Replace published values by draws of what the truth may be, given that they have an error.

    With the truth x and ``ln y ~ N(ln x, precision^2)``, the truth given y is its prior weighted
    by the density of y: drawn from equally likely values of the prior.
    """
    prior = np.sort(getattr(design.rest.unknowns, field))
    pool = prior[np.linspace(0, len(prior) - 1, _POOL_VALUES).astype(np.intp)]
    published = np.log(getattr(design.published.unknowns, field)) + precision * design.errors
    distance = (np.log(pool) - published[:, None]) / precision
    nearest = np.square(distance).min(axis=1, keepdims=True)
    weight = np.cumsum(np.exp((nearest - np.square(distance)) / 2), axis=1)
    inner = len(prior) // len(published)
    # Evenly spread probabilities in random order: the order is the rest's, which is random.
    probability = (np.arange(inner) + 0.5) / inner
    at: list[Indices] = [np.searchsorted(row, probability * row[-1]) for row in weight]
    return Sample(replace(known.unknowns, **{field: pool[np.concatenate(at)]}), known.queries)
