"""What stands for the answers that a scenario leaves open: numbers that it states, or priors."""

from __future__ import annotations

from wh_uncertainty.model.scenario import EFFORTS, Scenario
from wh_uncertainty.model.workload import Workload
from wh_uncertainty.priors import Catalogue, PriorSpec

__all__ = ["cached_share_of", "effort_of", "pue_of", "typical"]


def effort_of(scenario: Scenario, catalogue: Catalogue) -> PriorSpec | float:
    """Return the factor on the output that reasoning makes."""
    if scenario.effort is None:
        return 1.0
    if scenario.effort in EFFORTS:
        return catalogue.priors[f"effort_{scenario.effort}"]
    return float(scenario.effort)


def cached_share_of(
    scenario: Scenario, workload: Workload, catalogue: Catalogue
) -> PriorSpec | float | None:
    """Return the share of the prompt that a cache serves; None where the workload knows it."""
    if scenario.cached_share is not None:
        return scenario.cached_share
    return None if workload.cached_prior is None else catalogue.priors[workload.cached_prior]


def pue_of(scenario: Scenario, catalogue: Catalogue) -> PriorSpec:
    """Return the prior of a building's PUE: its region's, else its operator's kind."""
    if scenario.region is not None:
        return catalogue.regions[scenario.region].pue
    operator = "hyperscaler" if scenario.provider == "first-party" else "ai_cloud"
    return catalogue.priors[f"pue_{operator}"]


def typical(quantity: PriorSpec | float) -> float:
    """Return a number, or the median of its prior."""
    return quantity.stated("p50") if isinstance(quantity, PriorSpec) else quantity
