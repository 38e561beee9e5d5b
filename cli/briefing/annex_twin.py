"""The annex as a record for machines: every number and every reason that the document gives."""

from collections.abc import Mapping
from pathlib import Path
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
from wh_uncertainty.model.briefing import Briefing
from wh_uncertainty.model.briefing_file import BriefingPlan
from wh_uncertainty.model.names import ScenarioError

__all__ = ["annex_twin", "check_activities"]

Record = Mapping[str, Any]

_SCHEMA = {"name": "sustainability", "version": 1, "id": "urn:wh-uncertainty:schema:sustainability:1"}


def check_activities(path: Path, plan: BriefingPlan) -> None:
    """Refuse scenarios that are no activity, before the work is done.

    Parameters
    ----------
    path : Path
        Of the file, for errors.
    plan : BriefingPlan

    Raises
    ------
    ScenarioError
        A scenario does not say how often it is asked.
    """
    for position, scenario in enumerate(plan.scenarios, start=1):
        if not scenario.queries_per_year:
            stated = "is missing" if scenario.queries_per_year is None else "is 0"
            raise ScenarioError(
                f"{path} [scenario {position}.queries_per_year]: {stated}; an annex multiplies "
                "activity data of every scenario; state a number above 0 or take the scenario out"
            )


def annex_twin(briefing: Briefing, result: Record, request: Request) -> dict[str, Any]:
    """Make the record.

    Parameters
    ----------
    briefing : Briefing
        Of scenarios that passed `check_activities`.
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
