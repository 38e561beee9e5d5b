"""TOML tables to priors and records, and the rules that need more than one table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wh_uncertainty.priors.elicit import solved
from wh_uncertainty.priors.records import REGION_QUANTITIES, Hardware, ModelCard
from wh_uncertainty.priors.spec import DEFAULT_TOLERANCE, PriorError, PriorSpec, Source
from wh_uncertainty.priors.tables import (
    Field,
    did_you_mean,
    integer,
    interval,
    number,
    numbers,
    read_table,
    table_of,
    text,
    texts,
)

__all__ = [
    "GROUPS",
    "HARDWARE_FIELDS",
    "MODEL_FIELDS",
    "Release",
    "add_table",
    "check_references",
    "parse_prior",
    "parse_source",
]

GROUPS = ("hardware", "model", "region", "quantity")
"""Top-level tables that hold records; every other one is a prior."""

_SOURCE: Mapping[str, Field] = {
    "title": (text, True),
    "author": (text, True),
    "date": (text, True),
    "where": (text, True),
    "access": (text, True),
}
_PRIOR: Mapping[str, Field] = {
    "unit": (text, True),
    "support": (interval, True),
    "family": (text, True),
    "shift": (number, False),
    "quantiles": (numbers, False),
    "value": (number, False),
    "shares": (numbers, False),
    "concentration": (number, False),
    "tolerance": (number, False),
    "kind": (text, True),
    "source": (texts, False),
    "locator": (text, False),
    "rationale": (text, True),
    "applies": (text, False),
}
HARDWARE_FIELDS: Mapping[str, Field] = {
    "name": (text, True),
    "vendor": (text, True),
    "aliases": (texts, True),
    "tdp_w": (number, True),
    "bf16_dense_tflops": (number, True),
    "fp8_dense_tflops": (number, True),
    "fp4_dense_tflops": (number, False),
    "hbm_gb": (number, True),
    "hbm_tbps": (number, True),
    "provisioned_2025_12_kw": (number, True),
    "provisioned_2026_07_kw": (number, True),
    "source": (texts, True),
    "locator": (text, True),
    "note": (text, False),
}
MODEL_FIELDS: Mapping[str, Field] = {
    "name": (text, True),
    "aliases": (texts, True),
    "total_params_b": (number, True),
    "active_params_b": (number, True),
    "layers": (integer, True),
    "kv_bytes_per_token_bf16": (number, False),
    "native_precision": (text, True),
    "precision_order": (texts, True),
    "attention": (text, True),
    "cache_prior": (text, False),
    "status": (text, True),
    "source": (texts, True),
    "price_usd_per_mtok_input": (number, False),
    "price_usd_per_mtok_output": (number, False),
    "price_source": (texts, False),
    "price_locator": (text, False),
}
_REGION: Mapping[str, Field] = {
    "name": (text, True),
    "zone": (text, True),
    "aliases": (texts, True),
    "year": (integer, True),
    "carbon_direct_g_per_kwh": (number, False),
    "carbon_direct_source": (texts, False),
}


@dataclass(slots=True)
class Release:
    """The tables of one release while it is put together.

    Attributes
    ----------
    quantities
        Keys shared by the region priors of one quantity (unit, support, family, ...); their
        tables come first, because file names are read in order.
    regions
        Region facts by key; their priors stand in ``priors`` as ``region.<key>.<quantity>``.
    """

    references: dict[str, Source] = field(default_factory=dict[str, Source])
    priors: dict[str, PriorSpec] = field(default_factory=dict[str, PriorSpec])
    hardware: dict[str, Hardware] = field(default_factory=dict[str, Hardware])
    models: dict[str, ModelCard] = field(default_factory=dict[str, ModelCard])
    regions: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    quantities: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])


def add_table(release: Release, name: str, table: object) -> None:
    """Parse one top-level table of a release file into ``release``."""
    if name not in GROUPS:
        _add_prior(release, parse_prior(name, table))
        return
    for key, entry in table_of(f"[{name}]", table).items():
        if name == "hardware":
            values = read_table(f"hardware.{key}", entry, HARDWARE_FIELDS)
            release.hardware[key] = Hardware(key=key, **values)
        elif name == "model":
            values = read_table(f"model.{key}", entry, MODEL_FIELDS)
            release.models[key] = ModelCard(key=key, **values)
        elif name == "quantity":
            release.quantities[key] = table_of(f"[quantity.{key}]", entry)
        else:
            _add_region(release, key, table_of(f"[region.{key}]", entry))


def parse_source(key: str, table: object) -> Source:
    """Return one record of a references file."""
    return Source(key=key, **read_table(key, table, _SOURCE))


def parse_prior(name: str, table: object, shared: Mapping[str, Any] | None = None) -> PriorSpec:
    """Return a checked prior with solved parameters.

    Parameters
    ----------
    name
        Name of the prior.
    table
        Its TOML table.
    shared
        Keys that stand once for several priors; the table may replace them.

    Raises
    ------
    PriorError
        If a rule is broken.
    """
    own, common = table_of(f"[{name}]", table), dict(shared or {})
    if own.get("family", common.get("family")) != common.get("family"):
        common.pop("shift", None)  # it belongs to the family that is replaced
    values = read_table(name, {**common, **own}, _PRIOR)
    spec = PriorSpec(
        name=name,
        unit=values["unit"],
        support=values["support"],
        family=values["family"],
        shift=values.get("shift", 0.0),
        quantiles=values.get("quantiles", {}),
        parameters=_stated_parameters(name, values),
        tolerance=values.get("tolerance", DEFAULT_TOLERANCE),
        kind=values["kind"],
        source=values.get("source", ()),
        locator=values.get("locator", ""),
        rationale=values["rationale"],
        applies=values.get("applies", ""),
    )
    return solved(spec)


def region_tables(table: Mapping[str, object]) -> dict[str, object]:
    """Return the prior tables inside a region table, by quantity."""
    return {quantity: table[quantity] for quantity in REGION_QUANTITIES if quantity in table}


def check_references(release: Release) -> list[str]:
    """Return a finding for each name that leads nowhere: citation, prior or hardware label."""
    cited = {f"[{spec.name}].source": spec.source for spec in release.priors.values()}
    cited |= {f"[hardware.{h.key}].source": h.source for h in release.hardware.values()}
    for card in release.models.values():
        cited[f"[model.{card.key}].source"] = (*card.source, *card.price_source)
    for key, facts in release.regions.items():
        cited[f"[region.{key}].carbon_direct_source"] = facts.get("carbon_direct_source", ())
    findings = [
        f"{where}: {key!r} has no record; add [{key}] to references.toml, or"
        f" {did_you_mean(key, release.references)}"
        for where, keys in cited.items()
        for key in keys
        if key not in release.references
    ]
    findings += [
        f"[model.{card.key}].cache_prior: {card.cache_prior!r} is not a known prior;"
        f" {did_you_mean(card.cache_prior, release.priors)}"
        for card in release.models.values()
        if card.cache_prior not in release.priors
    ]
    for spec in release.priors.values():
        if spec.family == "dirichlet":
            findings += [
                f"[{spec.name}].shares.{label}: is not a known hardware;"
                f" {did_you_mean(label, release.hardware)}"
                for label in spec.parameters
                if label not in release.hardware
            ]
    return findings


def _add_prior(release: Release, spec: PriorSpec) -> None:
    if spec.name in release.priors:
        raise PriorError(f"[{spec.name}]: is stated in two files; keep one")
    release.priors[spec.name] = spec


def _add_region(release: Release, key: str, table: dict[str, object]) -> None:
    facts = {name: value for name, value in table.items() if name not in REGION_QUANTITIES}
    release.regions[key] = read_table(f"region.{key}", facts, _REGION)
    for quantity, entry in region_tables(table).items():
        shared = release.quantities.get(quantity)
        _add_prior(release, parse_prior(f"region.{key}.{quantity}", entry, shared))


def _stated_parameters(name: str, values: Mapping[str, Any]) -> dict[str, float]:
    """Return the parameters of the two families that have no quantiles."""
    family = values["family"]
    for key, owner in (("value", "fixed"), ("shares", "dirichlet"), ("concentration", "dirichlet")):
        if key in values and family != owner:
            raise PriorError(f"[{name}].{key}: belongs to the family {owner}, not {family}")
    if family == "fixed" and "value" in values:
        return {"value": values["value"]}
    if family == "dirichlet" and {"shares", "concentration"} <= set(values):
        shares: dict[str, float] = values["shares"]
        if not math.isclose(math.fsum(shares.values()), 1, abs_tol=1e-9):
            total = math.fsum(shares.values())
            raise PriorError(f"[{name}].shares: sum to {total:.6g}; shares sum to 1")
        return {key: share * values["concentration"] for key, share in shares.items()}
    return {}
