"""Rows that stand twice, and the name of a row that its content gives."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import LABELS, Deployment, deployment_id
from wh_uncertainty.model.intake.columns import Columns
from wh_uncertainty.model.intake.findings import Group, Outcome

__all__ = ["duplicates", "observation_ids"]

_COUNTS = ("gpus", "prefill_gpus", "decode_gpus", "tp", "ep", "dp_attention")
_ID_DIGITS = 16  # hexadecimal: two of 150,000 rows collide with a chance of 1e-9


def observation_ids(columns: Columns) -> list[str]:
    """Name rows by what ran and what came out, so that every vintage gives the same name.

    Parameters
    ----------
    columns : Columns

    Returns
    -------
    list of str
        A name that the row brings along is kept.
    """
    given = columns.text["observation_id"]
    tok, speed = columns.number["tok_s_per_gpu"], columns.number["interactivity_tok_s"]
    contents = zip(given, _points(columns), tok.tolist(), speed.tolist(), strict=True)
    return [name or _hashed(f"{point}|{t:.6g}|{v:.6g}") for name, point, t, v in contents]


def duplicates(columns: Columns) -> Iterator[Group]:
    """Find rows that stand twice: of the same content, or the same point of the same run.

    The row that says most is kept; of equals, the first.

    Parameters
    ----------
    columns : Columns

    Yields
    ------
    Group
    """
    order, ids = _fullest_first(columns), observation_ids(columns)
    again = _repeated(order, ids, "observation_id", ids)
    yield from again
    gone = {index for group in again for index in group.rows.tolist()}
    order = [index for index in order if index not in gone]
    yield from _repeated(order, _of_run(columns, ids), "run_url", columns.text["run"])


def _of_run(columns: Columns, ids: Sequence[str]) -> list[str]:
    """Name points of runs by the run and all that a run varies; others by their content."""
    varied = (columns.text[name] for name in ("run", "offload", "recipe", "dcp"))
    runs = list(zip(*varied, strict=True))
    points = zip(ids, _points(columns), runs, strict=True)
    return [f"{point}|{run}" if run[0] else name for name, point, run in points]


def _repeated(
    order: Sequence[int], keys: Sequence[str], column: str, shown: Sequence[str]
) -> list[Group]:
    first: dict[str, int] = {}
    again = sorted(i for i in order if first.setdefault(keys[i], i) != i)
    if not again:
        return []
    at, value = np.array(again, dtype=np.intp), [shown[i] for i in again]
    return [Group("no_duplicate", column, at, value, "once", Outcome.DROPPED)]


def _fullest_first(columns: Columns) -> list[int]:
    told = np.sum([np.isfinite(values) for values in columns.number.values()], axis=0)
    dated = np.array([day != "" for day in columns.text["observed_on"]], dtype=int)
    order: list[int] = np.argsort(-(told + dated), kind="stable").tolist()
    return order


def _points(columns: Columns) -> list[str]:
    """Name what was asked of what: deployment, lengths and concurrency."""
    n = columns.number
    counts = (_blank_as_none(n[name]) for name in _COUNTS)
    words = (columns.text[name] for name in LABELS)
    pooled = (n["disaggregated"] == 1).tolist()
    deployed = list(zip(*words, pooled, *counts, strict=True))
    names = {key: deployment_id(Deployment(*key)) for key in set(deployed)}
    asked = zip(*(n[name].tolist() for name in ("isl", "osl", "concurrency")), strict=True)
    return [
        f"{names[key]}|{isl:g}/{osl:g}|{users:g}"
        for key, (isl, osl, users) in zip(deployed, asked, strict=True)
    ]


def _blank_as_none(values: NDArray[np.float64]) -> list[int | None]:
    return [int(value) if math.isfinite(value) else None for value in values.tolist()]


def _hashed(content: str) -> str:
    return f"im-{hashlib.sha256(content.encode()).hexdigest()[:_ID_DIGITS]}"
