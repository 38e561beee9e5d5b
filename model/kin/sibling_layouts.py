"""How a model that was never benchmarked would be deployed: as others are on like hardware."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wh_uncertainty.model.deployment import Deployment, deployment_id, parse_deployment_id
from wh_uncertainty.model.kin.sketch import Sketch
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.roofline import ln_roofline, weight_gb
from wh_uncertainty.model.scenario import Scenario
from wh_uncertainty.priors import Catalogue

__all__ = ["Layout", "likely_layouts"]

# All but ten of the 1,120 benchmarked deployments keep to it; those load weights of mixed formats,
# or fill 93 % of their memory.
_USABLE_MEMORY = 0.9
_NODE_GPUS = 8  # where a source does not say
_COMMON = 2  # a layout that so many models share is no model's own


@dataclass(frozen=True, slots=True)
class Layout:
    """A deployment that may serve the model, and those that are laid out alike.

    Parameters
    ----------
    deployment : Deployment
    siblings : tuple of int
        Positions in the sketch.
    """

    deployment: Deployment
    siblings: tuple[int, ...]


def likely_layouts(scenario: Scenario, sketch: Sketch, catalogue: Catalogue) -> tuple[Layout, ...]:
    """Find layouts for each accelerator in its first number format: those that models share.

    Formats are tried in the order of the model, and where it has rows, only those it was served in.
    Weights must fit: ``parameters x bytes <= 0.9 x GPUs x memory``, in each pool of a disaggregated
    one. Where no two models share a layout, all count. A model decodes speculatively only as its
    own rows or its specification say that it can. An accelerator that was never benchmarked takes
    the layouts of the one with the nearest roofline, of its own vendor if there is one.

    Parameters
    ----------
    scenario : Scenario
    sketch : Sketch
        Of the deployments that were benchmarked.
    catalogue : Catalogue

    Returns
    -------
    tuple of Layout
        In the order of their names.

    Raises
    ------
    ScenarioError
        Nothing of the kind was benchmarked, or the weights fit nowhere.
    """
    seen = [parse_deployment_id(name) for name in sketch.deployments]
    formats = _formats(scenario, seen, catalogue)
    targets = {d.hardware for d in seen} if scenario.hardware is None else {scenario.hardware}
    found: dict[Deployment, tuple[int, ...]] = {}
    for hardware in targets:
        for precision in formats:
            groups = _groups(scenario.model, hardware, precision, seen, catalogue)
            chosen = _chosen(groups, seen, scenario.deployment)
            found |= chosen
            if chosen:
                break
    if not found:
        raise ScenarioError(_nothing_fits(scenario, formats))
    return tuple(Layout(d, found[d]) for d in sorted(found, key=deployment_id))


def _formats(
    scenario: Scenario, seen: Sequence[Deployment], catalogue: Catalogue
) -> tuple[str, ...]:
    """Return the formats to look for, in order; of a model with rows, those it was served in."""
    if scenario.precision is not None:
        return (scenario.precision,)
    own = {d.precision for d in seen if d.model == scenario.model}
    order = catalogue.models[scenario.model].precision_order
    return tuple(precision for precision in order if precision in own or not own)


def _groups(
    model: str, hardware: str, precision: str, seen: Sequence[Deployment], catalogue: Catalogue
) -> dict[Deployment, tuple[int, ...]]:
    """Return the layouts that hold the weights, with those who were benchmarked in them."""
    donor = _donor(model, hardware, precision, seen, catalogue)
    card = catalogue.models[model]
    decoding = {"none", *card.speculation, *(d.spec_decoding for d in seen if d.model == model)}
    groups: defaultdict[Deployment, list[int]] = defaultdict(list)
    for i, d in enumerate(seen):
        if (d.hardware, d.precision) == (donor, precision) and d.spec_decoding in decoding:
            groups[replace(d, model=model, hardware=hardware)].append(i)
    return {d: tuple(at) for d, at in groups.items() if _fits(d, catalogue)}


def _donor(
    model: str, hardware: str, precision: str, seen: Sequence[Deployment], catalogue: Catalogue
) -> str | None:
    """Return the accelerator whose layouts are taken: itself, or the most similar one."""
    donors = sorted({d.hardware for d in seen if d.precision == precision})
    if not catalogue.describes("hardware", hardware) or not donors:
        return hardware
    vendor = catalogue.hardware[hardware].vendor.casefold()
    own = [h for h in donors if catalogue.hardware[h].vendor.casefold() == vendor]
    wanted = ln_roofline(catalogue, model, hardware, precision)

    def distance(other: str) -> float:
        apart = ln_roofline(catalogue, model, other, precision) - wanted
        return float(np.linalg.norm(apart))

    return min(own or donors, key=distance)


def _fits(d: Deployment, catalogue: Catalogue) -> bool:
    gpus = min(d.prefill_gpus or _NODE_GPUS, d.decode_gpus or _NODE_GPUS)
    gpus = gpus if d.disaggregated else d.gpus or _NODE_GPUS
    room = _USABLE_MEMORY * gpus * catalogue.hardware[d.hardware].hbm_gb
    return weight_gb(catalogue, d.model, d.precision) <= room


def _chosen(
    fitting: dict[Deployment, tuple[int, ...]], seen: Sequence[Deployment], pinned: str | None
) -> dict[Deployment, tuple[int, ...]]:
    if pinned is not None:
        return {d: at for d, at in fitting.items() if deployment_id(d) == pinned}
    common = {d: at for d, at in fitting.items() if len({seen[i].model for i in at}) >= _COMMON}
    return common or fitting


def _nothing_fits(scenario: Scenario, formats: Sequence[str]) -> str:
    what = scenario.deployment or f"{scenario.model} in {' or '.join(formats)}"
    where = "" if scenario.hardware is None else f" on {scenario.hardware}"
    return (
        f"{what}: no layout of another model{where} holds its weights in this format; ask for "
        "another --precision or --hardware, or check total_params_b in the specification"
    )
