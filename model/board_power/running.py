"""Power of a deployment at work: boards at their load, hosts and building."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.board_power.posterior import fraction_of_tdp, power_features
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.cost_law import TokenMoments
from wh_uncertainty.model.power import energy_wh, provisioned_wh
from wh_uncertainty.model.serving import Serving
from wh_uncertainty.model.unknowns import Unknowns
from wh_uncertainty.priors import ln_scale

__all__ = ["wh_per_gpu_s"]

Floats = NDArray[np.float64]


def wh_per_gpu_s(
    context: Context, u: Unknowns, serving: Serving, tokens: TokenMoments
) -> tuple[Floats, Floats]:
    """Return energy per GPU-second inside the boundary, and of the IT load alone [Wh / GPU-s].

    Parameters
    ----------
    context : Context
    u : Unknowns
    serving : Serving
    tokens : TokenMoments
        Of the workload's mean query.

    Returns
    -------
    inside, it : ndarray of shape (draw,)
    """
    gpus = [context.catalogue.hardware[h] for h in context.candidates.hardware]
    boundary = context.scenario.boundary
    if context.provisioned:
        vintage = boundary.removeprefix("provisioned-").replace("-", "_")
        kw = np.array([getattr(gpu, f"provisioned_{vintage}_kw") for gpu in gpus])
        wh = provisioned_wh(1.0, kw[u.hardware])
        return wh, wh
    tdp = np.array([gpu.tdp_w for gpu in gpus])[u.hardware]
    board_w = _board_w(context, u, serving, tokens, tdp)
    host_w = _host_w(context, u)
    inside = "board" if boundary == "board" else "it"
    return (
        energy_wh(1.0, board_w, host_w, u.pue, boundary),
        energy_wh(1.0, board_w, host_w, u.pue, inside),
    )


def _board_w(
    context: Context, u: Unknowns, serving: Serving, tokens: TokenMoments, tdp: Floats
) -> Floats:
    """Mean board power in production: at the benchmark's load, then less as it idles more.

    ``P = TDP min(min(fraction, ceiling) eta^epsilon, ceiling)``: firmware caps a board at the load
    of the benchmark, and idling lowers it from there. With energy per query as t / eta, this is the
    ``eta^-(1 - epsilon)`` of the boards.
    """
    power, priors = context.power, context.catalogue.priors
    at = u.power_draw * len(context.candidates.deployments) + serving.candidate
    load = np.clip(serving.load, *power.record["load_range"])
    lengths = context.workload.moments.isl_tok / tokens.output_tok
    least, greatest = power.record["length_ratio_range"]
    width = greatest / least  # the slope, with its spread, is taken as far again on either side
    lengths = np.clip(lengths, least / width, greatest * width)
    fraction: Floats = fraction_of_tdp(
        [np.take(number, at) for number in context.board_coefficients],
        power_features(load, lengths, 1.0),
    )
    for k, fallback in zip(np.flatnonzero(~context.measured), u.board_fallback, strict=True):
        fraction = np.where(u.hardware == k, fallback, fraction)
    ceiling = priors["board_power_ceiling_fraction"].parameters["value"]
    at_benchmark = np.minimum(fraction, ceiling)
    return tdp * np.minimum(at_benchmark * u.efficiency**u.elasticity, ceiling)


def _host_w(context: Context, u: Unknowns) -> Floats:
    """Host power per GPU; a host idles at nearly full power, so efficiency does not lower it."""
    names = [f"host_w_{h}" for h in context.candidates.hardware]
    scales = [ln_scale(context.catalogue.priors[name]) for name in names]
    mu, sigma = np.array(scales).T
    watts: Floats = np.exp(mu[u.hardware] + sigma[u.hardware] * u.host_z)
    return watts
