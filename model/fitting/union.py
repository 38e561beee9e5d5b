"""The union of two tables of benchmark rows, in which no point counts twice."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.observations import Observations

__all__ = ["repeats", "united"]

Mask = NDArray[np.bool_]

# The shipped table keeps five digits of a throughput; the file it came from may say more.
_DIGITS = 5


def repeats(base: Observations, own: Observations) -> Mask:
    """Find the rows of a table that another one holds already.

    Parameters
    ----------
    base, own : Observations

    Returns
    -------
    ndarray of bool, shape (rows of own,)
        The same ``observation_id``; or the same configuration, nominal lengths, concurrency, day
        of the run and, to five digits, throughput. Two runs of a day may share all but the last.
    """
    ids, points = set(base.observation_id.tolist()), set(_points(base))
    rows = zip(own.observation_id.tolist(), _points(own), strict=True)
    return np.array([name in ids or point in points for name, point in rows], dtype=bool)


def united(base: Observations, own: Observations) -> Observations:
    """Add to a table the rows of another that it does not hold.

    Parameters
    ----------
    base, own : Observations

    Returns
    -------
    Observations
        ``base``, then what is new, by name: the order in a user's file is no information. Where
        nothing is new, ``base`` itself with its hash; else the hash is that of both hashes, and
        ``sources`` names both.
    """
    new = np.flatnonzero(~repeats(base, own))
    if not new.size:
        return base
    added = own.rows(new[np.argsort(own.observation_id[new])])
    of_both = "\n".join((base.sha256, own.sha256)).encode()
    columns: dict[str, Any] = {
        field.name: np.concatenate([getattr(base, field.name), getattr(added, field.name)])
        for field in fields(Observations)
        if isinstance(getattr(base, field.name), np.ndarray)
    }
    return replace(
        base,
        **columns,
        name=f"{base.name} and {own.name}",
        sha256=hashlib.sha256(of_both).hexdigest(),
        sources=(*base.sources, *own.sources),
    )


def _points(o: Observations) -> list[tuple[Any, ...]]:
    throughput = [f"{tok_s:.{_DIGITS}g}" for tok_s in o.tok_s_per_gpu.tolist()]
    # NaN differs from itself, as text it does not; the same for a day that is not known.
    columns = (o.isl_tok, o.osl_tok, o.concurrency, o.observed_on)
    words = (column.astype(str).tolist() for column in columns)
    return list(zip(o.configuration.tolist(), *words, throughput, strict=True))
