"""Which rows are learnt from and which are scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.scoring.held_out import vaguer_names

__all__ = ["Mask", "Split", "days", "deployment_folds", "label_splits", "row_folds", "windows"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """A part of a study; masks have shape ``(row,)`` and no row in common.

    Parameters
    ----------
    name : str
    train, test : ndarray of bool
    """

    name: str
    train: Mask
    test: Mask


def days(rows: Observations) -> NDArray[np.datetime64]:
    """Day of each row's run; of its source where the run's is not known."""
    return np.where(np.isnat(rows.observed_on), rows.source_on, rows.observed_on)


def deployment_folds(rows: Observations, count: int, *, seed: int) -> tuple[Split, ...]:
    """Deal whole deployments out, the same share of every model; each is scored once.

    A deployment and another that may be the same machines, described less fully, are in one fold
    (see `held_out_deployments`).

    Parameters
    ----------
    rows : Observations
    count : int
    seed : int

    Returns
    -------
    tuple of Split
    """
    rng = np.random.default_rng(seed)
    fold_of: dict[str, int] = {}
    for model in np.unique(rows.model).tolist():
        names = np.unique(rows.configuration[rows.model == model]).tolist()
        groups: list[list[str]] = _same_machines(names)
        start = int(rng.integers(count))  # or the first fold would get every model's remainder
        order: list[int] = rng.permutation(len(groups)).tolist()
        for place, group in enumerate(order):
            fold_of |= dict.fromkeys(groups[group], (start + place) % count)
    fold = np.array([fold_of[name] for name in rows.configuration.tolist()])
    return tuple(Split(f"fold {k + 1}", fold != k, fold == k) for k in range(count))


def label_splits(rows: Observations, column: str) -> tuple[Split, ...]:
    """Leave every value of a column out in turn.

    Parameters
    ----------
    rows : Observations
    column : {"model", "hardware"}

    Returns
    -------
    tuple of Split
    """
    labels = getattr(rows, column)
    return tuple(Split(v, labels != v, labels == v) for v in np.unique(labels).tolist())


def windows(rows: Observations, origins: Sequence[str]) -> tuple[Split, ...]:
    """Learn from all rows before a day; score the new deployments until the next origin.

    Parameters
    ----------
    rows : Observations
    origins : sequence of str
        Days in order; rows from the last one on are the last window.

    Returns
    -------
    tuple of Split
    """
    day = days(rows)
    ends = [*(np.datetime64(o) for o in origins[1:]), day.max() + np.timedelta64(1, "D")]
    splits: list[Split] = []
    for origin, end in zip(origins, ends, strict=True):
        train = day < np.datetime64(origin)
        later = (day >= np.datetime64(origin)) & (day < end)
        seen = np.isin(rows.configuration, rows.configuration[train])
        splits.append(Split(f"from {origin}", train, later & ~seen))
    return tuple(splits)


def row_folds(rows: Observations, count: int, *, seed: int) -> tuple[Split, ...]:
    """Deal single rows out: what is scored is of deployments that the rest has rows of.

    Parameters
    ----------
    rows : Observations
    count : int
    seed : int

    Returns
    -------
    tuple of Split
    """
    fold = np.random.default_rng(seed).permutation(len(rows)) % count
    splits: list[Split] = []
    for k in range(count):
        known = np.isin(rows.configuration, rows.configuration[fold != k])
        splits.append(Split(f"fold {k + 1}", fold != k, (fold == k) & known))
    return tuple(splits)


def _same_machines(names: Sequence[str]) -> list[list[str]]:
    """Join names that may describe the same machines, and what these may be, and so on."""
    group = {name: {name} for name in names}
    for name, vaguer in vaguer_names(list(names)).items():
        for other in vaguer:
            united = group[name] | group[other]
            group |= dict.fromkeys(united, united)
    return [sorted(g) for g in {id(g): g for g in group.values()}.values()]
