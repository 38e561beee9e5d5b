"""The quantities that an answer holds, as numbers and as rows of a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wh_uncertainty.cli.numbers import interval, quantity

__all__ = ["QUANTILES", "Quantity", "quantities", "quantity_rows"]

Result = Mapping[str, Any]
Quantiles = Mapping[str, float]

QUANTILES = ("p05", "p25", "p50", "p75", "p95", "mean")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One of them.

    Parameters
    ----------
    key : str
        As in JSON.
    unit : str
    quantiles : mapping
        In `unit`.
    label : str
        Of its row, with the unit there.
    scale : float
        From `unit` to the unit of the row.
    """

    key: str
    unit: str
    quantiles: Quantiles
    label: str
    scale: float = 1


def quantities(result: Result) -> Iterator[Quantity]:
    """Yield everything the result holds, under its keys in JSON.

    Parameters
    ----------
    result : mapping
        As `Simulation.to_dict` gives it.

    Yields
    ------
    Quantity
    """
    mean, one_query = result["wh_per_query"]["mean"], result["wh_per_query"]["one_query"]
    decode, prefill = result["j_per_output_token"], result["j_per_input_token"]
    minutes = result["equivalents"]["playstation_5_minutes"]
    yield Quantity("wh_per_query.mean", "Wh", mean, "Wh, mean of the workload's queries")
    yield Quantity("wh_per_query.one_query", "Wh", one_query, "Wh, one query")
    yield Quantity("j_per_output_token", "J/tok", decode, "J per 1k output tokens (decode)", 1e3)
    yield Quantity("j_per_input_token", "J/tok", prefill, "J per 1k input tokens (prefill)", 1e3)
    yield Quantity("playstation_5_minutes", "min", minutes, "minutes of PlayStation 5")
    if result["emissions"] is not None:
        yield from _emissions(result["emissions"], mean)


def quantity_rows(result: Result) -> list[list[str]]:
    """Write every quantity with its quantiles.

    Parameters
    ----------
    result : mapping
        As `Simulation.to_dict` gives it.

    Returns
    -------
    list of rows
        Cells as words, the heading first.
    """
    rows = [["", "median", "50 % interval", "90 % interval", "expected"]]
    for shown in quantities(result):
        spread = (
            interval(shown.quantiles, *ends, shown.scale)
            for ends in (("p25", "p75"), ("p05", "p95"))
        )
        middle, expected = (quantity(shown.quantiles, key, shown.scale) for key in ("p50", "mean"))
        rows.append([shown.label, middle, *spread, expected])
    return rows


def _emissions(emissions: Result, wh: Quantiles) -> Iterator[Quantity]:
    """Yield what a region adds; it need not have a figure for each."""
    region = emissions["region"]
    lifecycle, direct = emissions["lifecycle_gco2e"], emissions["direct_g_per_kwh"]
    water, cost = emissions["water_l"], emissions["electricity_usd"]
    yield Quantity("lifecycle_gco2e", "g", lifecycle, f"gCO2e, life cycle, {region}")
    if direct is not None:
        grams = {key: wh[key] * direct / 1000 for key in QUANTILES}
        yield Quantity("direct_gco2", "g", grams, f"gCO2, at the power station, {region}")
    if water is not None:
        yield Quantity("water_l", "L", water, "mL of water, on site and for electricity", 1e3)
    if cost is not None:
        yield Quantity("electricity_usd", "USD", cost, "USD of electricity per 1000 queries", 1e3)
