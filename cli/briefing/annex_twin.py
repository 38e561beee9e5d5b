"""The annex as a record for machines: every number and every reason that the document gives."""

from collections.abc import Mapping
from typing import Any

from wh_uncertainty.cli.briefing.annex.accounting import (
    accounting_record,
    method_record,
    quality_rules_record,
)
from wh_uncertainty.cli.briefing.annex.activity_record import (
    activity_record,
    measured,
    yearly_record,
)
from wh_uncertainty.cli.briefing.annex.standards import standards_record
from wh_uncertainty.cli.briefing.language import load_language
from wh_uncertainty.cli.briefing.sections.provenance import Request
from wh_uncertainty.model.documents.briefing import Briefing

__all__ = ["annex_twin"]

Record = Mapping[str, Any]

_SCHEMA = {
    "name": "sustainability",
    "version": 1,
    "id": "urn:wh-uncertainty:schema:sustainability:1",
}


def annex_twin(briefing: Briefing, result: Record, request: Request) -> dict[str, Any]:
    """Make the record.

    Parameters
    ----------
    briefing : Briefing
        Of scenarios that passed `briefing_file.check_activities`.
    result : mapping
        Its `to_dict`.
    request : Request

    Returns
    -------
    dict
        JSON-ready, as ``schemas/sustainability.schema.json`` describes it; words are English.
    """
    language = load_language("en")
    scenarios = zip(briefing.entries, result["scenarios"], strict=True)
    return {
        "schema": dict(_SCHEMA),
        "title": result["title"],
        "organisation": result["organisation"],
        "period": result["period"],
        "standards": standards_record(),
        "accounting": accounting_record(language),
        "activities": [
            activity_record(entry, scenario, result["period"], language)
            for entry, scenario in scenarios
        ],
        "totals": _totals(result),
        "method": method_record(briefing, result["scenarios"][0]["provenance"], language),
        "data_quality_rules": quality_rules_record(language),
        "provenance": _provenance(result, request),
    }


def _totals(result: Record) -> dict[str, Any]:
    """Take the total of joint draws; that of a single activity is the activity itself."""
    fleet = result["fleet"]
    if fleet is None:
        alone = yearly_record(result["activities"][0])
        return {"shared": [], **alone, "energy_if_independent": None}
    apart = measured("kWh/year", fleet["energy_kwh_if_independent"])
    return {"shared": fleet["shared"], **yearly_record(fleet), "energy_if_independent": apart}


def _provenance(result: Record, request: Request) -> dict[str, Any]:
    return {
        "command": request.command,
        "scenarios_file": request.file,
        "scenarios_sha256": request.file_sha256,
        "activities": [
            {"name": scenario["name"], **scenario["provenance"]} for scenario in result["scenarios"]
        ],
    }
