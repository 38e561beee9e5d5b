"""Energy of one response, from what its usage record counts: fast enough for every request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.context import (
    BENCHMARK_CONTEXT_TOK,
    Context,
    lengths_ratio,
    prepare,
)
from wh_uncertainty.model.cost_law import tokens_of_one_query
from wh_uncertainty.model.forward import unit_energies
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.scenario import Scenario, create_scenario
from wh_uncertainty.model.summary import summarise_draws
from wh_uncertainty.model.token_lengths.unmeasured_lengths import growth_beyond
from wh_uncertainty.model.unknowns import draw_unknowns
from wh_uncertainty.model.workload import uncached_tok
from wh_uncertainty.priors import Catalogue, load_catalogue

__all__ = ["Meter", "Usage", "create_meter", "energy_of_usage"]

Singles = NDArray[np.float32]
Floats = NDArray[np.float64]

#: A percentile is then right to within 0.4 % of probability, and its sort takes microseconds.
_DRAWS = 4096
_METERS_KEPT = 64
_LARGEST_TOK = 2**30 - 1


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one response.

    Parameters
    ----------
    input_tok : int
        Prompt tokens, including cached ones.
    output_tok : int
    cached_tok : int or None
        Part of the prompt that a cache served; None where nobody counted.
    """

    input_tok: int
    output_tok: int
    cached_tok: int | None = None

    def __post_init__(self) -> None:
        cached = 0 if self.cached_tok is None else self.cached_tok
        whole = all(isinstance(n, int) for n in (self.input_tok, self.output_tok, cached))  # pyright: ignore[reportUnnecessaryIsInstance]
        if not whole or not 0 <= cached <= self.input_tok <= _LARGEST_TOK:
            raise ScenarioError(f"{self}: input tokens are a whole number, cached ones part of it")
        if not 0 <= self.output_tok <= _LARGEST_TOK:
            raise ScenarioError(f"{self}: output tokens are a whole number from 0")


@dataclass(frozen=True, slots=True, eq=False)
class Meter:
    """What tokens cost in precomputed draws of a scenario's providers.

    Parameters
    ----------
    wh_per_tok : ndarray of shape (3, draw)
        Of a prompt token prefilled, an output token, and a token of context read, within contexts
        that were benchmarked.
    assumed_uncached : ndarray of shape (draw,)
        Share of a prompt to prefill where nobody counted.
    context : Context
        Of the traffic that the response is part of.
    length_z : ndarray of shape (draw,)
        Standard normal of the error beyond them.
    """

    wh_per_tok: Singles
    assumed_uncached: Singles
    context: Context
    length_z: Floats

    def energy_wh(self, usage: Usage) -> dict[str, float]:
        """Summarise the energy of one response [Wh]; spreads because its provider is not known.

        Parameters
        ----------
        usage : Usage

        Returns
        -------
        dict
            ``p05``, ``p25``, ``p50``, ``p75``, ``p95``, ``mean``.
        """
        prompt, cached = usage.input_tok, usage.cached_tok
        t = tokens_of_one_query(prompt - (cached or 0), prompt, usage.output_tok)
        costs = self._costs_at(prompt + usage.output_tok)
        if cached is not None:
            return summarise_draws(
                np.array((t.uncached_tok, t.output_tok, t.context_tok2), np.float32) @ costs
            )
        decode = np.array((t.output_tok, t.context_tok2), np.float32) @ costs[1:]
        return summarise_draws(decode + prompt * self.assumed_uncached * costs[0])

    def _costs_at(self, context_tok: int) -> Singles:
        """Costs per token of a response of this context, whatever that of its traffic is."""
        ratio = context_tok / BENCHMARK_CONTEXT_TOK
        return (
            self.wh_per_tok
            if ratio <= 1
            else self.wh_per_tok * _growth(self.context, ratio, self.length_z)
        )


