"""What a briefing is about: scenarios with names, and how often each is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from wh_uncertainty.model.files.answers_file import parse_answers, read_small_file
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.scenario import check_answers

__all__ = [
    "MAX_SCENARIOS",
    "BriefingPlan",
    "PlannedScenario",
    "check_activities",
    "read_briefing",
]

#: A page holds no more that anybody would read; `sweep` answers more.
MAX_SCENARIOS = 50

_TEXTS = ("title", "organisation", "period")
_NUMBERS = {
    "queries_per_year": (1e18, "queries a year"),
    "market_based_g_per_kwh": (1e4, "gCO2e/kWh, of the contract"),
}
_EXAMPLE = 'add [[scenario]] with name = "...", model = "..." and workload = "..."'


@dataclass(frozen=True, slots=True)
class PlannedScenario:
    """One scenario of a briefing.

    Parameters
    ----------
    name : str
    answers : mapping
        As of a scenario file (`read_scenario`).
    queries_per_year : float or None
        Activity, for totals.
    market_based_g_per_kwh : float or None
        Emission factor that the provider's electricity contracts state [gCO2e/kWh].
    """

    name: str
    answers: Mapping[str, Any]
    queries_per_year: float | None
    market_based_g_per_kwh: float | None


@dataclass(frozen=True, slots=True)
class BriefingPlan:
    """A briefing that is to be made.

    Parameters
    ----------
    title, organisation, period : str or None
        As the file states them.
    shared : tuple of str or None
        What the scenarios have in common, as `shared_groups` reads it.
    scenarios : tuple of PlannedScenario
    file_sha256 : str
        Of the bytes that were parsed.
    """

    title: str | None
    organisation: str | None
    period: str | None
    shared: tuple[str, ...] | None
    scenarios: tuple[PlannedScenario, ...]
    file_sha256: str


def read_briefing(path: Path) -> BriefingPlan:
    """Read a file of scenarios.

    TOML with ``title``, ``organisation``, ``period``, ``shared``; a table ``[common]`` with
    answers that hold for all; and an array ``[[scenario]]`` with ``name``, answers, and perhaps
    ``queries_per_year`` and ``market_based_g_per_kwh``.

    Parameters
    ----------
    path : Path

    Returns
    -------
    BriefingPlan

    Raises
    ------
    ScenarioError
        Unreadable, too large, not UTF-8, malformed, an unknown key, or a value that breaks a rule.
    """
    written = read_small_file(path, "briefing")
    content = parse_answers(path, written)
    common = content.pop("common", {})
    tables = content.pop("scenario", [])
    shared = _shared(path, content.pop("shared", None))
    texts = {key: _text(path, key, content.pop(key, None)) for key in _TEXTS}
    if content:
        known = ", ".join((*_TEXTS, "shared", "common", "scenario"))
        raise ScenarioError(f"{path} [{next(iter(content))}]: unknown key; keys are {known}")
    if not _is_table(common):
        raise ScenarioError(f"{path} [common]: must be a table of answers")
    if not isinstance(tables, list) or not tables or not all(map(_is_table, tables)):  # pyright: ignore
        raise ScenarioError(f"{path}: no scenarios; {_EXAMPLE}")
    if len(tables) > MAX_SCENARIOS:  # pyright: ignore[reportUnknownArgumentType]
        raise ScenarioError(
            f"{path}: {len(tables)} scenarios, at most {MAX_SCENARIOS} are reported; "  # pyright: ignore
            "split the file, or use `wh-uncertainty sweep`"
        )
    check_answers(path, {k: v for k, v in common.items() if k not in _NUMBERS}, "common.")
    scenarios = tuple(_scenario(path, k, {**common, **own}) for k, own in enumerate(tables))  # pyright: ignore
    _check_distinct(path, scenarios)
    digest = sha256(written).hexdigest()
    return BriefingPlan(**texts, shared=shared, scenarios=scenarios, file_sha256=digest)


def check_activities(path: Path, plan: BriefingPlan) -> None:
    """Refuse scenarios that are no activity, before the work is done.

    Parameters
    ----------
    path : Path
        Of the file, for errors.
    plan : BriefingPlan

    Raises
    ------
    ScenarioError
        A scenario does not say how often it is asked.
    """
    for position, scenario in enumerate(plan.scenarios, start=1):
        if not scenario.queries_per_year:
            stated = "is missing" if scenario.queries_per_year is None else "is 0"
            raise ScenarioError(
                f"{path} [scenario {position}.queries_per_year]: {stated}; each scenario of an "
                "annex is an activity; state a number above 0, or take the scenario out"
            )


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _scenario(path: Path, position: int, table: dict[str, Any]) -> PlannedScenario:
    where = f"scenario {position + 1}"
    name = _text(path, f"{where}.name", table.pop("name", None))
    if name is None:
        raise ScenarioError(f'{path} [{where}.name]: is missing; add name = "..."')
    numbers = {key: _number(path, f"{where}.{key}", key, table.pop(key, None)) for key in _NUMBERS}
    answers = check_answers(path, table, f"{where}.", also=("name", *_NUMBERS))
    return PlannedScenario(name, answers, **numbers)


def _text(path: Path, key: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise ScenarioError(
            f"{path} [{key}]: {value!r} must be a text that says something, in quotes"
        )
    return value.strip()


def _number(path: Path, where: str, key: str, value: object) -> float | None:
    highest, meaning = _NUMBERS[key]
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= highest:
        return float(value)
    raise ScenarioError(
        f"{path} [{where}]: {value!r} must be a number from 0 to {highest:g} ({meaning})"
    )


def _shared(path: Path, value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(name, str) for name in value):  # pyright: ignore
        return tuple(value)  # pyright: ignore
    raise ScenarioError(f"{path} [shared]: {value!r} must be a name or a list of names")


def _check_distinct(path: Path, scenarios: tuple[PlannedScenario, ...]) -> None:
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise ScenarioError(f"{path}: two scenarios are named {name!r}; give each its own name")
