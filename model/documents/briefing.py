"""Everything that a briefing says of its scenarios, before it is put into words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Any

from wh_uncertainty.model.analyses.common_states import named_groups
from wh_uncertainty.model.analyses.comparison import Comparison, compare
from wh_uncertainty.model.analyses.disclosure import INNER_DRAWS, Disclosures, disclosures
from wh_uncertainty.model.analyses.sensitivity import Sensitivity, sensitivity_indices
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.documents.briefing_file import BriefingPlan, PlannedScenario
from wh_uncertainty.model.documents.fleet import Activity, FleetTotal, fleet_total
from wh_uncertainty.model.documents.pace_curve import pace_curve
from wh_uncertainty.model.simulation import Simulation, simulate
from wh_uncertainty.model.units import G_PER_T, L_PER_M3, WH_PER_KWH

__all__ = ["Briefing", "BriefingEntry", "brief"]

#: Called with scenarios done and scenarios in all.
Progress = Callable[[int, int], None]

# The most that each part takes; fewer draws of a scenario make all of it quicker and rougher.
# The least is what a page can show without an error beside it.
_LOG2_POINTS = 11, 12  # for shares of the variance to about 0.02
_LOG2_DISCLOSURES = 6, 8  # for reductions to about one per cent, and to half of one
_STEPS = 3  # of what to ask for first, second, third
_COMPARED_DRAWS = 50_000
_TOTALLED_DRAWS = 200_000  # expected values of long tails to two per cent
_THREADS = 2  # numpy lets go of the interpreter in most of the work


@dataclass(frozen=True, slots=True, eq=False)
class BriefingEntry:
    """One scenario, answered.

    Parameters
    ----------
    planned : PlannedScenario
    simulation : Simulation
    by_pace : list of dict or None
        As `pace_curve` gives it.
    sensitivity : Sensitivity or None
        None where a measurement ties unknowns to each other.
    disclosures : Disclosures or None
        None where nothing is left to disclose, or a measurement ties unknowns to each other.
    """

    planned: PlannedScenario
    simulation: Simulation
    by_pace: list[dict[str, Any]] | None
    sensitivity: Sensitivity | None
    disclosures: Disclosures | None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return {
            "name": self.planned.name,
            "queries_per_year": self.planned.queries_per_year,
            "market_based_g_per_kwh": self.planned.market_based_g_per_kwh,
            **self.simulation.to_dict(),
            "by_interactivity": self.by_pace,
            "sensitivity": [] if self.sensitivity is None else self.sensitivity.to_records(),
            "disclosure": None if self.disclosures is None else self.disclosures.to_dict(),
        }

    def activity(self) -> dict[str, Any]:
        """Return a year's queries of the scenario, JSON-ready: its mean query times their number.

        None where a factor is not known: ``market_based`` without a contract's, the others without
        a region.
        """
        queries = self.planned.queries_per_year or 0.0
        wh = self.simulation.quantiles()["mean"]
        emissions = self.simulation.consequences.emissions() or {}
        per_kwh = {
            "location_based_direct_tco2": emissions.get("direct_g_per_kwh"),
            "market_based_tco2e": self.planned.market_based_g_per_kwh,
        }
        drawn = {
            "location_based_lifecycle_tco2e": ("lifecycle_gco2e", G_PER_T),
            "water_m3": ("water_l", L_PER_M3),
            "electricity_usd": ("electricity_usd", 1.0),
        }
        return {
            "name": self.planned.name,
            "queries_per_year": queries,
            "energy_kwh": _scaled(wh, queries / WH_PER_KWH),
            **{
                name: _scaled(emissions.get(key), queries / unit)
                for name, (key, unit) in drawn.items()
            },
            **{
                name: None
                if factor is None
                else _scaled(wh, queries / WH_PER_KWH * factor / G_PER_T)
                for name, factor in per_kwh.items()
            },
        }


@dataclass(frozen=True, slots=True, eq=False)
class Briefing:
    """All scenarios of a briefing, alone and together.

    Parameters
    ----------
    plan : BriefingPlan
    entries : tuple of BriefingEntry
    comparison : Comparison or None
        None with a single scenario.
    fleet : FleetTotal or None
        Of the scenarios that say how often they are asked; None with fewer than two of them.
    """

    plan: BriefingPlan
    entries: tuple[BriefingEntry, ...]
    comparison: Comparison | None
    fleet: FleetTotal | None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        activities = [e.activity() for e in self.entries if e.planned.queries_per_year]
        return {
            "title": self.plan.title,
            "organisation": self.plan.organisation,
            "period": self.plan.period,
            "scenarios": [entry.to_dict() for entry in self.entries],
            "comparison": None if self.comparison is None else self.comparison.to_dict(),
            "activities": activities,
            "fleet": self._fleet(activities),
        }

    def _fleet(self, activities: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
        """Return the totals; expected values are the sums of those of the activities.

        Expectations add up whatever is shared, and those of the activities are known better than
        that of the paired draws, whose long tails differ by a few per cent.
        """
        if self.fleet is None:
            return None
        total = self.fleet.to_dict()
        for key in ("energy_kwh", *self.fleet.factors):
            if total[key] is not None:
                total[key]["mean"] = sum(activity[key]["mean"] for activity in activities)
        return total


def brief(
    plan: BriefingPlan,
    contexts: Sequence[Context],
    *,
    posterior_dir: Path | None = None,
    draws: int = 100_000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Briefing:
    """Answer every scenario, and all of them together.

    Parameters
    ----------
    plan : BriefingPlan
    contexts : sequence of Context
        One per scenario of the plan.
    posterior_dir : Path, optional
    draws : int
        Of each scenario; `simulate` gives the same numbers with them and the seed. Other parts go
        by them too: disclosures take 25,600 or more, totals twice as many, none more than it needs.
    seed : int
    progress : callable, optional

    Returns
    -------
    Briefing

    Raises
    ------
    ScenarioError
        A name in ``shared`` that there is not, or draws out of range.
    """
    if plan.shared is not None:
        named_groups(plan.shared)  # a wrong name is better known before the work
    planned = list(zip(plan.scenarios, contexts, strict=True))

    def answer(pair: tuple[PlannedScenario, Context]) -> BriefingEntry:
        return _entry(*pair, posterior_dir, draws, seed)

    entries = _answered(answer, planned, progress)
    activities = [
        Activity(context, scenario.queries_per_year, scenario.market_based_g_per_kwh)
        for scenario, context in planned
        if scenario.queries_per_year
    ]
    compared, totalled = min(draws, _COMPARED_DRAWS), min(2 * draws, _TOTALLED_DRAWS)
    return Briefing(
        plan=plan,
        entries=tuple(entries),
        comparison=compare(contexts, shared=plan.shared, draws=compared, seed=seed)
        if len(contexts) > 1
        else None,
        fleet=fleet_total(activities, shared=plan.shared, draws=totalled, seed=seed)
        if len(activities) > 1
        else None,
    )


def _answered[T, R](
    answer: Callable[[T], R], questions: Sequence[T], progress: Progress | None
) -> list[R]:
    """Answer in threads, in order; an interrupt does not wait for what was not begun."""
    answers: list[R] = []
    threads = ThreadPoolExecutor(_THREADS)
    try:
        for one in threads.map(answer, questions):
            answers.append(one)
            if progress is not None:
                progress(len(answers), len(questions))
    finally:
        threads.shutdown(cancel_futures=True)
    return answers


def _entry(
    planned: PlannedScenario, context: Context, posterior_dir: Path | None, draws: int, seed: int
) -> BriefingEntry:
    simulation = simulate(
        context.scenario,
        draws=draws,
        seed=seed,
        catalogue=context.catalogue,
        posterior_dir=posterior_dir,
        site=context.site,
    )
    sensitivity, worth = (None, None) if context.site else _attributed(context, draws, seed)
    return BriefingEntry(
        planned=planned,
        simulation=simulation,
        by_pace=pace_curve(context, posterior_dir=posterior_dir, most_draws=draws, seed=seed),
        sensitivity=sensitivity,
        disclosures=worth,
    )


def _attributed(context: Context, draws: int, seed: int) -> tuple[Sensitivity, Disclosures | None]:
    """Attribute the interval to unknowns, which no measurement ties together."""
    log2_n = _log2_within(draws, _LOG2_POINTS)
    found = sensitivity_indices(context, log2_n=log2_n, seed=seed)
    if all(group.publisher == "nobody" for group in found.groups):
        return found, None
    log2_n = _log2_within(draws / INNER_DRAWS, _LOG2_DISCLOSURES)
    return found, disclosures(context, pairs=False, steps=_STEPS, log2_n=log2_n, seed=seed)


def _log2_within(points: float, limits: tuple[int, int]) -> int:
    least, most = limits
    return min(max(round(log2(points)), least), most)


def _scaled(quantiles: Mapping[str, float] | None, factor: float) -> dict[str, float] | None:
    if quantiles is None:
        return None
    return {key: value * factor for key, value in quantiles.items()}
