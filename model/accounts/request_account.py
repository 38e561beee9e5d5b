"""Energy, carbon and cost of a request log: the posterior applied to its sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.accounts.measured_services import agreeing_providers
from wh_uncertainty.model.accounts.service_states import stream
from wh_uncertainty.model.accounts.services import Service
from wh_uncertainty.model.accounts.usage_sums import UsageSums, added
from wh_uncertainty.model.context import Context
from wh_uncertainty.model.documents.fleet import Activity, Factor, consequence_factors
from wh_uncertainty.model.flags import few_draws_flags, raise_flags
from wh_uncertainty.model.forward import UnitEnergies, unit_energies
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.provenance import provenance
from wh_uncertainty.model.simulation import CHUNK_DRAWS
from wh_uncertainty.model.summary import summarise_draws
from wh_uncertainty.model.tally import Tally
from wh_uncertainty.model.units import WH_PER_KWH
from wh_uncertainty.model.unknowns import Unknowns

__all__ = ["Account", "Parts", "account"]

Floats = NDArray[np.float64]
#: Sums of some requests, by the position of the service that served them.
Parts = Mapping[int, UsageSums]


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """What the requests of a log cost, in paired draws.

    Parameters
    ----------
    services : tuple of Service
    energies : tuple of UnitEnergies
        One per service: what its tokens cost in each draw.
    factors : mapping of str to tuple
        What each kWh means, one per service, as `FleetTotal` has it.
    total_kwh : ndarray of shape (draw,)
    flags : tuple of list of dict
        Of each service, as `raise_flags` gives them.
    seed : int
    effective_draws : float or None
        How many independent draws those are worth that agree with measured sites; None without.
    """

    services: tuple[Service, ...]
    energies: tuple[UnitEnergies, ...]
    factors: Mapping[str, tuple[Factor, ...]]
    total_kwh: Floats
    flags: tuple[list[dict[str, Any]], ...]
    seed: int
    effective_draws: float | None = None

    def energy_kwh(self, parts: Parts) -> Floats:
        """Energy of some requests, shape ``(draw,)``."""
        kwh: Floats = sum(self._kwh(k, sums) for k, sums in parts.items())  # type: ignore[assignment]
        return kwh

    def summary(self, parts: Parts) -> dict[str, Any]:
        """Summarise what some requests cost.

        Parameters
        ----------
        parts : mapping of int to UsageSums
            At least one.

        Returns
        -------
        dict
            JSON-ready: counts of the requests and their tokens, quantiles of ``energy_kwh`` and of
            what follows from it, None where a factor of any service in it is not known.
        """
        sums = added(parts.values())
        kwh = {k: self._kwh(k, own) for k, own in parts.items()}
        return {
            "requests": sums.requests,
            "input_tok": sums.input_tok,
            "uncached_tok": sums.uncached_tok,
            "output_tok": sums.output_tok,
            "energy_kwh": summarise_draws(_total(kwh)),
            **{name: _weighted(kwh, factors) for name, factors in self.factors.items()},
        }

    def share(self, parts: Parts) -> dict[str, float]:
        """Summarise the share of the total energy, whose unknowns it has in common."""
        return summarise_draws(self.energy_kwh(parts) / self.total_kwh)

    def to_dict(self) -> dict[str, Any]:
        """Return total, services, flags and provenance as JSON-ready values."""
        everything = {k: service.sums for k, service in enumerate(self.services)}
        return {
            "total": self.summary(everything),
            "services": [self._service(k) for k in everything],
            "flags": self._flags(),
            "provenance": self._provenance(),
        }

    def _kwh(self, k: int, sums: UsageSums) -> Floats:
        unit = self.energies[k]
        uncached: float | Floats = float(sums.uncached_tok)
        share = self.services[k].contexts[0].scenario.cached_share
        if share is not None:
            uncached = (1 - share) * sums.input_tok
        wh = unit.uncached_wh * uncached + unit.output_wh * float(sums.output_tok)
        kwh: Floats = (wh + unit.context_wh * sums.context_tok2) / WH_PER_KWH
        return kwh

    def _service(self, k: int) -> dict[str, Any]:
        service = self.services[k]
        return {
            "model": service.model,
            "site": service.site.name,
            "operator": service.site.operator,
            "stand_ins": [c.scenario.model for c in service.contexts] if service.stands_in else [],
            "scenario": service.contexts[0].scenario.to_dict(),
            **self.summary({k: service.sums}),
            "share": self.share({k: service.sums}),
            "flags": self.flags[k],
        }

    def _flags(self) -> list[dict[str, Any]]:
        """Merge the flags of services; the share is that of the expected energy they concern."""
        expected = np.array([self._kwh(k, s.sums).mean() for k, s in enumerate(self.services)])
        merged: dict[tuple[str, str], float] = {}
        for flags, weight in zip(self.flags, expected / expected.sum(), strict=True):
            for flag in flags:
                key = (flag["code"], flag["message"])
                merged[key] = merged.get(key, 0.0) + float(weight) * flag["share"]
        named = [
            {"code": code, "message": message, "share": min(share, 1.0), "of": "expected energy"}
            for (code, message), share in merged.items()
        ]
        few = few_draws_flags(self.effective_draws)
        return [*({**flag, "of": "expected energy"} for flag in few), *named]

    def _provenance(self) -> dict[str, Any]:
        contexts = [context for service in self.services for context in service.contexts]
        stated = provenance(contexts[0], self.seed, len(self.total_kwh))
        posteriors = {
            c.scenario.model: provenance(c, self.seed, 0)["posterior_sha256"] for c in contexts
        }
        stated.pop("site", None)
        measured = {c.site.sha256: c.site.file for c in contexts if c.site is not None}
        sites = [{"file": file, "sha256": digest} for digest, file in measured.items()]
        told = {"measured_sites": sites} if sites else {}
        return {**stated, "posterior_sha256": dict(sorted(posteriors.items())), **told}


def account(services: Sequence[Service], *, draws: int = 20_000, seed: int = 0) -> Account:
    """Apply the posterior to the sums of every service.

    ``E = sum_k [uncached_wh_k sum(I_u) + output_wh_k sum(O) + context_wh_k sum(O (I + O/2))]``: by
    the linearity of the cost law exactly what adding up request by request gives, in each draw.
    What nobody knows of a provider does not average out over its requests; it is common to them.

    Parameters
    ----------
    services : sequence of Service
        At least one.
    draws : int
        1,000 to 100,000.
    seed : int

    Returns
    -------
    Account

    Raises
    ------
    ScenarioError
        Draws or seed out of range.
    """
    if not 1_000 <= draws <= CHUNK_DRAWS:
        raise ScenarioError(f"draws {draws}: must lie between 1000 and {CHUNK_DRAWS}")
    if seed < 0:
        raise ScenarioError(f"seed {seed}: must not be negative")
    energies: list[UnitEnergies] = []
    flags: list[list[dict[str, Any]]] = []
    drawn_providers, effective_draws = agreeing_providers(services, draws, seed)
    for service, providers in zip(services, drawn_providers, strict=True):
        pairs = list(zip(service.contexts, providers, strict=True))
        units = [unit_energies(context, unknowns) for context, unknowns in pairs]
        flags.append(_flags_of(service, pairs, units))
        energies.append(_any_of(units, stream(seed, "stand-in", service.model)))
    it_share = np.array([unit.it_share for unit in energies])
    activities = [
        Activity(s.contexts[0], s.sums.requests, s.site.market_based_g_per_kwh) for s in services
    ]
    factors = consequence_factors(activities, it_share, rng=stream(seed, "grid"))
    drawn = Account(tuple(services), tuple(energies), factors, np.ones(draws), tuple(flags), seed)
    total = drawn.energy_kwh({k: service.sums for k, service in enumerate(services)})
    return replace(drawn, total_kwh=total, effective_draws=effective_draws)


def _any_of(units: Sequence[UnitEnergies], rng: np.random.Generator) -> UnitEnergies:
    """Let one of several stand-ins serve each draw, each as likely."""
    if len(units) == 1:
        return units[0]
    chosen = rng.integers(len(units), size=len(units[0].it_share))

    def pick(name: str) -> Floats:
        return np.array([getattr(unit, name) for unit in units])[chosen, np.arange(len(chosen))]

    return UnitEnergies(
        uncached_wh=pick("uncached_wh"),
        output_wh=pick("output_wh"),
        context_wh=pick("context_wh"),
        it_share=pick("it_share"),
        serving=units[0].serving,
    )


def _flags_of(
    service: Service,
    pairs: Sequence[tuple[Context, Unknowns]],
    units: Sequence[UnitEnergies],
) -> list[dict[str, Any]]:
    context, unknowns = pairs[0]
    if service.stands_in:
        message = (
            f"nothing is known of {service.model}: any of {len(units)} models stands in for it, "
            "each as likely"
        )
        return [{"code": "model_unknown", "message": message, "share": 1.0}]
    tally = Tally.empty(context).plus(unknowns, units[0].serving)
    return raise_flags(context, tally)


def _total(kwh: Mapping[int, Floats]) -> Floats:
    total: Floats = np.sum(list(kwh.values()), axis=0)
    return total


def _weighted(kwh: Mapping[int, Floats], factors: tuple[Factor, ...]) -> dict[str, float] | None:
    """Add up draw by draw; None where a factor is not known."""
    parts: list[Floats] = []
    for k, energy in kwh.items():
        factor = factors[k]
        if factor is None:
            return None
        parts.append(energy * factor)
    return summarise_draws(np.sum(parts, axis=0))
