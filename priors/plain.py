"""Releases to and from plain JSON values, for the compiled file."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from wh_uncertainty.priors.records import Hardware, ModelCard
from wh_uncertainty.priors.spec import PriorSpec, Source

__all__ = ["prior_from_plain", "records_from_plain", "to_plain"]

_TUPLES = (
    "source",
    "aliases",
    "precision_order",
    "speculation",
    "price_source",
    "carbon_direct_source",
)


def to_plain(record: PriorSpec | Source | Hardware | ModelCard) -> dict[str, Any]:
    """Return a record as JSON values; an infinite end of a support becomes null."""
    plain = asdict(record)
    if isinstance(record, PriorSpec):
        plain["support"] = [end if math.isfinite(end) else None for end in record.support]
    return plain


def prior_from_plain(plain: dict[str, Any]) -> PriorSpec:
    """Return the prior that ``to_plain`` wrote."""
    low, high = plain["support"]
    plain["support"] = (-math.inf if low is None else low, math.inf if high is None else high)
    return PriorSpec(**records_from_plain(plain))


def records_from_plain(plain: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a record with JSON arrays turned back into tuples."""
    for key in _TUPLES:
        if key in plain:
            plain[key] = tuple(plain[key])
    return plain
