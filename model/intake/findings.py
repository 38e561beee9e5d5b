"""What the checks say about rows: which rule, what was found, what was expected, what was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "RULES",
    "Finding",
    "Group",
    "Outcome",
    "about_kept",
    "dropped",
    "listed",
    "reasons",
    "shown",
    "tallies",
]

Rows = NDArray[np.intp]

_LONGEST_SHOWN = 60  # characters of a value


class Outcome(StrEnum):
    """What became of the row, gravest first."""

    DROPPED = "dropped"
    FLAGGED = "flagged"
    CELL_DROPPED = "cell dropped"
    KEPT = "kept"
    CORRECTED = "corrected"


#: Every rule in one line, in the order of the summary.
RULES: Mapping[str, str] = {
    "readable": "a row is an object, or as many cells as the header",
    "no_double_key": "an object names a key once",
    "a_number": "numbers are finite and written as numbers",
    "a_name": "names are short, printable and hold no '|'",
    "config_known": "rows of benchmark_results have their row of configs",
    "fixed_lengths": "agentic rows, without fixed lengths, are not read",
    "run_succeeded": "a run that ended in an error is not read",
    "stated": "what ran, lengths, load and throughput are stated",
    "schema": "a cell keeps the rule of its column",
    "positive_throughput": "throughput and inter-token time are above 0",
    "throughput_sum": "total = input + output, averaged over all GPUs (1 %)",
    "length_ratio": "output : total throughput as the lengths (15 %)",
    "requests_failed": "at most 5 % of the requests failed",
    "no_duplicate": "a point of a run stands once",
    "littles_law": "rate x latency is 0.4 to 1.1 of the concurrency",
    "power_le_tdp": "board power is at most 1.02 of the power limit",
    "software_stated": "precision and framework are stated",
    "gpu_count": "GPUs are tp x pp x pcp; only pools add up",
    "pools_known": "pools of a disaggregated row are stated, or follow",
    "intvty_is_1_over_tpot": "interactivity = 1 / inter-token time in s (1 %)",
    "ttft_le_e2e": "an answer begins before it ends",
    "e2e_is_its_parts": "latency = first token + the others (50 %)",
    "mean_lengths": "mean lengths are 0.75 to 1.05 of the nominal",
    "power_valid": "power that its own audit rejects is not read",
    "power_schema": "power is unversioned or of schema 2",
    "disagg_joules_versioned": "joules of pools need schema 2: before, one pool only",
    "power_identity": "board power = joules per token x throughput (2 %)",
    "model_known": "the model is in the catalogue",
    "hardware_known": "the accelerator is in the catalogue",
    "precision_known": "the number format is fp4, fp8, bf16 or int4",
}
_RANK = {rule: rank for rank, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule about one column.

    Parameters
    ----------
    rule : str
        Of `RULES`.
    column : str
    rows : ndarray of int, shape (findings,)
    value, expected : sequence of shape (findings,), or one for all
    outcome : Outcome
    """

    rule: str
    column: str
    rows: Rows
    value: Sequence[object] | NDArray[np.float64] | str
    expected: NDArray[np.float64] | str
    outcome: Outcome

    def shifted(self, by: int) -> Group:
        """Return the findings about rows that now stand further down."""
        return replace(self, rows=self.rows + by)

    def chosen(self, wanted: NDArray[np.bool_]) -> Group:
        """Return the findings where a mask holds."""
        value, expected = self.value, self.expected
        if isinstance(value, np.ndarray):
            value = value[wanted]
        elif not isinstance(value, str):
            value = [v for v, keep in zip(value, wanted.tolist(), strict=True) if keep]
        expected = expected if isinstance(expected, str) else expected[wanted]
        return replace(self, rows=self.rows[wanted], value=value, expected=expected)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, ready to be shown.

    Parameters
    ----------
    index : int
        Row among all rows read.
    rule, column, value, expected : str
    outcome : Outcome
    """

    index: int
    rule: str
    column: str
    value: str
    expected: str
    outcome: Outcome


def dropped(groups: Iterable[Group], rows: int) -> NDArray[np.bool_]:
    """Return which rows any finding drops.

    Parameters
    ----------
    groups : iterable of Group
    rows : int

    Returns
    -------
    ndarray of bool, shape (rows,)
    """
    mask = np.zeros(rows, dtype=bool)
    for group in groups:
        if group.outcome is Outcome.DROPPED:
            mask[group.rows] = True
    return mask


def about_kept(found: Iterable[Group], before: Sequence[Group], rows: int) -> Iterator[Group]:
    """Leave out findings about rows that earlier ones have dropped.

    Parameters
    ----------
    found, before : groups
    rows : int

    Yields
    ------
    Group
    """
    gone = dropped(before, rows)
    for group in found:
        spared = ~gone[group.rows]
        if spared.all():
            yield group
        elif spared.any():
            yield group.chosen(spared)


def reasons(groups: Iterable[Group], rows: Rows) -> list[str]:
    """Say of every row why it is dropped.

    Parameters
    ----------
    groups : iterable of Group
    rows : ndarray of int, ascending

    Returns
    -------
    list of str
    """
    said: dict[int, list[str]] = {row: [] for row in rows.tolist()}
    grave = [group for group in groups if group.outcome is Outcome.DROPPED]
    about = (group.chosen(np.isin(group.rows, rows)) for group in grave)
    for finding in listed(group for group in about if group.rows.size):
        value = f"{finding.value!r}, " if finding.value else ""
        place = f"{finding.rule} [{finding.column}]"
        said[finding.index].append(f"{place}: {value}expected {finding.expected}")
    return ["; ".join(each) for each in said.values()]


def tallies(groups: Iterable[Group]) -> dict[tuple[str, Outcome], int]:
    """Count findings by rule and outcome, gravest first."""
    counts: dict[tuple[str, Outcome], int] = {}
    for group in sorted(groups, key=_gravity):
        key = (group.rule, group.outcome)
        counts[key] = counts.get(key, 0) + len(group.rows)
    return {key: count for key, count in counts.items() if count}


def listed(groups: Iterable[Group]) -> Iterator[Finding]:
    """Spell findings out, gravest first."""
    for group in sorted(groups, key=_gravity):
        values, expected = _texts(group.value, group.rows), _texts(group.expected, group.rows)
        for index, value, wanted in zip(group.rows.tolist(), values, expected, strict=True):
            yield Finding(index, group.rule, group.column, value, wanted, group.outcome)


def shown(value: object) -> str:
    """Write a raw value for a finding: what is nested or long is only named or cut."""
    if isinstance(value, str):
        return value[:_LONGEST_SHOWN]
    plain = value is None or isinstance(value, int | float)
    return repr(value)[:_LONGEST_SHOWN] if plain else f"a {type(value).__name__}"


def _gravity(group: Group) -> tuple[int, int]:
    return list(Outcome).index(group.outcome), _RANK[group.rule]


def _texts(value: Sequence[object] | NDArray[np.float64] | str, rows: Rows) -> list[str]:
    if isinstance(value, str):
        return [_text(value)] * len(rows)
    return [_text(v) for v in (value.tolist() if isinstance(value, np.ndarray) else value)]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."
    return text if text.isprintable() else ascii(text)  # nor may a terminal be written to
