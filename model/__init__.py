"""Benchmark rows to watt-hours per query: cost law, posterior, frontier, draws.

The names below are imported when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wh_uncertainty.model.accounts.request_account import Account, account
    from wh_uncertainty.model.accounts.services import Service, Site, services_of
    from wh_uncertainty.model.accounts.usage import Meter, Usage, create_meter, energy_of_usage
    from wh_uncertainty.model.accounts.usage_sums import UsageSums
    from wh_uncertainty.model.analyses.comparison import Comparison, compare
    from wh_uncertainty.model.analyses.disclosure import Disclosures, disclosures
    from wh_uncertainty.model.analyses.sensitivity import Sensitivity, sensitivity_indices
    from wh_uncertainty.model.analyses.tornado import Tornado, tornado_bars
    from wh_uncertainty.model.context import Context, prepare
    from wh_uncertainty.model.documents.briefing import Briefing, brief
    from wh_uncertainty.model.documents.briefing_file import read_briefing
    from wh_uncertainty.model.documents.fleet import Activity, FleetTotal, fleet_total
    from wh_uncertainty.model.fit import sample_cost_law
    from wh_uncertainty.model.fitting.fit_check import FitCheck, check_cost_law
    from wh_uncertainty.model.fitting.prior_rows import prior_predictive
    from wh_uncertainty.model.fitting.sampling import Settings
    from wh_uncertainty.model.observations import load_observations
    from wh_uncertainty.model.scenario import Scenario, ScenarioError, create_scenario
    from wh_uncertainty.model.simulation import Simulation, simulate
    from wh_uncertainty.model.sites.site_file import load_site
    from wh_uncertainty.model.sites.site_update import SiteUpdate, update_site

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
    "Account": "accounts.request_account",
    "account": "accounts.request_account",
    "Service": "accounts.services",
    "Site": "accounts.services",
    "services_of": "accounts.services",
    "Meter": "accounts.usage",
    "Usage": "accounts.usage",
    "create_meter": "accounts.usage",
    "energy_of_usage": "accounts.usage",
    "UsageSums": "accounts.usage_sums",
    "Briefing": "documents.briefing",
    "brief": "documents.briefing",
    "read_briefing": "documents.briefing_file",
    "Activity": "documents.fleet",
    "FleetTotal": "documents.fleet",
    "fleet_total": "documents.fleet",
    "Comparison": "analyses.comparison",
    "compare": "analyses.comparison",
    "Context": "context",
    "prepare": "context",
    "Disclosures": "analyses.disclosure",
    "disclosures": "analyses.disclosure",
    "FitCheck": "fitting.fit_check",
    "check_cost_law": "fitting.fit_check",
    "Settings": "fitting.sampling",
    "sample_cost_law": "fit",
    "load_observations": "observations",
    "prior_predictive": "fitting.prior_rows",
    "Sensitivity": "analyses.sensitivity",
    "sensitivity_indices": "analyses.sensitivity",
    "Tornado": "analyses.tornado",
    "tornado_bars": "analyses.tornado",
    "Scenario": "scenario",
    "ScenarioError": "scenario",
    "create_scenario": "scenario",
    "Simulation": "simulation",
    "simulate": "simulation",
    "load_site": "sites.site_file",
    "SiteUpdate": "sites.site_update",
    "update_site": "sites.site_update",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
