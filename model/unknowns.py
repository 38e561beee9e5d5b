"""What is not known of one provider: one draw of everything the energy depends on."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.context import Context
from wh_uncertainty.priors import PriorSpec, sample

__all__ = ["Unknowns", "draw_unknowns"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Unknowns:
    """Epistemic draws; every array has shape ``(draw,)`` unless said otherwise.

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
    board_fallback : ndarray
        Board fraction of TDP where the accelerator was never measured, else NaN.
    pue : ndarray
    benchmark_factor : ndarray
        Real over benchmark throughput of any deployment: length limit, dropped failures.
    speculation_factor : ndarray
        The same for speculative deployments only.
    cached_share : ndarray or None
    effort : ndarray
        Factor on output length.
    extrapolation_z : ndarray
        Standard normal of the error beyond the benchmark's lengths.
    drift_per_month : ndarray
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
    speculation_factor: Floats
    cached_share: Floats | None
    effort: Floats
    extrapolation_z: Floats
    drift_per_month: Floats


def draw_unknowns(context: Context, n: int, *, rng: np.random.Generator) -> Unknowns:
    """Draw what one provider is like, `n` times.

    Every quantity has a stream of its own, so that two scenarios with one seed share their draws
    and differ only by what was asked.

    Parameters
    ----------
    context : Context
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    Unknowns
    """
    scenario, priors = context.scenario, context.catalogue.priors
    names = [f.name for f in fields(Unknowns)] + ["completed"]
    stream = dict(zip(names, rng.spawn(len(names)), strict=True))

    def prior(name: str, quantity: str) -> Floats:
        return sample(priors[name], n, rng=stream[quantity])

    cumulative = np.cumsum(context.candidates.share)[:-1]
    hardware = np.searchsorted(cumulative, stream["hardware"].random(n), side="right")
    efficiency = prior(f"provider_efficiency_{scenario.provider.replace('-', '_')}", "efficiency")
    elasticity = prior("power_elasticity", "elasticity")
    benchmark = prior("max_model_len_factor", "benchmark_factor")
    benchmark = benchmark * prior("completed_fraction", "completed")
    speculation = prior("speculative_acceptance_factor", "speculation_factor")
    if context.provisioned:  # the published convention: nameplate power, benchmark as it stands
        elasticity, benchmark, speculation = np.zeros(n), np.ones(n), np.ones(n)
    return Unknowns(
        hardware=hardware,
        posterior_draw=stream["posterior_draw"].integers(context.cost.draws, size=n),
        power_draw=stream["power_draw"].integers(context.power.draws, size=n),
        interactivity_tok_s=_pinned(
            scenario.interactivity_tok_s, prior("interactivity_tok_s", "interactivity_tok_s")
        ),
        run=stream["run"].standard_normal((3, n)),
        efficiency=_pinned(scenario.efficiency, efficiency),
        elasticity=elasticity,
        host_z=stream["host_z"].standard_normal(n),
        board_fallback=_board_fallback(context, hardware, stream["board_fallback"]),
        pue=sample(context.pue, n, rng=stream["pue"]),
        benchmark_factor=benchmark,
        speculation_factor=speculation,
        cached_share=None
        if context.cached is None
        else _draw(context.cached, n, stream["cached_share"]),
        effort=_draw(context.effort, n, stream["effort"]),
        extrapolation_z=stream["extrapolation_z"].standard_normal(n),
        drift_per_month=prior("software_drift_per_month", "drift_per_month"),
    )


def _pinned(value: float | None, drawn: Floats) -> Floats:
    return drawn if value is None else np.full_like(drawn, value)


def _draw(quantity: PriorSpec | float, n: int, rng: np.random.Generator) -> Floats:
    if isinstance(quantity, PriorSpec):
        return sample(quantity, n, rng=rng)
    return np.full(n, float(quantity))


def _board_fallback(context: Context, hardware: Indices, rng: np.random.Generator) -> Floats:
    fraction = np.full(len(hardware), np.nan)
    for k, name in enumerate(context.candidates.hardware):
        if not context.measured[k]:
            here = hardware == k
            prior = context.catalogue.priors[f"board_power_fraction_{name}"]
            fraction[here] = sample(prior, int(here.sum()), rng=rng)
    return fraction
