"""Benchmark rows to watt-hours per query: cost law, posterior, frontier, draws.

The names below are imported when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wh_uncertainty.model.scenario import Scenario, ScenarioError, create_scenario
    from wh_uncertainty.model.simulation import Simulation, simulate

__all__ = ["Scenario", "ScenarioError", "Simulation", "create_scenario", "simulate"]

_HOMES = {
    "Scenario": "scenario",
    "ScenarioError": "scenario",
    "create_scenario": "scenario",
    "Simulation": "simulation",
    "simulate": "simulation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
