"""Energy per query, read from a meter, with its error and its place."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wh_uncertainty.model.metering.series import MeterError
from wh_uncertainty.model.sites.reading import Reading

__all__ = ["Measurement", "check_pue", "measurement_of"]

_LARGEST_PUE = 5.0  # more is a slip of the pen


@dataclass(frozen=True, slots=True)
class Measurement:
    """Energy per query, read from a meter.

    Parameters
    ----------
    wh_per_query : float
        Energy over number of requests [Wh].
    ln_sd : float
        Standard deviation of its logarithm: meter, sampling, gaps.
    boundary : {"board", "it", "facility"}
        Where the meter is.
    requests : int
    energy_wh : float
    pue : float or None
        Of the site, where it is known.
    """

    wh_per_query: float
    ln_sd: float
    boundary: str
    requests: int
    energy_wh: float
    pue: float | None = None


def measurement_of(
    reading: Reading, requests: int, boundary: str, meter_ln_sd: float, pue: float | None
) -> Measurement:
    """Divide a meter's energy by a number of requests.

    ``Wh/query = E / N``; N is exact, the errors of meter and samples are independent.

    Parameters
    ----------
    reading : Reading
    requests : int
    boundary : {"board", "it", "facility"}
    meter_ln_sd : float
        Of the meter's own accuracy.
    pue : float or None

    Returns
    -------
    Measurement

    Raises
    ------
    MeterError
        Energy or PUE out of range.
    """
    if not 0 < reading.energy_wh < math.inf:
        raise MeterError(f"energy {reading.energy_wh!r} Wh: must be above 0 and finite")
    check_pue(pue)
    return Measurement(
        wh_per_query=reading.energy_wh / requests,
        ln_sd=math.hypot(meter_ln_sd, reading.relative_sd),
        boundary=boundary,
        requests=requests,
        energy_wh=reading.energy_wh,
        pue=pue,
    )


def check_pue(pue: float | None) -> None:
    """Refuse a PUE that no building has.

    Raises
    ------
    MeterError
    """
    if pue is not None and not 1 <= pue <= _LARGEST_PUE:
        raise MeterError(
            f"PUE {pue!r}: must lie between 1 and {_LARGEST_PUE:g}, facility over IT energy"
        )
