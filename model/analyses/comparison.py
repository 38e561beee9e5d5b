"""Scenarios side by side: ratios and differences that share what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.analyses.common_states import (
    compared_groups,
    paired_samples,
    shared_groups,
)
from wh_uncertainty.model.analyses.groups import Group, Sample, check_estimand
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.flags import raise_flags
from wh_uncertainty.model.forward import evaluate
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.provenance import provenance
from wh_uncertainty.model.simulation import CHUNK_DRAWS
from wh_uncertainty.model.sites.measured_site import MeasuredSite, conditioned
from wh_uncertainty.model.summary import summarise_draws
from wh_uncertainty.model.tally import Tally

__all__ = ["LARGEST_DRAWS", "Comparison", "compare", "joint_outcomes"]

Floats = NDArray[np.float64]
Outcome = Callable[[Context, Sample], Floats]

LARGEST_DRAWS = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Paired draws of several scenarios.

    Parameters
    ----------
    contexts : tuple of Context
    ln_wh : ndarray of shape (scenario, draw)
        A column is one state of the world.
    shared : tuple of Group
        What a column has in common.
    tallies : tuple of Tally
        What each scenario's draws lean on.
    estimand : str
    seed : int
    software_by_deployment : bool
        Whether a column has the software of the day in common where one deployment serves, of
        scenarios of one class of provider.
    """

    contexts: tuple[Context, ...]
    ln_wh: Floats
    shared: tuple[Group, ...]
    tallies: tuple[Tally, ...]
    estimand: str
    seed: int
    software_by_deployment: bool

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values; every scenario is set against the first."""
        wh = np.exp(self.ln_wh)
        return {
            "estimand": self.estimand,
            "shared": [group.key for group in self.shared],
            "software_by_deployment": self.software_by_deployment,
            "scenarios": [
                {
                    "scenario": context.scenario.to_dict(),
                    "wh_per_query": summarise_draws(wh[k]),
                    **({} if k == 0 else self._against_first(k, wh)),
                    "extrapolated": context.extrapolated,
                    "flags": raise_flags(context, self.tallies[k]),
                    "provenance": provenance(context, self.seed, wh.shape[1]),
                }
                for k, context in enumerate(self.contexts)
            ],
            "probability_lower": self.probability_lower().tolist(),
        }

    def probability_lower(self) -> Floats:
        """Return P(row's scenario uses less than the column's), shape (scenario, scenario)."""
        less = self.ln_wh[:, None, :] < self.ln_wh[None, :, :]
        probability: Floats = less.mean(axis=2)
        return probability

    def _against_first(self, k: int, wh: Floats) -> dict[str, Any]:
        return {
            "ratio_to_first": summarise_draws(np.exp(self.ln_wh[k] - self.ln_wh[0])),
            "difference_to_first_wh": summarise_draws(wh[k] - wh[0]),
            "probability_lower_than_first": float((wh[k] < wh[0]).mean()),
        }


def compare(
    contexts: Sequence[Context],
    *,
    shared: Sequence[str] | None = None,
    estimand: str = "mean",
    draws: int = 50_000,
    seed: int = 0,
) -> Comparison:
    """Draw several scenarios in common states of the world.

    A shared unknown has one rank for all: a provider at the 30th percentile of efficiency is that
    in every scenario, whatever prior each has. A shared accelerator is the same one wherever the
    scenarios allow it. By default the software of the day is shared in the draws in which one
    deployment serves both, and in no other: deployments of one provider run different software.
    Different classes of provider are different providers, and different regions different
    buildings (`compared_groups`); effort, which users set, and board power stay shared.

    Parameters
    ----------
    contexts : sequence of Context
        At least two.
    shared : sequence of str, optional
        As `compared_groups` reads them.
    estimand : {"mean", "one-query"}
    draws : int
        1,000 to 1,000,000.
    seed : int

    Returns
    -------
    Comparison

    Raises
    ------
    ScenarioError
        Fewer than two scenarios, an unknown name, or draws out of range.
    """
    check_estimand(estimand)
    if len(contexts) < 2:
        raise ScenarioError("a comparison needs at least two scenarios; give another one")
    if not 1_000 <= draws <= LARGEST_DRAWS:
        raise ScenarioError(f"draws {draws}: must lie between 1000 and {LARGEST_DRAWS}")
    tallies = {id(context): Tally.empty(context) for context in contexts}

    def outcome(context: Context, sample: Sample) -> Floats:
        e = evaluate(context, sample.unknowns, sample.queries)
        tallies[id(context)] = tallies[id(context)].plus(sample.unknowns, e.serving)
        return np.log(e.mean_wh if estimand == "mean" else e.one_query_wh)

    return Comparison(
        contexts=tuple(contexts),
        ln_wh=joint_outcomes(
            contexts,
            shared_groups(contexts, shared),
            outcome,
            stated=shared is not None,
            tell_apart=shared is None,
            draws=draws,
            seed=seed,
        ),
        shared=compared_groups(contexts, shared),
        tallies=tuple(tallies[id(context)] for context in contexts),
        estimand=estimand,
        seed=seed,
        software_by_deployment=shared is None
        and len({c.scenario.provider for c in contexts}) < len(contexts),
    )


def joint_outcomes(
    contexts: Sequence[Context],
    groups: tuple[Group, ...],
    outcome: Outcome,
    *,
    stated: bool,
    tell_apart: bool = False,
    draws: int,
    seed: int,
) -> Floats:
    """Draw scenarios in common states, which agree with the measurement of their site if any.

    Parameters
    ----------
    contexts : sequence of Context
    groups : tuple of Group
        What the scenarios have in common.
    outcome : callable
        What is wanted of a scenario's draws; its last axis is theirs.
    stated : bool
        Whether the user said what they have in common, which a measured site allows nobody. If
        not, they have the software of the day in common where one deployment serves.
    tell_apart : bool
        As of `paired_samples`.
    draws, seed : int

    Returns
    -------
    ndarray of shape (scenario, ..., draw)

    Raises
    ------
    ScenarioError
        Different sites, or a statement of what is shared at a measured site.
    """
    site = _common_site(contexts, stated=stated)
    if site is not None:
        return _outcomes_at_site(site, contexts, outcome, draws, seed)
    chunks = [
        _chunk(contexts, groups, outcome, n, rng, stated=stated, tell_apart=tell_apart)
        for n, rng in _chunks(draws, seed)
    ]
    return np.concatenate(chunks, axis=-1)


def _common_site(contexts: Sequence[Context], *, stated: bool) -> MeasuredSite | None:
    """Return the site that all scenarios have, if any."""
    sites = {context.site.sha256 if context.site else "" for context in contexts}
    if len(sites) > 1:
        raise ScenarioError("scenarios at different sites, or some at none; compare at one site")
    site = contexts[0].site
    if site is not None and stated:
        raise ScenarioError(
            "shared: at a measured site, scenarios share what each shares with the measured one; "
            "leave it out"
        )
    return site


def _outcomes_at_site(
    site: MeasuredSite, contexts: Sequence[Context], outcome: Outcome, draws: int, seed: int
) -> Floats:
    chunks: list[Floats] = []
    for n, rng in _chunks(draws, seed):
        samples = conditioned(site, contexts, n, rng=rng).samples
        chunks.append(np.array([outcome(c, s) for c, s in zip(contexts, samples, strict=True)]))
    return np.concatenate(chunks, axis=-1)


def _chunks(draws: int, seed: int) -> Iterator[tuple[int, np.random.Generator]]:
    edges = [*range(0, draws, CHUNK_DRAWS), draws]
    streams = np.random.default_rng([seed, 3]).spawn(len(edges) - 1)
    yield from zip((high - low for low, high in pairwise(edges)), streams, strict=True)


def _chunk(
    contexts: Sequence[Context],
    groups: tuple[Group, ...],
    outcome: Outcome,
    n: int,
    rng: np.random.Generator,
    *,
    stated: bool,
    tell_apart: bool,
) -> Floats:
    of_each = [groups] * len(contexts)
    samples = paired_samples(
        contexts, of_each, n, rng=rng, by_deployment=not stated, tell_apart=tell_apart
    )
    return np.array([outcome(c, s) for c, s in zip(contexts, samples, strict=True)])
