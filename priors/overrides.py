"""A user's own priors: each table replaces one prior of the release."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from wh_uncertainty.priors.files import REFERENCES, parse_toml
from wh_uncertainty.priors.parse import GROUPS, parse_prior, parse_source
from wh_uncertainty.priors.spec import FAMILIES, NEVER, PriorError, PriorSpec, Source
from wh_uncertainty.priors.tables import did_you_mean, table_of

__all__ = ["collect_overrides", "parse_overrides"]

# What these words begin is read by its parameters: by the fit, and by what a meter tells.
_FITTED = ("fit", "measure")

Found = tuple[dict[str, PriorSpec], dict[str, Source]]


def parse_overrides(
    files: Mapping[str, bytes],
    base: Mapping[str, PriorSpec],
    quantities: Mapping[str, Mapping[str, Any]],
    references: Mapping[str, Source],
) -> Found:
    """Return the user's priors and sources.

    Parameters
    ----------
    files
        Bytes of the user's TOML files by name.
    base
        Priors of the release.
    quantities
        Keys shared by the region priors of one quantity.
    references
        Sources of the release.

    Raises
    ------
    PriorError
        At the first broken rule.
    """

    def stop(finding: str) -> None:
        raise PriorError(finding)

    return collect_overrides(files, base, quantities, references, stop)


def collect_overrides(
    files: Mapping[str, bytes],
    base: Mapping[str, PriorSpec],
    quantities: Mapping[str, Mapping[str, Any]],
    references: Mapping[str, Source],
    report: Callable[[str], None],
) -> Found:
    """Return what ``parse_overrides`` returns, telling every finding to ``report``."""
    tables: dict[str, dict[str, object]] = {}
    for name in sorted(files):
        try:
            tables[name] = parse_toml(name, files[name])
        except PriorError as error:
            report(str(error))
    sources = _sources(tables.pop(REFERENCES, {}), references, report)
    priors: dict[str, PriorSpec] = {}
    for file, content in tables.items():
        for name, table in _named_tables(file, content, report):
            try:
                priors[name] = _override(name, table, base, quantities, priors)
                _check_cited(priors[name], {**references, **sources})
            except PriorError as error:
                report(f"{file} {error}")
    if not any(tables.values()) and len(tables) == len(files.keys() - {REFERENCES}):
        report(f"{', '.join(files)}: no prior is replaced; name a table like one of the release")
    return priors, sources


def _sources(
    tables: Mapping[str, object], taken: Mapping[str, Source], report: Callable[[str], None]
) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for key, table in tables.items():
        try:
            if key in taken:
                raise PriorError(f"[{key}]: is a source of the release; choose another key")
            sources[key] = parse_source(key, table)
        except PriorError as error:
            report(f"{REFERENCES} {error}")
    return sources


def _named_tables(
    file: str, content: Mapping[str, object], report: Callable[[str], None]
) -> Iterator[tuple[str, object]]:
    """Yield each table with the name of the prior it is about."""
    for name, table in content.items():
        if name == "region":
            for key, quantities in table_of("[region]", table).items():
                for quantity, entry in table_of(f"[region.{key}]", quantities).items():
                    yield f"region.{key}.{quantity}", entry
        elif name in GROUPS:
            report(f"{file} [{name}]: holds facts; only priors can be replaced, remove the table")
        else:
            yield name, table


def _override(
    name: str,
    table: object,
    base: Mapping[str, PriorSpec],
    quantities: Mapping[str, Mapping[str, Any]],
    already: Mapping[str, PriorSpec],
) -> PriorSpec:
    if name not in base:
        raise PriorError(f"[{name}]: is not a prior of the release; {did_you_mean(name, base)}")
    if base[name].applies.startswith(NEVER):
        raise PriorError(f"[{name}]: no answer reads it, {base[name].applies}; leave it out")
    if name in already:
        raise PriorError(f"[{name}]: is stated in two files; keep one")
    shared = quantities.get(name.rpartition(".")[2]) if name.startswith("region.") else None
    spec = parse_prior(name, table, shared)
    if spec.unit != base[name].unit:
        raise PriorError(
            f"[{name}].unit: {spec.unit!r} is not the unit {base[name].unit!r} of the release;"
            " convert the quantiles"
        )
    _check_family(spec, base[name])
    if base[name].family == "dirichlet":
        _check_labels(spec, base[name])
    return spec


def _check_family(spec: PriorSpec, base: PriorSpec) -> None:
    """Refuse a family that nobody reads: not all priors are drawn from, some are parameters."""
    is_parameter = base.family in ("fixed", "dirichlet") or base.applies.startswith(_FITTED)
    readable: tuple[str, ...] = (base.family,)
    if base.name.startswith("host_w_"):
        readable = ("lognormal", "fixed")
    elif base.name.startswith("effort_") or not is_parameter:
        readable = tuple(family for family in FAMILIES if family != "dirichlet")
    if spec.family not in readable:
        raise PriorError(
            f"[{spec.name}].family: {spec.family!r} cannot stand for {base.family!r}; state it as "
            f"{' or '.join(readable)}"
        )


def _check_labels(spec: PriorSpec, base: PriorSpec) -> None:
    for label in spec.parameters:
        if label not in base.parameters:
            raise PriorError(
                f"[{spec.name}].shares.{label}: is not a known hardware;"
                f" {did_you_mean(label, base.parameters)}"
            )


def _check_cited(spec: PriorSpec, references: Mapping[str, Source]) -> None:
    for key in spec.source:
        if key not in references:
            raise PriorError(
                f"[{spec.name}].source: {key!r} has no record; add [{key}] to a references.toml"
                f" beside it, or {did_you_mean(key, references)}"
            )