def create_meter(
    scenario: Scenario,
    *,
    catalogue: Catalogue | None = None,
    posterior_dir: Path | None = None,
    seed: int = 0,
) -> Meter:
    """Precompute what tokens cost.

    Parameters
    ----------
    scenario : Scenario
        Its workload is the traffic that the response is part of: it sets the load.
    catalogue : Catalogue, optional
        Default: the release that ships with the package.
    posterior_dir : Path, optional
        Default: the embedded posteriors.
    seed : int

    Returns
    -------
    Meter
    """
    context = prepare(scenario, catalogue or load_catalogue(), posterior_dir)
    unknowns = draw_unknowns(context, _DRAWS, rng=np.random.default_rng([seed, 6]))
    unit = unit_energies(context, unknowns)
    m, z = context.workload.moments, unknowns.extrapolation_z
    uncached = uncached_tok(m, unknowns.cached_share) / m.isl_tok if m.isl_tok else 1.0
    z = np.random.default_rng([seed, 7]).standard_normal(_DRAWS) if z is None else z
    costs = np.array([unit.uncached_wh, unit.output_wh, unit.context_wh], np.float32)
    return Meter(
        costs / _growth(context, lengths_ratio(context, unknowns.effort), z),
        np.full(_DRAWS, uncached, np.float32),
        context,
        z,
    )


def _growth(context: Context, ratio: float | Floats, z: Floats) -> Singles:
    """Growth of the three costs with context; shape (3, draw)."""
    prefill, reads = growth_beyond(context.catalogue, context.scenario.model, ratio, z)
    return np.array([prefill, np.ones_like(prefill), reads], np.float32)


def energy_of_usage(
    usage: Usage | Mapping[str, Any], scenario: Scenario | Mapping[str, Any]
) -> dict[str, float]:
    """Return quantiles of the energy of one response [Wh].

    Parameters
    ----------
    usage : Usage or mapping
        A mapping is a usage object as OpenAI's two interfaces and vLLM return it.
    scenario : Scenario or mapping
        A mapping has the answers of `create_scenario`. The first call with one prepares its
        `Meter`.

    Returns
    -------
    dict
        As `Meter.energy_wh` gives it.

    Raises
    ------
    ScenarioError, WorkloadError, PosteriorError
        A count is no number of tokens, or the scenario cannot be answered.
    """
    counted = usage if isinstance(usage, Usage) else _read(usage)
    asked = scenario if isinstance(scenario, Scenario) else _asked(scenario)
    return _meter(asked).energy_wh(counted)


def _asked(answers: Mapping[str, Any]) -> Scenario:
    for key, value in answers.items():
        if not isinstance(value, str | float | int | date | None):
            raise ScenarioError(f"scenario key {key!r}: {value!r} must be a text or a number")
    return _scenario(tuple(answers.items()))


@lru_cache(_METERS_KEPT)
def _scenario(answers: tuple[tuple[str, Any], ...]) -> Scenario:
    return create_scenario(load_catalogue(), **dict(answers))


@lru_cache(_METERS_KEPT)
def _meter(scenario: Scenario) -> Meter:
    return create_meter(scenario)


def _read(usage: Mapping[str, Any]) -> Usage:
    foreign = sorted(key for key in usage if key.startswith("cache_"))
    if foreign:
        raise ScenarioError(
            f"usage has {foreign[0]!r}: such a record counts cached tokens beside its input, and "
            "would be read as a short prompt; give Usage(input_tok, output_tok, cached_tok), with "
            "all of the prompt as its input"
        )
    side = "prompt" if "prompt_tokens" in usage else "input"
    output = "completion_tokens" if side == "prompt" else "output_tokens"
    details: Mapping[str, Any] = usage.get(f"{side}_tokens_details") or {}
    try:
        return Usage(usage[f"{side}_tokens"], usage[output], details.get("cached_tokens"))
    except KeyError as error:
        raise ScenarioError(f"usage has no {error.args[0]!r}; give a usage object") from None
