"""Everything about a scenario that does not vary between draws, prepared once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.board_power.posterior import (
    board_coefficients,
    is_measured,
    load_board_power,
)
from wh_uncertainty.model.cache_memory import cache_room_tok
from wh_uncertainty.model.candidates import Candidates, find_candidates
from wh_uncertainty.model.cost_law import Coefficients, TokenMoments
from wh_uncertainty.model.cost_posterior import known_coefficients, load_cost_law
from wh_uncertainty.model.deployment import deployment_id
from wh_uncertainty.model.frontiers import expected_law, frontiers
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.open_answers import cached_share_of, effort_of, pue_of, typical
from wh_uncertainty.model.posterior import Posterior, posterior_directory
from wh_uncertainty.model.scenario import Scenario
from wh_uncertainty.model.token_lengths.unmeasured_lengths import growth_beyond
from wh_uncertainty.model.workload import Workload, parse_workload, uncached_tok
from wh_uncertainty.priors import Catalogue, PriorSpec

if TYPE_CHECKING:
    from wh_uncertainty.model.sites.measured_site import MeasuredSite

__all__ = [
    "BENCHMARK_CONTEXT_TOK",
    "Context",
    "lengths_ratio",
    "load_is_stretched",
    "may_leave_lengths",
    "prepare",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

#: Longest context any fitted row was measured at: 8k in and 1k out, or the reverse.
BENCHMARK_CONTEXT_TOK = 9 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """A scenario with all that its draws are made from.

    Parameters
    ----------
    scenario : Scenario
    catalogue : Catalogue
    workload : Workload
    cost, power : Posterior
    candidates : Candidates
    law : Coefficients
        Each of shape ``(posterior draw, candidate)``.
    frontier : ndarray of int, shape (hardware, grid)
        Cheapest candidate at each of the frontier's interactivities.
    run_sd : ndarray of shape (3, posterior draw)
        Spread of the software's effects of the day: `hierarchy.RUN_EFFECTS`, speed with vintage.
    board_coefficients : ndarray of shape (4, posterior draw, candidate)
        Of ln board fraction: `POWER_NUMBERS`.
    cache_room_tok : ndarray of shape (candidate,)
        Context whose cache fits into a GPU's memory [tok].
    load_proven : ndarray of shape (candidate,)
        Load that was borne by contexts as long as these [requests per GPU].
    steps_outside : ndarray of shape (2, candidate)
        Distance of these lengths from those benchmarked (`MeasuredLengths.steps_outside`).
    measured : ndarray of bool, shape (hardware,)
        Accelerators whose board power was measured at all.
    effort : PriorSpec or float
        Factor on output length.
    cached : PriorSpec or float or None
        Share of the prompt that a cache serves; ``None`` where the workload knows its own.
    pue : PriorSpec
    posterior_overridden : bool
        Whether posteriors of the user's own stand in for those of the release.
    site : MeasuredSite or None
        Whose measurement the answer has to agree with.
    """

    scenario: Scenario
    catalogue: Catalogue
    workload: Workload
    cost: Posterior
    power: Posterior
    candidates: Candidates
    law: Coefficients
    frontier: Indices
    run_sd: NDArray[np.floating[Any]]
    board_coefficients: Floats
    cache_room_tok: Floats
    load_proven: Floats
    steps_outside: Floats
    measured: NDArray[np.bool_]
    effort: PriorSpec | float
    cached: PriorSpec | float | None
    pue: PriorSpec
    posterior_overridden: bool
    site: MeasuredSite | None = None

    @property
    def typical_effort(self) -> float:
        """Median factor on the output."""
        return typical(self.effort)

    @property
    def typical_osl_tok(self) -> float:
        """Mean output at the median of the effort."""
        return self.workload.moments.osl_tok * self.typical_effort

    @property
    def extrapolated(self) -> str:
        """Why nothing was measured of what is asked about, in words; empty where rows say it."""
        return str(self.cost.record.get("predicted", ""))

    @property
    def provisioned(self) -> bool:
        """Whether the boundary is a nameplate sum, which takes the benchmark at its word."""
        return self.scenario.boundary.startswith("provisioned")


def prepare(
    scenario: Scenario,
    catalogue: Catalogue,
    posterior_dir: Path | None = None,
    workload: Workload | None = None,
    *,
    site: MeasuredSite | None = None,
) -> Context:
    """Read the posteriors and the workload of a scenario, and find its frontier.

    Parameters
    ----------
    scenario : Scenario
    catalogue : Catalogue
    posterior_dir : Path, optional
        Default: the posteriors of the catalogue's release.
    workload : Workload, optional
        Default: what the scenario names.
    site : MeasuredSite, optional
        Answers what the scenario leaves open (`scenario_at`), and has to be agreed with.

    Returns
    -------
    Context

    Raises
    ------
    ScenarioError, WorkloadError, PosteriorError
        The question cannot be answered; each says why.
    """
    if site is not None:
        from wh_uncertainty.model.sites.site_answers import (
            scenario_at,  # most questions know no site
        )

        scenario = scenario_at(site.context.scenario, scenario)
    workload = workload or parse_workload(scenario.workload, catalogue.release)
    directory = posterior_directory(posterior_dir, catalogue.release)
    cost, power = _cost_law(scenario, catalogue, directory), load_board_power(directory)
    candidates = find_candidates(scenario, cost, catalogue)
    _check_provisioned(scenario, candidates, catalogue)
    law = known_coefficients(cost, candidates.position.tolist())
    effort, cached = effort_of(scenario, catalogue), cached_share_of(scenario, workload, catalogue)
    m, usual = workload.moments, typical(effort)
    room, held_tok = cache_room_tok(candidates.deployments, catalogue), m.held_tok(usual)
    proven = candidates.lengths.load_proven(held_tok)
    names = [deployment_id(d) for d in candidates.deployments]
    return Context(
        scenario=scenario,
        catalogue=catalogue,
        workload=workload,
        cost=cost,
        power=power,
        candidates=candidates,
        law=law,
        frontier=frontiers(
            _expected_at(m.context_tok(usual), law, scenario.model, catalogue),
            _typical_tokens(workload, effort, cached),
            candidates,
            np.minimum(candidates.load_max, np.maximum(room / held_tok, proven)),
        ),
        run_sd=_run_sd(cost, catalogue),
        board_coefficients=board_coefficients(power, names, draw=np.arange(power.draws)),
        cache_room_tok=room,
        load_proven=proven,
        steps_outside=candidates.lengths.steps_outside(m.isl_tok, usual * m.osl_tok),
        measured=np.array([is_measured(power, h) for h in candidates.hardware]),
        effort=effort,
        cached=cached,
        pue=pue_of(scenario, catalogue),
        posterior_overridden=posterior_dir is not None,
        site=site,
    )


def load_is_stretched(context: Context) -> bool:
    """Whether a pinned concurrency leaves the loads seen on its deployment."""
    if context.scenario.concurrency is None:
        return False
    c = context.candidates
    load = context.scenario.concurrency / (c.deployments[0].gpus or 1)
    return not c.load_min[0] * (1 - 1e-9) <= load <= c.load_max[0] * (1 + 1e-9)


def lengths_ratio(context: Context, effort: float | Floats) -> Any:
    """Context of the workload (`Moments.context_tok`) over the longest that was benchmarked."""
    return context.workload.moments.context_tok(effort) / BENCHMARK_CONTEXT_TOK


def may_leave_lengths(context: Context) -> bool:
    """Whether lengths of any draw are longer than, or unlike, what was benchmarked."""
    return (
        isinstance(context.effort, PriorSpec)
        or lengths_ratio(context, context.effort) > 1
        or bool(context.steps_outside.any())
    )


def _cost_law(scenario: Scenario, catalogue: Catalogue, directory: Path) -> Posterior:
    """Read the posterior of the model, or predict one of what the user describes."""
    if not (
        catalogue.describes("model", scenario.model)
        or catalogue.describes("hardware", scenario.hardware or "")
    ):
        return load_cost_law(scenario.model, directory)
    # The sketch takes linear algebra that the daily question does without.
    from wh_uncertainty.model.kin.predicted_posterior import predicted_cost_law

    return predicted_cost_law(scenario, catalogue, directory)


def _expected_at(
    context_tok: float, law: Coefficients, model: str, catalogue: Catalogue
) -> Coefficients:
    """Return the law that is expected of each candidate, grown where contexts are long."""
    expected = expected_law(law)
    growth, _ = growth_beyond(catalogue, model, context_tok / BENCHMARK_CONTEXT_TOK, 0.0)
    return replace(expected, alpha=expected.alpha * growth)


def _run_sd(cost: Posterior, catalogue: Catalogue) -> NDArray[np.floating[Any]]:
    vintage = catalogue.priors["software_vintage_sd"].parameters["value"]
    speed, decode, load = cost.arrays["run_sd"].T
    return np.array([np.hypot(speed, vintage), decode, load])


def _typical_tokens(
    workload: Workload, effort: PriorSpec | float, cached: PriorSpec | float | None
) -> TokenMoments:
    """Moments at the medians of effort and caching: they only choose the deployment."""
    m, factor, share = (
        workload.moments,
        typical(effort),
        None if cached is None else typical(cached),
    )
    return TokenMoments(
        uncached_tok(m, share),
        factor * m.osl_tok,
        factor * m.osl_isl_tok2 + factor**2 * m.osl2_tok2 / 2,
    )


def _check_provisioned(scenario: Scenario, candidates: Candidates, catalogue: Catalogue) -> None:
    if not scenario.boundary.startswith("provisioned"):
        return
    key = scenario.boundary.replace("-", "_") + "_kw"
    for hardware in candidates.hardware:
        if getattr(catalogue.hardware[hardware], key) is None:
            raise ScenarioError(
                f"boundary {scenario.boundary}: nobody states this power of {hardware}; state "
                f"{key} in its specification, or ask for another boundary"
            )
