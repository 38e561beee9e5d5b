"""Numbers as words: never more digits than the interval around them supports."""

from collections.abc import Mapping
from decimal import Decimal

__all__ = ["interval", "quantity", "significant", "stated", "supported_digits"]

Quantiles = Mapping[str, float]

# Beyond a factor of two between its 5 and 95 % points, a third digit says nothing about a quantity.
_WIDE_RATIO = 2.0


def supported_digits(quantiles: Quantiles) -> int:
    """Return how many significant digits the width of an interval supports.

    Parameters
    ----------
    quantiles : mapping
        With ``p05`` and ``p95``, in any unit.

    Returns
    -------
    int
        3 for a narrow interval, 2 where the 95 % point is more than twice the 5 % point.
    """
    return 3 if quantiles["p95"] <= _WIDE_RATIO * quantiles["p05"] else 2


def significant(value: float, digits: int = 3) -> str:
    """Write a number with a number of significant digits, trailing zeros kept.

    Parameters
    ----------
    value : float
        Finite.
    digits : int
        At least 1.

    Returns
    -------
    str
        ``0.0420``, ``1,230``; with an exponent only below 10^-5.
    """
    if value == 0:
        return "0"
    mantissa_and_exponent = f"{value:.{digits - 1}e}"  # rounds before the exponent is read
    exponent = int(mantissa_and_exponent.partition("e")[2])
    if exponent < -5:
        return mantissa_and_exponent
    return f"{float(mantissa_and_exponent):,.{max(digits - 1 - exponent, 0)}f}"


def stated(value: float) -> str:
    """Write a number as somebody stated it: in full, with no digit more and no exponent.

    Parameters
    ----------
    value : float
        Finite.

    Returns
    -------
    str
        ``1,000,020,000,123``, ``0.00001``.
    """
    # Of fifteen digits all are the stated ones; the last of seventeen often are not.
    return f"{Decimal(f'{value:.15g}'):,f}"


def quantity(quantiles: Quantiles, key: str = "p50", scale: float = 1) -> str:
    """Write one quantile with the digits that its interval supports.

    Parameters
    ----------
    quantiles : mapping
        With ``p05``, ``p95`` and `key`.
    key : str
    scale : float
        Multiplier to the unit shown.

    Returns
    -------
    str
    """
    return significant(scale * quantiles[key], supported_digits(quantiles))


def interval(quantiles: Quantiles, low: str, high: str, scale: float = 1) -> str:
    """Write an interval, ``0.13 to 1.4``.

    Parameters
    ----------
    quantiles : mapping
    low, high : str
        Keys of its ends.
    scale : float
        Multiplier to the unit shown.

    Returns
    -------
    str
    """
    return f"{quantity(quantiles, low, scale)} to {quantity(quantiles, high, scale)}"
