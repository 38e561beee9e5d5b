"""The main job: a scenario's distribution of watt-hours per query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.consequences import Consequences, consequences_of
from wh_uncertainty.model.context import Context, prepare
from wh_uncertainty.model.flags import few_draws_flags, price_flags, raise_flags
from wh_uncertainty.model.forward import draw_queries, evaluate
from wh_uncertainty.model.power import J_PER_WH
from wh_uncertainty.model.provenance import provenance
from wh_uncertainty.model.scenario import Scenario, ScenarioError, create_scenario
from wh_uncertainty.model.summary import summarise_draws
from wh_uncertainty.model.tally import Tally
from wh_uncertainty.model.unknowns import Unknowns, draw_unknowns
from wh_uncertainty.priors import Catalogue, load_catalogue

if TYPE_CHECKING:
    from wh_uncertainty.model.sites.measured_site import MeasuredSite

__all__ = ["CHUNK_DRAWS", "MAX_DRAWS", "Simulation", "simulate"]

Singles = NDArray[np.float32]

#: Draws computed at a time; part of what a seed means, so a constant.
CHUNK_DRAWS = 100_000
MAX_DRAWS = 50_000_000

_SERIES = ("wh_mean", "wh_one_query", "j_per_output_token", "j_per_input_token")


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """Draws of a scenario; every array has shape ``(draw,)`` and is single precision.

    One draw is one provider that the scenario allows. ``wh_mean`` spreads because providers are
    not known (epistemic); ``wh_one_query`` spreads further because queries differ (aleatory).
    Accounts of many queries multiply ``wh_mean``: its unknowns are shared by all of them.

    Parameters
    ----------
    scenario : Scenario
    wh_mean : ndarray
        Mean energy of the workload's queries at one provider [Wh].
    wh_one_query : ndarray
        Energy of one random query at the same provider [Wh].
    j_per_output_token : ndarray
        Decode energy of the mean query over its output tokens [J/tok].
    j_per_input_token : ndarray
        Prefill energy over its prompt tokens, cached ones included [J/tok]. The two add up:
        ``E = j_in I + j_out O``.
    consequences : Consequences
    tally : Tally
        Who served, and where the model was stretched.
    context : Context
    seed : int
    effective_draws : float or None
        How many independent draws those are worth that agree with a measured site; None without.
    """

    scenario: Scenario
    wh_mean: Singles
    wh_one_query: Singles
    j_per_output_token: Singles
    j_per_input_token: Singles
    consequences: Consequences
    tally: Tally
    context: Context
    seed: int
    effective_draws: float | None = None

    def quantiles(self) -> dict[str, dict[str, float]]:
        """Return percentiles and mean of the two estimands [Wh]."""
        return {
            "mean": summarise_draws(self.wh_mean),
            "one_query": summarise_draws(self.wh_one_query),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON-ready values; the CLI prints exactly this."""
        wh = self.quantiles()
        equivalents = self.consequences.equivalents(wh["mean"])
        flags = [
            *few_draws_flags(self.effective_draws),
            *raise_flags(self.context, self.tally),
            *price_flags(self.wh_mean, equivalents["price_implied_maximum_wh"]),
        ]
        return {
            "scenario": {**self.scenario.to_dict(), "resolved": self.tally.resolved(self.context)},
            "boundary": self.scenario.boundary,
            "wh_per_query": wh,
            "j_per_output_token": summarise_draws(self.j_per_output_token),
            "j_per_input_token": summarise_draws(self.j_per_input_token),
            "equivalents": equivalents,
            "emissions": self.consequences.emissions(),
            "flags": flags,
            "provenance": provenance(self.context, self.seed, len(self.wh_mean)),
        }

    def to_arviz(self) -> Any:
        """Return the draws as an ArviZ ``DataTree`` (imports ArviZ)."""
        import arviz as az

        posterior = {name: np.asarray(getattr(self, name))[None, :] for name in _SERIES}
        return az.from_dict({"posterior": posterior})


def simulate(
    scenario: Scenario | Mapping[str, Any],
    *,
    draws: int = 100_000,
    seed: int = 0,
    catalogue: Catalogue | None = None,
    posterior_dir: Path | None = None,
    site: MeasuredSite | None = None,
) -> Simulation:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : Scenario or mapping
        A mapping holds answers for `create_scenario`.
    draws : int
        From 1,000 (fewer do not hold a 5th percentile) to `MAX_DRAWS`.
    seed : int
        The same seed, versions and files give the same bytes.
    catalogue : Catalogue, optional
        Default: the release that ships with the package.
    posterior_dir : Path, optional
        Default: the embedded posteriors.
    site : MeasuredSite, optional
        With whose measurement every draw agrees (`conditioned`).

    Returns
    -------
    Simulation

    Raises
    ------
    ScenarioError, WorkloadError, PriorError, PosteriorError, MeterError
        The question or an input cannot be used; each message says what, where and the remedy.

    References
    ----------
    The method is described in the README; sources of every prior in ``priors/data``.
    """
    if not 1_000 <= draws <= MAX_DRAWS:
        raise ScenarioError(f"draws {draws}: must lie between 1000 and {MAX_DRAWS}")
    if seed < 0:
        raise ScenarioError(f"seed {seed}: must not be negative")
    catalogue = load_catalogue() if catalogue is None else catalogue
    if not isinstance(scenario, Scenario):
        scenario = create_scenario(catalogue, **scenario)
    context = prepare(scenario, catalogue, posterior_dir, site=site)
    kept = {name: np.empty(draws, dtype=np.float32) for name in _SERIES}
    consequences, tally = consequences_of(context, draws), Tally.empty(context)
    effective_draws = None if site is None else 0.0
    for where, rng in _chunks(draws, seed):
        n = where.stop - where.start
        epistemic, aleatory, consequential = rng.spawn(3)
        unknowns, effective = _providers(context, n, epistemic)
        effective_draws = None if effective_draws is None else effective_draws + effective
        e = evaluate(context, unknowns, draw_queries(context, n, rng=aleatory))
        kept["wh_mean"][where], kept["wh_one_query"][where] = e.mean_wh, e.one_query_wh
        decode_j = J_PER_WH * (e.mean_wh - e.prefill_wh)
        kept["j_per_output_token"][where] = decode_j / e.osl_tok
        kept["j_per_input_token"][where] = J_PER_WH * e.prefill_wh / e.isl_tok
        consequences.add(where, e, rng=consequential)
        tally = tally.plus(unknowns, e.serving)
    return Simulation(
        scenario=context.scenario,
        **kept,
        consequences=consequences,
        tally=tally,
        context=context,
        seed=seed,
        effective_draws=effective_draws,
    )


def _providers(context: Context, n: int, rng: np.random.Generator) -> tuple[Unknowns, float]:
    """Draw providers, and say how many independent draws they are worth."""
    if context.site is None:
        return draw_unknowns(context, n, rng=rng), n
    from wh_uncertainty.model.sites.measured_site import conditioned  # most questions know no site

    found = conditioned(context.site, [context], n, rng=rng)
    return found.samples[0].unknowns, found.effective_draws


def _chunks(draws: int, seed: int) -> Iterator[tuple[slice, np.random.Generator]]:
    starts = range(0, draws, CHUNK_DRAWS)
    streams = np.random.SeedSequence(seed).spawn(len(starts))
    for start, stream in zip(starts, streams, strict=True):
        yield slice(start, min(start + CHUNK_DRAWS, draws)), np.random.default_rng(stream)
