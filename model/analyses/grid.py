"""A grid of questions: every combination of what a file lists, and which can be answered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from wh_uncertainty.model.board_power.posterior import load_board_power
from wh_uncertainty.model.candidates import find_candidates
from wh_uncertainty.model.cost_posterior import load_cost_law
from wh_uncertainty.model.files.answers_file import read_answers_file
from wh_uncertainty.model.posterior import Posterior, posterior_directory, posterior_names
from wh_uncertainty.model.scenario import Scenario, ScenarioError, create_scenario
from wh_uncertainty.model.token_lengths.lengths import WorkloadError
from wh_uncertainty.model.workload import parse_workload
from wh_uncertainty.priors import Catalogue

__all__ = ["MAX_COMBINATIONS", "Grid", "find_gaps", "read_grid"]

#: At a tenth of a second each, hours on one core: more is a slip of the pen.
MAX_COMBINATIONS = 100_000

Values = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Grid:
    """All combinations of a grid file.

    Parameters
    ----------
    axes : tuple of str
        Keys with more than one value, in the order of the file.
    scenarios : tuple of Scenario
        The last axis varies fastest, the first slowest.
    """

    axes: tuple[str, ...]
    scenarios: tuple[Scenario, ...]


def read_grid(path: Path, catalogue: Catalogue) -> Grid:
    """Read a grid file: TOML with the fields of `Scenario` as keys, a list where one varies.

    Parameters
    ----------
    path : Path
    catalogue : Catalogue

    Returns
    -------
    Grid

    Raises
    ------
    ScenarioError
        Unreadable, too large, not UTF-8, malformed, an unknown key, a list that is empty or names
        something twice, more than `MAX_COMBINATIONS`, or an answer that `create_scenario` refuses.
    WorkloadError
        A workload cannot be understood.
    """
    values = {
        key: _values(path, key, value) for key, value in read_answers_file(path, "grid").items()
    }
    for key in ("model", "workload"):
        if key not in values:
            raise ScenarioError(
                f"{path}: no {key}; add `{key} = ...`, one name of `wh-uncertainty list {key}s` or "
                "a list of them"
            )
    n = math.prod(len(listed) for listed in values.values())
    if n > MAX_COMBINATIONS:
        sizes = " x ".join(f"{len(listed)}" for listed in values.values() if len(listed) > 1)
        raise ScenarioError(
            f"{path}: {sizes} = {n:,} combinations, at most {MAX_COMBINATIONS:,} are answered; "
            "shorten a list or split the grid"
        )
    scenarios = _scenarios(path, values, catalogue)
    _check_distinct(path, values, scenarios, catalogue)
    return Grid(tuple(key for key, listed in values.items() if len(listed) > 1), scenarios)


def find_gaps(
    scenarios: Sequence[Scenario], catalogue: Catalogue, posterior_dir: Path | None = None
) -> dict[int, str]:
    """Find the scenarios that nothing was benchmarked for.

    Parameters
    ----------
    scenarios : sequence of Scenario
    catalogue : Catalogue
    posterior_dir : Path, optional
        Default: the posteriors of the catalogue's release.

    Returns
    -------
    dict of str
        By position among the scenarios, why there is no answer.

    Raises
    ------
    PosteriorError
        A posterior is damaged, or that of board power missing: no gap, for nothing is known then.
    """
    directory = posterior_directory(posterior_dir, catalogue.release)
    load_board_power(directory)
    fitted = posterior_names(directory)

    @cache
    def cost(model: str) -> Posterior:
        return load_cost_law(model, directory)

    @cache
    def gap(asked: Scenario) -> str | None:
        if asked.model not in fitted:
            return (
                f"no posterior of {asked.model}; make one with `wh-uncertainty fit --model "
                f"{asked.model} --out DIR` and name it with --posterior DIR"
            )
        try:
            find_candidates(asked, cost(asked.model), catalogue)
        except ScenarioError as error:
            return str(error)
        return None

    found = ((i, gap(_what_serves(scenario))) for i, scenario in enumerate(scenarios))
    return {i: message for i, message in found if message is not None}


def _what_serves(s: Scenario) -> Scenario:
    """Keep what decides whether there is a deployment, which most of a grid have in common."""
    return Scenario(s.model, "", s.hardware, s.precision, s.deployment, concurrency=s.concurrency)


def _values(path: Path, key: str, value: Any) -> tuple[Any, ...]:
    known = [field.name for field in fields(Scenario)]
    if key not in known:
        raise ScenarioError(f"{path} [{key}]: unknown key; keys are {', '.join(sorted(known))}")
    listed: tuple[Any, ...] = tuple(value) if isinstance(value, list) else (value,)  # pyright: ignore
    if not listed:
        raise ScenarioError(f"{path} [{key}]: an empty list leaves nothing to ask; name a value")
    for one in listed:
        if isinstance(one, (dict, list, bool)):
            raise ScenarioError(
                f"{path} [{key}]: {one!r} must be a text or a number, or a list of them"
            )
    return listed


def _scenarios(path: Path, values: Values, catalogue: Catalogue) -> tuple[Scenario, ...]:
    try:
        return tuple(
            create_scenario(catalogue, **dict(zip(values, chosen, strict=True)))
            for chosen in product(*values.values())
        )
    except ScenarioError as error:
        raise ScenarioError(f"{path}: {error}") from error


def _check_distinct(
    path: Path, values: Values, scenarios: tuple[Scenario, ...], catalogue: Catalogue
) -> None:
    """Refuse two names of one thing, which would give two rows for one question."""
    stride = len(scenarios)
    for key, listed in values.items():
        stride //= len(listed)
        seen: dict[Any, Any] = {}
        for i, written in enumerate(listed):
            meant = getattr(scenarios[i * stride], key)
            if key == "workload":
                meant = _workload_name(path, meant, catalogue)
            if meant in seen:
                raise ScenarioError(
                    f"{path} [{key}]: {seen[meant]!r} and {written!r} are the same; keep one"
                )
            seen[meant] = written


def _workload_name(path: Path, text: str, catalogue: Catalogue) -> str:
    try:
        return parse_workload(text, catalogue.release).name
    except WorkloadError as error:
        raise WorkloadError(f"{path}: {error}") from error
