"""One activity of the annex as a record: activity data times factor, with what qualifies it."""

from collections.abc import Mapping
from typing import Any

from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.model.documents.briefing import BriefingEntry
from wh_uncertainty.model.documents.data_quality import Assessment, assess
from wh_uncertainty.model.documents.emission_factors import emission_factors
from wh_uncertainty.model.documents.functional_units import per_functional_unit
from wh_uncertainty.model.documents.quality_facts import quality_facts

__all__ = ["YEARLY_UNITS", "activity_record", "measured", "yearly_record"]

Record = Mapping[str, Any]

#: Unit of each quantity of a year, by its key in `BriefingEntry.activity`.
YEARLY_UNITS = {
    "energy_kwh": "kWh/year",
    "location_based_lifecycle_tco2e": "tCO2e/year",
    "location_based_direct_tco2": "tCO2/year",
    "market_based_tco2e": "tCO2e/year",
    "water_m3": "m3/year",
    "electricity_usd": "USD/year",
}
_KWH_PER_WH = 1e-3


def activity_record(
    entry: BriefingEntry, result: Record, period: str | None, language: Language
) -> dict[str, Any]:
    """Put one scenario into the terms of an inventory.

    Parameters
    ----------
    entry : BriefingEntry
    result : mapping
        Its `to_dict`.
    period : str or None
    language : Language
        Of the reasons.

    Returns
    -------
    dict
        JSON-ready.
    """
    wh, market = result["wh_per_query"]["mean"], entry.planned.market_based_g_per_kwh
    return {
        "name": result["name"],
        "scenario": result["scenario"],
        "boundary": result["boundary"],
        "energy_factor": measured("kWh/query", {key: v * _KWH_PER_WH for key, v in wh.items()}),
        "emission_factors": emission_factors(entry.simulation.context, market),
        **yearly_record(entry.activity()),
        "sci": _sci(entry, language),
        "data_quality": _quality(entry, result, period, language),
        "uncertainty": _uncertainty(result),
        "flags": result["flags"],
    }


def yearly_record(activity: Record) -> dict[str, Any]:
    """Give a year's quantities their units.

    Parameters
    ----------
    activity : mapping
        As `BriefingEntry.activity` or `FleetTotal.to_dict` gives it.

    Returns
    -------
    dict
        JSON-ready; None where a quantity is not known.
    """
    yearly = {key: measured(unit, activity[key]) for key, unit in YEARLY_UNITS.items()}
    return {
        "activity": {"value": activity["queries_per_year"], "unit": "queries/year"},
        "energy": yearly["energy_kwh"],
        "emissions": {
            "location_based_lifecycle": yearly["location_based_lifecycle_tco2e"],
            "location_based_direct": yearly["location_based_direct_tco2"],
            "market_based": yearly["market_based_tco2e"],
        },
        "water": yearly["water_m3"],
        "electricity_cost": yearly["electricity_usd"],
    }


def measured(unit: str, quantiles: Mapping[str, float] | None) -> dict[str, Any] | None:
    """Put a unit before quantiles."""
    return None if quantiles is None else {"unit": unit, **quantiles}


def _sci(entry: BriefingEntry, language: Language) -> dict[str, Any]:
    units = [
        {
            "functional_unit": one["functional_unit"],
            "energy": measured(f"kWh/{one['functional_unit']}", one["energy_kwh"]),
            "operational": measured(f"gCO2e/{one['functional_unit']}", one["operational_gco2e"]),
        }
        for one in per_functional_unit(entry.simulation)
    ]
    return {
        "persona": "consumer",
        "lifecycle_stage": "runtime operations",
        "carbon_intensity_basis": "location-based, life cycle, annual average",
        "functional_units": units,
        "embodied": None,
        "embodied_reason": language.say("sci.embodied"),
        "score": None,
    }


def _quality(
    entry: BriefingEntry, result: Record, period: str | None, language: Language
) -> dict[str, Any]:
    facts = quality_facts(entry.simulation.context, result, period)
    day = facts.benchmarked_on
    return {
        "benchmarked_on": None if day is None else day.isoformat(),
        "indicators": [_indicator(assessment, language) for assessment in assess(facts)],
    }


def _indicator(assessment: Assessment, language: Language) -> dict[str, Any]:
    return {
        "indicator": assessment.indicator,
        "rating": assessment.rating,
        "reasons": [
            {"rule": r.key, "at_most": r.at_most, "reason": language.say(f"quality.{r.key}")}
            for r in assessment.rules
        ],
    }


def _uncertainty(result: Record) -> dict[str, Any]:
    wh, drivers, found = result["wh_per_query"]["mean"], result["sensitivity"], result["disclosure"]
    return {
        "ratio_p95_p05": wh["p95"] / wh["p05"],
        "largest_driver": _driver(drivers[0]) if drivers else None,
        "best_disclosure": None if found is None else _disclosure(found["singles"][0]),
    }


def _driver(record: Record) -> dict[str, Any]:
    return {
        "group": record["group"],
        "meaning": record["meaning"],
        "first_order_fraction": record["first_value"],
        "total_fraction": record["total_value"],
    }


def _disclosure(record: Record) -> dict[str, Any]:
    keys = ("meaning", "publisher", "ratio_p95_p05", "reduction")
    return {"group": record["groups"][0], **{key: record[key] for key in keys}}
