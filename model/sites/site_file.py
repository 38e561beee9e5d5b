"""A site file: a measurement, what was measured, and what was read for it; TOML."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from wh_uncertainty.model.context import prepare
from wh_uncertainty.model.files.answers_file import parse_answers, read_small_file
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.power import MEASURED_BOUNDARIES
from wh_uncertainty.model.scenario import Scenario, create_scenario
from wh_uncertainty.model.sites.measured_site import MeasuredSite
from wh_uncertainty.model.sites.measurement import Measurement
from wh_uncertainty.model.token_lengths.lengths import Lengths, Moments, Workload
from wh_uncertainty.priors import Catalogue

__all__ = ["load_site", "site_text"]

_TABLES = ("measurement", "tokens", "question", "made_from")
_CACHED_PRIOR = "cached_prior"
# The workload is stated in [tokens], the boundary in [measurement].
_ANSWERS = {f.name for f in fields(Scenario)} - {"workload", "boundary", "efficiency"}
_OPTIONAL = {"pue", "uncached_tok", _CACHED_PRIOR}


def site_text(site: MeasuredSite, made_from: Mapping[str, str]) -> str:
    """Write a measured site as a file that `load_site` reads.

    Parameters
    ----------
    site : MeasuredSite
    made_from : mapping of str to str
        Versions, and names and hashes of files.

    Returns
    -------
    str
    """
    context = site.context
    answers = {k: v for k, v in context.scenario.to_dict().items() if k in _ANSWERS}
    tokens = {**asdict(context.workload.moments), _CACHED_PRIOR: context.workload.cached_prior}
    tables: Mapping[str, Mapping[str, Any]] = {
        "measurement": asdict(site.measurement),
        "tokens": tokens,
        "question": answers,
        "made_from": made_from,
    }
    head = "# A measured site, for --site; written by `wh-uncertainty measure --save`.\n"
    return head + "".join(_table(name, table) for name, table in tables.items())


def _table(name: str, table: Mapping[str, Any]) -> str:
    lines = [f"{key} = {_value(value)}\n" for key, value in table.items() if value is not None]
    return f"\n[{name}]\n{''.join(lines)}"


def _value(value: str | float) -> str:
    if isinstance(value, str):
        import json  # a TOML basic string escapes as JSON does

        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return repr(value)


def load_site(path: Path, catalogue: Catalogue, posterior_dir: Path | None = None) -> MeasuredSite:
    """Read a site file and all that its measured scenario is made from.

    Parameters
    ----------
    path : Path
    catalogue : Catalogue
    posterior_dir : Path, optional

    Returns
    -------
    MeasuredSite

    Raises
    ------
    ScenarioError
        Unreadable, malformed, an unknown or missing key, or a value out of range.
    """
    written = read_small_file(path, "site")
    content = parse_answers(path, written)
    _check_keys(path, "", content, set(_TABLES), set(_TABLES))
    for name in _TABLES:
        if not isinstance(content[name], dict):
            raise ScenarioError(f"{path} [{name}]: must be a table")
    measurement = _measurement(path, content["measurement"])
    workload = _workload(path, content["tokens"], catalogue)
    _check_keys(path, "question.", content["question"], _ANSWERS, {"model"})
    scenario = create_scenario(
        catalogue,
        **content["question"],
        workload=workload.name,
        boundary=measurement.boundary,
    )
    context = prepare(scenario, catalogue, posterior_dir, workload)
    digest = hashlib.sha256(written).hexdigest()
    return MeasuredSite(measurement, context, path.name, digest)


def _check_keys(
    path: Path, within: str, table: Mapping[str, Any], known: set[str], needed: set[str]
) -> None:
    for key in table:
        if key not in known:
            listed = ", ".join(sorted(known))
            raise ScenarioError(f"{path} [{within}{key}]: unknown key; keys are {listed}")
    for key in sorted(needed - table.keys()):
        raise ScenarioError(f"{path} [{within}{key}]: is missing; save the site anew")


def _measurement(path: Path, table: Mapping[str, Any]) -> Measurement:
    known = {f.name for f in fields(Measurement)}
    _check_keys(path, "measurement.", table, known, known - _OPTIONAL)
    if table["boundary"] not in MEASURED_BOUNDARIES:
        raise ScenarioError(
            f"{path} [measurement.boundary]: {table['boundary']!r} is no place of a meter; use "
            f"{', '.join(MEASURED_BOUNDARIES)}"
        )
    least = {"pue": 1.0, "requests": 1.0}
    for key, value in table.items():
        if key != "boundary":
            _check_number(path, f"measurement.{key}", value, least.get(key, 0.0))
    return Measurement(**table)


def _workload(path: Path, table: Mapping[str, Any], catalogue: Catalogue) -> Workload:
    """Make a workload of moments alone: its mean query is exact, single ones are not asked for."""
    known = {f.name for f in fields(Moments)} | {_CACHED_PRIOR}
    _check_keys(path, "tokens.", table, known, known - _OPTIONAL)
    cached_prior = table.get(_CACHED_PRIOR)
    if cached_prior is not None and cached_prior not in catalogue.priors:
        raise ScenarioError(f"{path} [tokens.{_CACHED_PRIOR}]: {cached_prior!r} is no prior")
    numbers: dict[str, Any] = {k: value for k, value in table.items() if k != _CACHED_PRIOR}
    for key, value in numbers.items():
        _check_number(path, f"tokens.{key}", value, 0.0)
    numbers.setdefault("uncached_tok", None)
    moments = Moments(**numbers)

    def draw(n: int, _: np.random.Generator) -> Lengths:
        uncached = None if moments.uncached_tok is None else np.full(n, moments.uncached_tok)
        return Lengths(np.full(n, moments.isl_tok), uncached, np.full(n, moments.osl_tok))

    return Workload(
        f"measured at {path.name}", "measured requests", "trace", moments, draw, cached_prior
    )


def _check_number(path: Path, key: str, value: object, least: float) -> None:
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
    if not math.isfinite(number) or number < least or number == 0:
        at_least = f"at least {least:g}" if least else "above 0"
        raise ScenarioError(f"{path} [{key}]: {value!r} must be a number {at_least}")
