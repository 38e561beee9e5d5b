"""What is asked: one question about one model, frozen and validated."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from wh_uncertainty.model.deployment import deployment_id, parse_deployment_id
from wh_uncertainty.model.files.answers_file import read_answers_file
from wh_uncertainty.model.names import ScenarioError, canonical_name, model_named
from wh_uncertainty.model.power import BOUNDARIES
from wh_uncertainty.model.shares import read_share
from wh_uncertainty.priors import Catalogue
from wh_uncertainty.priors.names import close_names
from wh_uncertainty.priors.records import PRECISIONS

__all__ = [
    "EFFORTS",
    "PRECISIONS",
    "PROVIDERS",
    "Scenario",
    "ScenarioError",
    "check_answers",
    "create_scenario",
    "plain_answers",
    "read_scenario",
]

PROVIDERS = ("any", "first-party", "third-party", "low-traffic")
_SPECS = ("model_spec", "hardware_spec")
EFFORTS = ("low", "medium", "high")
_CHOICES = {"precision": PRECISIONS, "provider": PROVIDERS, "boundary": BOUNDARIES}
_SHARES = ("efficiency", "cached_share")

# The first benchmark rows, and two years after the newest: monthly drift compounds.
_FIRST_DAY = datetime.date(2025, 8, 1)
_LAST_DAY = datetime.date(2028, 9, 30)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One question; ``None`` means unknown, then drawn from its prior.

    Use `create_scenario`, which checks and canonicalises every answer.

    Parameters
    ----------
    model, workload : str
        Canonical model; workload as `parse_workload` reads it.
    hardware, precision, deployment : str, optional
    interactivity_tok_s : float, optional
        Output tokens per second that one user sees.
    concurrency : float, optional
        Requests in flight on the pinned deployment; replaces interactivity.
    efficiency : float, optional
        Production over benchmark throughput.
    provider, region, boundary : str
    cached_share : float, optional
        Share of the prompt served from a prefix cache.
    effort : str, optional
        Reasoning effort, or a factor on output length as a number.
    as_of : str, optional
        Day (YYYY-MM-DD) to which engine improvement is extrapolated.
    """

    model: str
    workload: str
    hardware: str | None = None
    precision: str | None = None
    deployment: str | None = None
    interactivity_tok_s: float | None = None
    concurrency: float | None = None
    efficiency: float | None = None
    provider: str = "any"
    region: str | None = None
    boundary: str = "facility"
    cached_share: float | None = None
    effort: str | None = None
    as_of: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def create_scenario(catalogue: Catalogue, **answers: Any) -> Scenario:
    """Check answers and bring them into canonical form.

    Parameters
    ----------
    catalogue : Catalogue
    **answers
        Fields of `Scenario`; absent and ``None`` mean unknown. Names are forgiving: ``dsr1``,
        ``openai/gpt-oss-120b``, ``B200``.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        An answer is unknown, out of range or contradicts another.
    """
    given = {key: value for key, value in answers.items() if value is not None}
    unknown = sorted(set(given) - {field.name for field in fields(Scenario)})
    if unknown:
        known = ", ".join(field.name for field in fields(Scenario))
        raise ScenarioError(f"scenario key {unknown[0]!r} is unknown; keys are {known}")
    for key in ("model", "workload"):
        if not str(given.get(key, "")).strip():
            raise ScenarioError(f"scenario needs a {key}; give --{key} or a key in the file")
    given["model"] = model_named(catalogue, str(given["model"]), or_described=True)
    given["workload"] = str(given["workload"])
    _catalogue_names(catalogue, given)
    given = plain_answers(given)
    _check_deployment(given)
    return Scenario(**given)


