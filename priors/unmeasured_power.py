"""Power of an accelerator of which only the limit is known: like all others', over their limits."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import median

from wh_uncertainty.priors.catalogue import Catalogue
from wh_uncertainty.priors.elicit import solved
from wh_uncertainty.priors.records import Hardware
from wh_uncertainty.priors.spec import DEFAULT_TOLERANCE, PriorSpec

__all__ = ["power_priors"]

_HOST, _BOARD = "host_w_", "board_power_fraction_"

# A beta has no room for three quantiles of which the highest lies at 1: it gives way there.
_BOARD_TOLERANCE = 0.25


def power_priors(gpu: Hardware, catalogue: Catalogue) -> dict[str, PriorSpec]:
    """Derive priors of host and board power from those of all known accelerators.

    ``host = TDP r`` with r lognormal, from the least p05 to the greatest p95 of their host power
    over TDP. The board's fraction of TDP is a beta of the median of their medians, fitted to their
    least p05 and greatest p95. On the logarithm, neither is narrower than any of theirs.

    Parameters
    ----------
    gpu
        As a user describes it.
    catalogue
        The user's own priors of known accelerators count as they stand.

    Returns
    -------
    dict
        ``host_w_NAME`` and ``board_power_fraction_NAME``.

    Raises
    ------
    PriorError
        The user's own priors of known accelerators are so extreme that no beta fits.
    """
    made = (_host(gpu, catalogue), _board(gpu, catalogue))
    return {spec.name: solved(spec) for spec in made}


def _host(gpu: Hardware, catalogue: Catalogue) -> PriorSpec:
    known = [(catalogue.priors[_HOST + key], h.tdp_w) for key, h in catalogue.hardware.items()]
    low = min(spec.stated("p05") / tdp_w for spec, tdp_w in known)
    high = max(spec.stated("p95") / tdp_w for spec, tdp_w in known)
    ratios = {"p05": low, "p50": math.sqrt(low * high), "p95": high}
    return PriorSpec(
        name=_HOST + gpu.key,
        unit="W",
        support=(0.0, math.inf),
        family="lognormal",
        shift=0.0,
        quantiles={key: gpu.tdp_w * ratio for key, ratio in ratios.items()},
        parameters={},
        tolerance=DEFAULT_TOLERANCE,
        kind="derived",
        source=_sources(spec for spec, _ in known),
        locator=f"{_HOST}* over tdp_w of {len(known)} accelerators: {low:.2f} to {high:.2f}",
        rationale="Hosts grow with the boards they feed: any known ratio of the two may hold.",
        applies="boundaries it and facility",
    )


def _board(gpu: Hardware, catalogue: Catalogue) -> PriorSpec:
    known = [catalogue.priors[_BOARD + key] for key in catalogue.hardware]
    return PriorSpec(
        name=_BOARD + gpu.key,
        unit="1",
        support=(0.0, 1.0),
        family="beta",
        shift=0.0,
        quantiles={
            "p05": min(spec.stated("p05") for spec in known),
            "p50": median(spec.stated("p50") for spec in known),
            "p95": max(spec.stated("p95") for spec in known),
        },
        parameters={},
        tolerance=_BOARD_TOLERANCE,
        kind="derived",
        source=_sources(known),
        locator=f"{_BOARD}* of {len(known)} accelerators",
        rationale="How near to its limit a board runs is not known before it is measured.",
        applies="fallback where no board power was measured on this hardware",
    )


def _sources(priors: Iterable[PriorSpec]) -> tuple[str, ...]:
    return tuple(sorted({key for spec in priors for key in spec.source}))
