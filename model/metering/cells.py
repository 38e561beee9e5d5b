"""Cells of power logs: instants, and quantities with their units."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from wh_uncertainty.model.metering.series import Kind

__all__ = ["Quantity", "has_unit", "has_zone", "instant_s", "quantity_of", "reading"]

_NO_VALUE = {"", "n/a", "[n/a]", "nan", "null", "none", "-", "[not supported]", "[unknown error]"}
# Epoch seconds reach 1e11 in the year 5138: larger numbers count shorter units.
_EPOCH_UNITS = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))
_LATEST_S = 1e11
# More than all the world uses is a slip, and its square may be no number any more [W], [J].
_MOST: dict[Kind, float] = {"power": 1e16, "counter": 1e24}
_UNITS: dict[str, tuple[Kind, float]] = {
    "mW": ("power", 1e-3),
    "W": ("power", 1.0),
    "kW": ("power", 1e3),
    "MW": ("power", 1e6),
    "uJ": ("counter", 1e-6),
    "mJ": ("counter", 1e-3),
    "J": ("counter", 1.0),
    "kJ": ("counter", 1e3),
    "MJ": ("counter", 1e6),
    "Wh": ("counter", 3600.0),
    "kWh": ("counter", 3.6e6),
    "MWh": ("counter", 3.6e9),
}
_PREFIXES = (("", 1.0), ("micro", 1e-6), ("milli", 1e-3), ("kilo", 1e3), ("mega", 1e6))
_SPELT: tuple[tuple[str, Kind], ...] = (("watt", "power"), ("joule", "counter"))
# Names of columns are often in small letters: there mw is taken for milliwatts, MW for megawatts.
_NAMED_UNITS: dict[str, tuple[Kind, float]] = {
    **{unit.lower(): meant for unit, meant in _UNITS.items() if not unit.startswith("M")},
    **{
        f"{prefix}{word}{plural}": (kind, factor)
        for prefix, factor in _PREFIXES
        for word, kind in _SPELT
        for plural in ("", "s")
    },
    "uw": ("power", 1e-6),
    "gwh": ("counter", 3.6e12),
}
_WATT_HOURS = re.compile(r"(kilo|mega|giga)?watt[^a-z]*hours?", re.IGNORECASE)
_SHORT = {"": "wh", "kilo": "kwh", "mega": "MWh", "giga": "gwh"}
_WITH_UNIT = re.compile(r"([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*([A-Za-z]+)")
_TOOLS_IN_WATTS = re.compile(r"power\.draw|socket_power|dcgm|hwmon|power_usage|powr")
# Limits and settings are no readings, and not all power is active.
_NO_READING = re.compile(
    r"limit|cap\b|cap_|max|min|default|management|state|threshold"
    r"|factor|reactive|apparent|\bvar\b|\bk?va\b"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a column or a metric holds.

    Parameters
    ----------
    kind : {"power", "counter"}
    scale : float
        To watts or joules.
    stated : bool
        Whether its unit is part of its name, or known of the tool that writes it.
    """

    kind: Kind
    scale: float
    stated: bool


def instant_s(text: str) -> float:
    """Read a point in time.

    Parameters
    ----------
    text : str
        Epoch seconds, milliseconds, microseconds or nanoseconds, told apart by size; ISO 8601; or
        the form of nvidia-smi, ``2026/05/26 12:00:00.123``. Without a zone it is UTC.

    Returns
    -------
    float
        [s], since 1970.

    Raises
    ------
    ValueError
        None of these, or beyond the year 5138.
    """
    text = text.strip()
    try:
        number = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text.replace("/", "-"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp()
    if not math.isfinite(number):
        raise ValueError("not finite")
    seconds = next((number * unit for least, unit in _EPOCH_UNITS if number >= least), number)
    if abs(seconds) > _LATEST_S:
        raise ValueError("thousands of years away")
    return seconds


def has_zone(text: str) -> bool:
    """Whether a point in time that `instant_s` reads is one wherever it was written."""
    try:
        float(text)
    except ValueError:
        return datetime.fromisoformat(text.strip().replace("/", "-")).tzinfo is not None
    return True


def has_unit(text: str) -> bool:
    """Whether a value has a unit of its own."""
    return _WITH_UNIT.fullmatch(text.strip()) is not None


def quantity_of(name: str) -> Quantity | None:
    """Understand the name of a column or metric.

    Parameters
    ----------
    name : str
        ``power.draw [W]``, ``socket_power``, ``DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION``,
        ``node_hwmon_power_average_watt``, ``energy_kwh``.

    Returns
    -------
    Quantity or None
        None if it names neither power nor energy.
    """
    plain = name.strip().lower()
    if _NO_READING.search(plain):
        return None
    if "dcgm_fi_dev_total_energy" in plain:
        return Quantity("counter", 1e-3, stated=True)
    units = [u for word in re.split(r"[^a-zA-Z]+", _abbreviated(name)) if (u := _unit(word, name))]
    if units:
        return Quantity(*units[-1], stated=True)
    if "energy" in plain:  # amd-smi and most exporters count joules
        return Quantity("counter", 1.0, stated="total_energy_consumption" in plain)
    if "power" in plain or plain == "powr":
        return Quantity("power", 1.0, stated=bool(_TOOLS_IN_WATTS.search(plain)))
    return None


def _abbreviated(name: str) -> str:
    """Write watt-hours, of which watts are a part, as one word."""
    return _WATT_HOURS.sub(lambda found: _SHORT[(found[1] or "").lower()], name)


def _unit(word: str, name: str) -> tuple[Kind, float] | None:
    """Understand a word of a name as its unit; capitals tell nothing where all letters are."""
    if word.startswith("M") and word in _UNITS and not name.isupper():
        return _UNITS[word]
    return _NAMED_UNITS.get(word.lower())


def reading(text: str, quantity: Quantity) -> float:
    """Read a value; its own unit, where it has one, goes before that of its column.

    Parameters
    ----------
    text : str
        ``350.12 W``, ``350.12``, ``[N/A]``.
    quantity : Quantity

    Returns
    -------
    float
        [W] or [J]; NaN where the cell holds no value.

    Raises
    ------
    ValueError
        No such quantity, not finite, below 0, or beyond all measure.
    """
    text = text.strip()
    if text.lower() in _NO_VALUE:
        return math.nan
    scale = quantity.scale
    if with_unit := _WITH_UNIT.fullmatch(text):
        text, unit = with_unit.groups()
        kind, scale = _UNITS.get(unit, (None, 0.0))
        if kind != quantity.kind:
            raise ValueError(f"unit {unit} is none of {quantity.kind}")
    value = float(text) * scale
    if not math.isfinite(value) or value < 0:
        raise ValueError("must be finite and not negative")
    if value > _MOST[quantity.kind]:
        raise ValueError("is more than all the world uses; check the unit")
    return value
