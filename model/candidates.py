"""Which deployments may serve a scenario, by accelerator, and how likely each accelerator is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import Deployment, parse_deployment_id
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.posterior import Posterior
from wh_uncertainty.model.scenario import Scenario
from wh_uncertainty.model.token_lengths.measured_lengths import MeasuredLengths, measured_lengths
from wh_uncertainty.priors import Catalogue

__all__ = ["MAX_LOAD_STRETCH", "Candidates", "find_candidates"]

#: A pinned load may leave those seen on its deployment by at most this factor.
MAX_LOAD_STRETCH = 2.0

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Deployments that could serve the scenario.

    Parameters
    ----------
    position : ndarray of int, shape (candidate,)
        In the posterior's record.
    deployments : tuple of Deployment
    hardware : tuple of str
        Accelerators among them.
    members : tuple of ndarray of int
        Candidates of each accelerator.
    share : ndarray of shape (hardware,)
        Probability that the provider who answers runs it.
    load_min, load_max : ndarray of shape (candidate,)
        Loads seen [requests per GPU].
    lengths : MeasuredLengths
        Lengths at which they were seen.
    """

    position: Indices
    deployments: tuple[Deployment, ...]
    hardware: tuple[str, ...]
    members: tuple[Indices, ...]
    share: Floats
    load_min: Floats
    load_max: Floats
    lengths: MeasuredLengths

    @property
    def speculative(self) -> NDArray[np.bool_]:
        """Whether each decodes speculatively, shape ``(candidate,)``."""
        return np.array([d.spec_decoding != "none" for d in self.deployments])


def find_candidates(scenario: Scenario, posterior: Posterior, catalogue: Catalogue) -> Candidates:
    """Pick the deployments that a scenario allows.

    Without a precision, each accelerator serves the first format of the model's
    ``precision_order`` that was benchmarked on it. Without hardware, shares are the mean of the
    ``hardware_share`` prior over the accelerators that remain: one query lands on one
    accelerator, so the Dirichlet's concentration integrates out.

    Parameters
    ----------
    scenario : Scenario
    posterior : Posterior
        Of the scenario's model.
    catalogue : Catalogue

    Returns
    -------
    Candidates

    Raises
    ------
    ScenarioError
        Nothing was benchmarked that fits; says what was.
    """
    listed = posterior.record["deployments"]
    parsed = [parse_deployment_id(entry["name"]) for entry in listed]
    allowed = [i for i, d in enumerate(parsed) if _fits(scenario, listed[i]["name"], d)]
    if scenario.precision is None:
        allowed = _first_precision(allowed, parsed, catalogue, scenario.model)
    if not allowed:
        raise ScenarioError(_nothing_fits(scenario, parsed))
    chosen = tuple(parsed[i] for i in allowed)
    hardware = tuple(sorted({d.hardware for d in chosen}))
    members = tuple(
        np.array([k for k, d in enumerate(chosen) if d.hardware == h], dtype=np.intp)
        for h in hardware
    )
    _check_concurrency(scenario, [listed[i] for i in allowed], chosen)
    base = catalogue.priors["hardware_share"].parameters
    # What a user describes has no share, and needs none: it is asked for and stands alone.
    weight = np.array([base.get(h, 1.0) for h in hardware])
    return Candidates(
        np.array(allowed, dtype=np.intp),
        chosen,
        hardware,
        members,
        weight / weight.sum(),
        np.array([listed[i]["load_min"] for i in allowed]),
        np.array([listed[i]["load_max"] for i in allowed]),
        measured_lengths([listed[i]["load_max_by_lengths"] for i in allowed]),
    )


def _fits(scenario: Scenario, name: str, d: Deployment) -> bool:
    if scenario.deployment is not None:
        return name == scenario.deployment
    return scenario.hardware in (None, d.hardware) and scenario.precision in (None, d.precision)


def _first_precision(
    allowed: list[int], parsed: list[Deployment], catalogue: Catalogue, model: str
) -> list[int]:
    order = catalogue.models[model].precision_order
    first: dict[str, str] = {}
    for precision in reversed(order):
        first |= {
            parsed[i].hardware: precision for i in allowed if parsed[i].precision == precision
        }
    return [i for i in allowed if first.get(parsed[i].hardware) == parsed[i].precision]


def _check_concurrency(
    scenario: Scenario, listed: list[dict[str, Any]], chosen: tuple[Deployment, ...]
) -> None:
    if scenario.concurrency is None:
        return
    gpus = chosen[0].gpus or 1
    low, high = (listed[0][key] * gpus for key in ("load_min", "load_max"))
    if not low / MAX_LOAD_STRETCH <= scenario.concurrency <= high * MAX_LOAD_STRETCH:
        raise ScenarioError(
            f"concurrency {scenario.concurrency:g}: the deployment was benchmarked at {low:g} to "
            f"{high:g} requests in flight; at most a factor {MAX_LOAD_STRETCH:g} beyond is answered"
        )


def _nothing_fits(scenario: Scenario, parsed: list[Deployment]) -> str:
    if scenario.deployment is not None:
        return (
            f"deployment {scenario.deployment!r} is not in the posterior of {scenario.model}; "
            f"`wh-uncertainty list deployments --model {scenario.model}` shows those that are"
        )
    seen = sorted({f"{d.hardware} {d.precision}" for d in parsed})
    asked = " ".join(part for part in (scenario.hardware, scenario.precision) if part)
    return f"no benchmark of {scenario.model} on {asked}; there are {', '.join(seen)}"
