"""Benchmark rows to watt-hours per query: cost law, posterior, frontier, draws.

The names below are imported when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wh_uncertainty.model.briefing import Briefing, brief
    from wh_uncertainty.model.briefing_file import read_briefing
    from wh_uncertainty.model.comparison import Comparison, compare
    from wh_uncertainty.model.context import Context, prepare
    from wh_uncertainty.model.disclosure import Disclosures, disclosures
    from wh_uncertainty.model.fit import sample_cost_law
    from wh_uncertainty.model.fit_check import FitCheck, check_cost_law
    from wh_uncertainty.model.fleet import Activity, FleetTotal, fleet_total
    from wh_uncertainty.model.observations import load_observations
    from wh_uncertainty.model.prior_rows import prior_predictive
    from wh_uncertainty.model.request_account import Account, account
    from wh_uncertainty.model.sampling import Settings
    from wh_uncertainty.model.scenario import Scenario, ScenarioError, create_scenario
    from wh_uncertainty.model.sensitivity import Sensitivity, sensitivity_indices
    from wh_uncertainty.model.services import Service, Site, services_of
    from wh_uncertainty.model.simulation import Simulation, simulate
    from wh_uncertainty.model.site_file import load_site
    from wh_uncertainty.model.site_update import SiteUpdate, update_site
    from wh_uncertainty.model.tornado import Tornado, tornado_bars
    from wh_uncertainty.model.usage import Meter, Usage, create_meter, energy_of_usage
    from wh_uncertainty.model.usage_sums import UsageSums

__all__ = [
    "Account",
    "Activity",
    "Briefing",
    "Comparison",
    "Context",
    "Disclosures",
    "FitCheck",
    "FleetTotal",
    "Meter",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "Service",
    "Settings",
    "Simulation",
    "Site",
    "SiteUpdate",
    "Tornado",
    "Usage",
    "UsageSums",
    "account",
    "brief",
    "check_cost_law",
    "compare",
    "create_meter",
    "create_scenario",
    "disclosures",
    "energy_of_usage",
    "fleet_total",
    "load_observations",
    "load_site",
    "prepare",
    "prior_predictive",
    "read_briefing",
    "sample_cost_law",
    "sensitivity_indices",
    "services_of",
    "simulate",
    "tornado_bars",
    "update_site",
]

_HOMES = {
    "Account": "request_account",
    "account": "request_account",
    "Service": "services",
    "Site": "services",
    "services_of": "services",
    "Meter": "usage",
    "Usage": "usage",
    "create_meter": "usage",
    "energy_of_usage": "usage",
    "UsageSums": "usage_sums",
    "Briefing": "briefing",
    "brief": "briefing",
    "read_briefing": "briefing_file",
    "Activity": "fleet",
    "FleetTotal": "fleet",
    "fleet_total": "fleet",
    "Comparison": "comparison",
    "compare": "comparison",
    "Context": "context",
    "prepare": "context",
    "Disclosures": "disclosure",
    "disclosures": "disclosure",
    "FitCheck": "fit_check",
    "check_cost_law": "fit_check",
    "Settings": "sampling",
    "sample_cost_law": "fit",
    "load_observations": "observations",
    "prior_predictive": "prior_rows",
    "Sensitivity": "sensitivity",
    "sensitivity_indices": "sensitivity",
    "Tornado": "tornado",
    "tornado_bars": "tornado",
    "Scenario": "scenario",
    "ScenarioError": "scenario",
    "create_scenario": "scenario",
    "Simulation": "simulation",
    "simulate": "simulation",
    "load_site": "site_file",
    "SiteUpdate": "site_update",
    "update_site": "site_update",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
