"""A posterior of what was never benchmarked, made when asked for from the rows of all others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_posterior import load_cost_law
from wh_uncertainty.model.deployment import deployment_id, parse_deployment_id
from wh_uncertainty.model.hierarchy import RUN_EFFECTS
from wh_uncertainty.model.kin.new_deployments import (
    Siblings,
    learnt_from,
    new_numbers,
    numbers_given_siblings,
)
from wh_uncertainty.model.kin.sibling_layouts import Layout, likely_layouts
from wh_uncertainty.model.kin.sketch import Sketch
from wh_uncertainty.model.kin.sketch_file import sketch_on_disk, unpacked
from wh_uncertainty.model.posterior import Posterior, posterior_directory
from wh_uncertainty.model.scenario import Scenario
from wh_uncertainty.priors import Catalogue, sample

__all__ = ["predicted_cost_law"]

Floats = NDArray[np.float64]

_DRAWS = 4_000  # they scatter far wider than those of a fit, which keeps a tenth of it


@dataclass(frozen=True, slots=True)
class _Source:
    """What is learnt from, told apart by the digests of what it was made of.

    A catalogue that is changed in memory must change its digest where siblings are concerned.
    """

    sketch_sha256: str
    catalogue_sha256: str
    without: str
    sketch: Sketch = field(compare=False)
    catalogue: Catalogue = field(compare=False)


def predicted_cost_law(
    scenario: Scenario, catalogue: Catalogue, directory: Path | None = None
) -> Posterior:
    """Predict the cost law of a model, or of a known model on an accelerator, without rows.

    Its deployments are laid out as siblings are (`likely_layouts`). Their numbers are joint draws
    of the Gaussian process over all deployments: given the rows of all others, and given the fit of
    the model where there is one.

    Parameters
    ----------
    scenario : Scenario
        Model or hardware is described by the user.
    catalogue : Catalogue
    directory : Path, optional
        Default: the posteriors of the catalogue's release.

    Returns
    -------
    Posterior
        Deployments with ``rows`` 0; the record's ``predicted`` says why, in words.

    Raises
    ------
    ScenarioError
        No layout can be expected to serve the question.
    PosteriorError
        The sketch or the model's posterior cannot be read.
    """
    directory = posterior_directory(directory, catalogue.release)
    file = sketch_on_disk(directory, catalogue.release)
    sketch = unpacked(file)
    layouts = likely_layouts(scenario, sketch, catalogue)
    deployments = [layout.deployment for layout in layouts]
    rng = _stream(scenario, catalogue)
    made_of = [file.sha256, catalogue.sha256]
    if catalogue.describes("model", scenario.model):
        siblings = _learnt(_Source(made_of[0], made_of[1], "", sketch, catalogue))
        own = numbers_given_siblings(deployments, siblings, catalogue, n=_DRAWS, rng=rng)
    else:
        fitted = load_cost_law(scenario.model, directory)
        made_of.append(fitted.sha256)
        draw = np.resize(np.arange(fitted.draws), _DRAWS)
        siblings = _learnt(_Source(made_of[0], made_of[1], scenario.model, sketch, catalogue))
        own = new_numbers(fitted, deployments, siblings, catalogue, draw=draw, rng=rng)
    record = {
        "observations": file.record["observations"],
        "kept_draws": len(own),
        "deployments": [_summary(layout, sketch) for layout in layouts],
        "predicted": _reason(scenario, layouts, sketch, catalogue),
    }
    names = [deployment_id(d) for d in deployments]
    digest = hashlib.sha256("\0".join([*made_of, *names]).encode()).hexdigest()
    return Posterior(scenario.model, _arrays(own, catalogue, rng), record, digest)


@lru_cache(maxsize=1)
def _learnt(source: _Source) -> Siblings:
    """Scenarios of one comparison, sweep or page mostly ask of one model; it takes up to 0.3 GB."""
    return learnt_from(source.sketch, source.catalogue, without=source.without)


def _stream(scenario: Scenario, catalogue: Catalogue) -> np.random.Generator:
    """Random numbers of what is described: its posterior is one, however often it is asked for.

    Two things described have two streams, or their ratio would have no uncertainty left.
    """
    asked = {"model": scenario.model, "hardware": scenario.hardware or ""}
    described = "\0".join(key for kind, key in asked.items() if catalogue.describes(kind, key))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(described.encode()).digest()))


def _arrays(own: Floats, catalogue: Catalogue, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    mean = own.mean(axis=0)
    run = [sample(catalogue.priors[f"run_sd_{name}"], len(own), rng=rng) for name in RUN_EFFECTS]
    return {
        "deployment_mean": mean,
        "deployment_deviation": own - mean,
        "run_sd": np.stack(run, axis=1),
    }


def _summary(layout: Layout, sketch: Sketch) -> dict[str, Any]:
    """As a fit states a deployment; loads and day are those of its siblings."""
    at = list(layout.siblings)
    loads, days = sketch.load_range[at], np.sort(sketch.median_day[at])
    return {
        "name": deployment_id(layout.deployment),
        "rows": 0,
        "disaggregated": layout.deployment.disaggregated,
        "load_min": float(loads[:, 0].min()),
        "load_max": float(loads[:, 1].max()),
        "load_max_by_lengths": {},
        "median_day": str(days[len(days) // 2]),
    }


def _reason(
    scenario: Scenario, layouts: tuple[Layout, ...], sketch: Sketch, catalogue: Catalogue
) -> str:
    """Say what was never benchmarked and what stands in; a dense model is told so."""
    siblings = {i for layout in layouts for i in layout.siblings}
    like = sorted({parse_deployment_id(sketch.deployments[i]).hardware for i in siblings})
    models = {parse_deployment_id(name).model for name in sketch.deployments}
    words: list[str] = []
    described = catalogue.describes("model", scenario.model)
    if described:
        words.append(
            f"{scenario.model} was never benchmarked: its cost is predicted from its size and from "
            f"{len(models)} other models"
        )
    if scenario.hardware is not None and catalogue.describes("hardware", scenario.hardware):
        words.append(
            f"{scenario.hardware} was never benchmarked: its cost is predicted from its peak "
            f"speeds, in layouts as on {', '.join(like)}"
        )
        vendor = catalogue.hardware[scenario.hardware].vendor
        if vendor.casefold() not in {catalogue.hardware[h].vendor.casefold() for h in like}:
            words.append(f"no accelerator of {vendor} was: its engines may be unlike all others")
    if described and catalogue.models[scenario.model].is_dense:
        words.append(
            "it is dense or nearly so, and nearly all that was benchmarked are mixtures of "
            "experts: do not trust the interval, for the only dense model among them, left "
            "out and predicted like this, was several times cheaper than predicted and nearly "
            "always outside"
        )
    return "; ".join(words)
