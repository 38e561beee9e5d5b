"""What is not known of one provider: one draw of everything the energy depends on."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.context import Context, may_leave_lengths
from wh_uncertainty.model.randomness import Columns, Source, Streams
from wh_uncertainty.model.scenario import Scenario
from wh_uncertainty.priors import Catalogue, PriorSpec

__all__ = [
    "DIMENSIONS",
    "Unknowns",
    "columns_of",
    "draw_unknowns",
    "efficiency_prior",
    "unknowns_at",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_RUN_EFFECTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Unknowns:
    """Epistemic draws; every array has shape ``(draw,)`` unless said otherwise.

    None stands for what the scenario does not ask about.

    Parameters
    ----------
    hardware : ndarray of int
        Position among the candidates' accelerators.
    posterior_draw, power_draw : ndarray of int
    interactivity_tok_s : ndarray
    run : ndarray of shape (3, draw)
        Standard normals: the version of the software on the day.
    efficiency, elasticity : ndarray
        eta and epsilon.
    host_z : ndarray
        Standard normal of ln host power.
    board_fallback : ndarray of shape (unmeasured, draw)
        Board fraction of TDP, for each of the accelerators that were never measured.
    pue : ndarray
    benchmark_factor : ndarray
        Real over benchmark throughput of any deployment: length limit, dropped failures.
    speculation_factor : ndarray or None
        The same for speculative deployments only.
    cached_share : ndarray or None
    effort : ndarray
        Factor on output length.
    extrapolation_z : ndarray or None
        Standard normal of the error beyond the benchmark's lengths.
    drift_per_month : ndarray or None
    """

    hardware: Indices
    posterior_draw: Indices
    power_draw: Indices
    interactivity_tok_s: Floats
    run: Floats
    efficiency: Floats
    elasticity: Floats
    host_z: Floats
    board_fallback: Floats
    pue: Floats
    benchmark_factor: Floats
    speculation_factor: Floats | None
    cached_share: Floats | None
    effort: Floats
    extrapolation_z: Floats | None
    drift_per_month: Floats | None


_QUANTITIES = (*(field.name for field in fields(Unknowns)), "completed")
_WIDTHS = {name: _RUN_EFFECTS if name == "run" else 1 for name in _QUANTITIES}
#: Columns of a point of `unknowns_at`.
DIMENSIONS = sum(_WIDTHS.values())


def columns_of(field: str) -> list[int]:
    """Columns of a point of `unknowns_at` that a field of `Unknowns` is made from.

    Parameters
    ----------
    field : str

    Returns
    -------
    list of int
    """
    names = (field, "completed") if field == "benchmark_factor" else (field,)
    starts = dict(zip(_WIDTHS, accumulate(_WIDTHS.values(), initial=0), strict=False))
    return [starts[name] + k for name in names for k in range(_WIDTHS[name])]


def draw_unknowns(context: Context, n: int, *, rng: np.random.Generator) -> Unknowns:
    """Draw what one provider is like, `n` times.

    Every quantity has a stream of its own, so that two scenarios with one seed share their draws
    and differ only by what was asked, and what a scenario does not ask about need not be drawn.

    Parameters
    ----------
    context : Context
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    Unknowns
    """
    return _unknowns(context, n, Streams(_QUANTITIES, n, rng))


def unknowns_at(context: Context, points: Floats) -> Unknowns:
    """Map points of the unit cube to unknowns by their quantile functions.

    Uniform points give the distribution of `draw_unknowns`. Two scenarios at one point have the
    same provider, as far as they let it be the same: each unknown has its rank in common.

    Parameters
    ----------
    context : Context
    points : ndarray of shape (n, DIMENSIONS)
        In [0, 1].

    Returns
    -------
    Unknowns
    """
    return _unknowns(context, len(points), Columns(_WIDTHS, points))


def efficiency_prior(scenario: Scenario, catalogue: Catalogue) -> PriorSpec:
    """Return the prior of efficiency of a class of providers."""
    return catalogue.priors[f"provider_efficiency_{scenario.provider.replace('-', '_')}"]


def _unknowns(context: Context, n: int, source: Source) -> Unknowns:
    scenario, priors = context.scenario, context.catalogue.priors

    def prior(name: str, quantity: str) -> Floats:
        return source.prior(quantity, priors[name])

    def if_asked(asked: bool, name: str, quantity: str) -> Floats | None:
        return prior(name, quantity) if asked else None

    def either(quantity: str, value: PriorSpec | float) -> Floats:
        return source.prior(quantity, value) if isinstance(value, PriorSpec) else np.full(n, value)

    provider = efficiency_prior(scenario, context.catalogue)
    pace = priors["interactivity_tok_s"]
    as_published = context.provisioned  # nameplate power, and the benchmark as it stands
    benchmark = np.ones(n)
    if not as_published:
        benchmark = prior("max_model_len_factor", "benchmark_factor")
        benchmark = benchmark * prior("completed_fraction", "completed")
    speculates = bool(context.candidates.speculative.any()) and not as_published
    extrapolation = source.normal("extrapolation_z", 1)[0] if may_leave_lengths(context) else None
    return Unknowns(
        hardware=_hardware(context, source.uniform("hardware")),
        posterior_draw=source.index("posterior_draw", context.cost.draws),
        power_draw=source.index("power_draw", context.power.draws),
        interactivity_tok_s=either(
            "interactivity_tok_s", _answer(scenario.interactivity_tok_s, pace)
        ),
        run=source.normal("run", _RUN_EFFECTS),
        efficiency=either("efficiency", _answer(scenario.efficiency, provider)),
        elasticity=either("elasticity", 0.0 if as_published else priors["power_elasticity"]),
        host_z=source.normal("host_z", 1)[0],
        board_fallback=_board_fallback(context, n, source),
        pue=source.prior("pue", context.pue),
        benchmark_factor=benchmark,
        speculation_factor=if_asked(
            speculates, "speculative_acceptance_factor", "speculation_factor"
        ),
        cached_share=None if context.cached is None else either("cached_share", context.cached),
        effort=either("effort", context.effort),
        extrapolation_z=extrapolation,
        drift_per_month=if_asked(
            scenario.as_of is not None, "software_drift_per_month", "drift_per_month"
        ),
    )


def _answer(given: float | None, otherwise: PriorSpec) -> PriorSpec | float:
    return otherwise if given is None else given


def _hardware(context: Context, probability: Floats) -> Indices:
    """Position of the accelerator whose interval of cumulative shares holds each probability."""
    position = np.zeros(len(probability), dtype=np.intp)
    # A few comparisons of whole arrays take a fifth of the time of a binary search per draw.
    for edge in np.cumsum(context.candidates.share)[:-1]:
        position += probability >= edge
    return position


def _board_fallback(context: Context, n: int, source: Source) -> Floats:
    unmeasured = np.array(context.candidates.hardware)[~context.measured]
    fraction = np.empty((len(unmeasured), n))
    for k, name in enumerate(unmeasured):
        prior = context.catalogue.priors[f"board_power_fraction_{name}"]
        fraction[k] = source.prior("board_fallback", prior)
    return fraction
