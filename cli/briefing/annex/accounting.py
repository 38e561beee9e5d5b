"""What the annex accounts for, in the terms of the standards: boundary and method, as a record."""

from collections.abc import Mapping
from typing import Any

from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.model.documents.briefing import Briefing
from wh_uncertainty.model.documents.data_quality import INDICATORS

__all__ = ["EXCLUDED", "INCLUDED", "accounting_record", "method_record", "quality_rules_record"]

#: What is counted and what is not, by their keys among the words.
INCLUDED = ("boards", "servers", "building", "idle")
EXCLUDED = (
    "embodied",
    "training",
    "other_operations",
    "networks",
    "devices",
    "offsets",
)

_FORMULAS = {
    "gpu_seconds": "t = alpha I_u + beta1 O / sqrt(b) + beta2 O / b + gamma O (I + O / 2)",
    "wh_per_query": "E = t / (eta f) (P_board eta^eps + P_host) PUE / 3600",
    "kwh_per_year": "A = N E / 1000",
    "tco2e_per_year": "C = A c / 10^6",
}
_COVERAGE = 0.9


def accounting_record(language: Language) -> dict[str, Any]:
    """State where the figures belong in an inventory, and what they leave out.

    Parameters
    ----------
    language : Language

    Returns
    -------
    dict
        JSON-ready.
    """
    return {
        "scope": 3,
        "category": 1,
        "category_name": "Purchased goods and services",
        "calculation_method": "average-data",
        "data_from_suppliers": language.say("annex.suppliers_said"),
        "included": [language.say(f"included.{key}") for key in INCLUDED],
        "excluded": [language.say(f"excluded.{key}") for key in EXCLUDED],
    }


def method_record(
    briefing: Briefing, provenance: Mapping[str, Any], language: Language
) -> dict[str, Any]:
    """State how the figures were computed.

    Parameters
    ----------
    briefing : Briefing
    provenance : mapping
        Of any of its scenarios.
    language : Language

    Returns
    -------
    dict
        JSON-ready.
    """
    contexts = [entry.simulation.context for entry in briefing.entries]
    fitted = {
        context.scenario.model: None
        if context.extrapolated
        else context.cost.record["observations"]["rows_fitted"]
        for context in contexts
    }
    return {
        "formulas": dict(_FORMULAS),
        "propagation": "Monte Carlo",
        "draws": provenance["draws"],
        "seed": provenance["seed"],
        "interval": language.say("method.interval"),
        "coverage_fraction": _COVERAGE,
        "benchmark_rows_fitted": fitted,
    }


def quality_rules_record(language: Language) -> list[dict[str, str]]:
    """List every rule that caps a rating.

    Parameters
    ----------
    language : Language

    Returns
    -------
    list of dict
        JSON-ready.
    """
    return [
        {
            "indicator": indicator,
            "rule": rule.key,
            "at_most": rule.at_most,
            "reason": language.say(f"quality.{rule.key}"),
        }
        for indicator, rules in INDICATORS.items()
        for rule in rules
    ]