def plain_answers(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Check the answers that no catalogue is needed for: choices, numbers and a day.

    Parameters
    ----------
    answers : mapping
        For `create_scenario`; others stay as they are.

    Returns
    -------
    dict
        In canonical form.

    Raises
    ------
    ScenarioError
        One is not among its choices, or out of its range.
    """
    given = dict(answers)
    for key, names in _CHOICES.items():
        if key in given:
            choices = {name: () for name in names}
            given[key] = canonical_name(
                key, str(given[key]), choices, "wh-uncertainty simulate --help"
            )
    if "effort" in given:
        given["effort"] = _effort(given["effort"])
    _check_numbers(given)
    _check_day(given)
    return given


def read_scenario(path: Path) -> dict[str, Any]:
    """Read a scenario file: TOML with the fields of `Scenario` as keys.

    ``model_spec`` and ``hardware_spec`` name files that describe a model and an accelerator
    (`with_specs`), from where the scenario file is.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict
        Answers for `create_scenario`, and those files.

    Raises
    ------
    ScenarioError
        Unreadable, too large, not UTF-8, malformed, or with unknown keys.
    """
    return check_answers(path, read_answers_file(path, "scenario"))


def check_answers(
    path: Path, answers: Mapping[str, Any], within: str = "", also: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Check the keys of answers that a file holds, and find the files that it names.

    Parameters
    ----------
    path : Path
    answers : mapping
    within : str
        Where in the file they are, for errors.
    also : tuple of str
        Keys that stand beside them, for errors.

    Returns
    -------
    dict
        The same, with ``model_spec`` and ``hardware_spec`` from where the file is.

    Raises
    ------
    ScenarioError
        An unknown key, or a value that is neither text nor number.
    """
    known = {*(field.name for field in fields(Scenario)), *_SPECS}
    for key, value in answers.items():
        where = f"{path} [{within}{key}]"
        if key not in known:
            near = close_names(key, [*known, *also], most=1)
            hint = f"did you mean {near[0]}? " if near else ""
            listed = ", ".join(sorted({*known, *also}))
            raise ScenarioError(f"{where}: unknown key; {hint}keys are {listed}")
        if isinstance(value, (dict, list, bool)):
            raise ScenarioError(f"{where}: {value!r} must be a text or a number")
    specs = {key: path.parent / str(answers[key]) for key in _SPECS if key in answers}
    return {**answers, **specs}


def _catalogue_names(catalogue: Catalogue, given: dict[str, Any]) -> None:
    listing = {"hardware": "wh-uncertainty list hardware", "region": "wh-uncertainty list regions"}
    for key, records in (("hardware", catalogue.hardware), ("region", catalogue.regions)):
        if key in given:
            names = {name: record.aliases for name, record in records.items()}
            given[key] = canonical_name(key, str(given[key]), names, listing[key])


def _effort(value: object) -> str:
    text = str(value).strip().casefold()
    if text in EFFORTS:
        return text
    factor = _number("effort", value, f"{', '.join(EFFORTS)} or a positive factor")
    if not 0 < factor <= 1000:
        raise ScenarioError(f"effort {value!r}: a factor must be above 0 and at most 1000")
    return repr(factor)


_RANGES = {
    "interactivity_tok_s": (0.0, 1e5, "output tokens per second of one user"),
    "concurrency": (0.0, 1e7, "requests in flight on the deployment"),
    "efficiency": (0.0, 10.0, "production over benchmark throughput, as 0.4 or 40%"),
}


def _check_numbers(given: dict[str, Any]) -> None:
    for key, (low, high, meaning) in _RANGES.items():
        if key in given:
            given[key] = _number(key, given[key], meaning)
            if not low < given[key] <= high:
                raise ScenarioError(
                    f"{key} {given[key]!r}: must lie above {low:g} and at most {high:g} ({meaning})"
                )
    if "cached_share" in given:
        share = _number("cached_share", given["cached_share"], "a share, as 0.4 or 40%")
        given["cached_share"] = share
        if not 0 <= share <= 1:
            raise ScenarioError(f"cached_share {share!r}: must lie between 0 and 1")


def _number(key: str, value: Any, meaning: str) -> float:
    try:
        number = read_share(value) if key in _SHARES else float(value)
    except OverflowError:
        raise ScenarioError(f"{key}: an integer too large to count with; give {meaning}") from None
    except (TypeError, ValueError):
        raise ScenarioError(f"{key} {value!r}: not a number; give {meaning}") from None
    if not math.isfinite(number):
        raise ScenarioError(f"{key} {value!r}: must be finite; give {meaning}")
    return number


def _check_deployment(given: dict[str, Any]) -> None:
    if "concurrency" in given and "deployment" not in given:
        raise ScenarioError("concurrency needs a deployment; pin one with --deployment")
    if "concurrency" in given and "interactivity_tok_s" in given:
        raise ScenarioError("concurrency and interactivity both fix the load; give one of them")
    if "deployment" not in given:
        return
    try:
        pinned = parse_deployment_id(str(given["deployment"]))
    except ValueError as error:
        raise ScenarioError(str(error)) from None
    given["deployment"] = deployment_id(pinned)
    for key in ("model", "hardware", "precision"):
        stated = getattr(pinned, key)
        if given.setdefault(key, stated) != stated:
            raise ScenarioError(f"deployment has {key} {stated!r}, asked was {given[key]!r}")


def _check_day(given: dict[str, Any]) -> None:
    if "as_of" not in given:
        return
    try:
        day = datetime.date.fromisoformat(str(given["as_of"]))
    except ValueError:
        raise ScenarioError(f"as_of {given['as_of']!r}: not a day; write YYYY-MM-DD") from None
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ScenarioError(
            f"as_of {day}: software is taken to improve steadily, which says nothing outside "
            f"{_FIRST_DAY} to {_LAST_DAY}; name a day between"
        )
    given["as_of"] = str(day)
