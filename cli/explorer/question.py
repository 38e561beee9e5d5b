"""What a page asks: the query of an address, checked and made into a question."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from wh_uncertainty.model.scenario import Scenario, ScenarioError, create_scenario
from wh_uncertainty.model.sites.measured_site import MeasuredSite
from wh_uncertainty.model.token_lengths.lengths import WorkloadError
from wh_uncertainty.model.token_lengths.nominal_lengths import fixed_workload, parse_lengths
from wh_uncertainty.model.workload import workload_choices
from wh_uncertainty.priors import DEFAULT_RELEASE, Catalogue

__all__ = ["DRAWS", "KEYS", "Knowledge", "QueryError", "Question", "command_words", "read_query"]

#: Fewest, usual and most draws: the most take a second.
DRAWS = (1_000, 20_000, 200_000)
#: What can be asked; the rest of a `Scenario` is for the command line.
KEYS = (
    *("model", "workload", "hardware", "precision", "interactivity_tok_s", "provider", "region"),
    *("boundary", "efficiency", "cached_share", "effort"),
)
_COUNTS = ("draws", "seed")
_LONGEST_TEXT = 100
_LARGEST_SEED = 2**53 - 1  # whole numbers that JavaScript knows apart
_FLAGS = {"interactivity_tok_s": "--interactivity"}


class QueryError(ValueError):
    """The query of an address is malformed; names the key, the value, the rule and the remedy."""


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """What every answer is made from.

    Parameters
    ----------
    catalogue : Catalogue
    priors, posterior : Path, optional
        The user's own.
    seed : int
        Where a page asks for none.
    site : Path, optional
        Of a measured site.
    measured : MeasuredSite, optional
        What is in that file; every answer agrees with it.
    """

    catalogue: Catalogue
    priors: Path | None = None
    posterior: Path | None = None
    seed: int = 0
    site: Path | None = None
    measured: MeasuredSite | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A scenario, and the sample that is to answer it.

    Parameters
    ----------
    scenario : Scenario
    draws, seed : int
    """

    scenario: Scenario
    draws: int
    seed: int


def read_query(pairs: Iterable[tuple[str, str]], knowledge: Knowledge) -> Question:
    """Read a question from an address.

    Parameters
    ----------
    pairs : iterable of tuple
        Keys and values; a blank value means unknown.
    knowledge : Knowledge

    Returns
    -------
    Question

    Raises
    ------
    QueryError
        A key is unknown or repeated, or a value too long or no whole number.
    ScenarioError, WorkloadError
        An answer breaks a rule of `create_scenario`, or the workload would be a file.
    """
    given = _checked(pairs)
    fewest, usual, most = DRAWS
    draws = _whole(given.pop("draws", ""), "draws", usual, fewest, most)
    seed = _whole(given.pop("seed", ""), "seed", knowledge.seed, 0, _LARGEST_SEED)
    if "workload" in given:
        given["workload"] = _workload(given["workload"], knowledge.catalogue.release)
    return Question(create_scenario(knowledge.catalogue, **given), draws, seed)


def _checked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    given: dict[str, str] = {}
    for key, value in pairs:
        if key not in (*KEYS, *_COUNTS):
            known = ", ".join((*KEYS, *_COUNTS))
            raise QueryError(f"{key[:_LONGEST_TEXT]!r} cannot be asked here; keys are {known}")
        if key in given:
            raise QueryError(f"{key} is given twice; give it once")
        if len(value) > _LONGEST_TEXT:
            raise QueryError(f"{key}: longer than {_LONGEST_TEXT} characters; shorten it")
        given[key] = value.strip()
    return {key: value for key, value in given.items() if value}


def _whole(text: str, key: str, usual: int, low: int, high: int) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise QueryError(f"{key} {text!r}: must be a whole number from {low:,} to {high:,}")
    return int(text)


def _workload(text: str, release: str) -> str:
    """Return lengths or a known name; never a trace, because a page must not read files."""
    if "/" not in text:
        from wh_uncertainty.model.names import canonical_name

        choices = {name: () for name in workload_choices(release)}
        return canonical_name("workload", text, choices, "wh-uncertainty list workloads")
    if not _are_lengths(text) or os.path.exists(text):  # such as a folder 1k with a file 8k in it
        raise ScenarioError(
            f"workload {text!r}: write lengths like 8k/1k or give a known name; this page reads no "
            "files, `wh-uncertainty simulate` does"
        )
    return text


def _are_lengths(text: str) -> bool:
    if text.count("/") != 1:
        return False
    try:
        fixed_workload(*parse_lengths(text))
    except WorkloadError:
        return False
    return True


def command_words(
    command: str, question: Question, knowledge: Knowledge, *sizes: tuple[str, int]
) -> str:
    """Write the command line that gives the same numbers.

    Parameters
    ----------
    command : str
        ``simulate`` or ``sensitivity``.
    question : Question
    knowledge : Knowledge
    *sizes : tuple
        Flags with the size of the sample.

    Returns
    -------
    str
        Quoted for a POSIX shell.
    """
    release = knowledge.catalogue.release
    own = (
        ("--release", None if release == DEFAULT_RELEASE else release),
        ("--site", knowledge.site),
        ("--priors", knowledge.priors),
        ("--posterior", knowledge.posterior),
    )
    words = ["wh-uncertainty", command, *_scenario_words(question.scenario)]
    for flag, value in (*own, *sizes, ("--seed", question.seed)):
        if value is not None:
            words += [flag, str(value)]
    return shlex.join(words)


def _scenario_words(scenario: Scenario) -> Iterator[str]:
    for field in fields(scenario):
        value = getattr(scenario, field.name)
        if value != field.default:
            yield _FLAGS.get(field.name, f"--{field.name.replace('_', '-')}")
            yield str(value).removesuffix(".0")
