"""The columns of a table of benchmark rows and the rule each cell must keep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import LABELS

__all__ = ["COLUMNS", "HOLDS", "REMEDY", "Column", "ObservationError"]

_LARGEST_COUNT = 10**7  # GPUs, requests or tokens; more is a slip of the pen


class ObservationError(ValueError):
    """A table of observations breaks a rule; names file, row, column, value, rule and remedy."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table.

    Parameters
    ----------
    name : str
    rule : {"name", "text", "positive", "not negative", "count", "0 or 1", "date"}
    column_optional, blank_allowed : bool
    """

    name: str
    rule: str
    column_optional: bool = False
    blank_allowed: bool = True


def _columns() -> tuple[Column, ...]:
    identity = ("observation_id", *LABELS)
    parallelism = ("gpus", "prefill_gpus", "decode_gpus", "tp", "ep")
    means = ("mean_isl", "mean_osl")
    measured = (
        *("output_tok_s_per_gpu", "interactivity_tok_s", "ttft_s", "e2e_s"),
        *("mean_interactivity_tok_s", "mean_e2e_s", "board_w", "joules_per_output_token"),
    )
    dates = ("observed_on", "source_on")
    notes = ("board_w_kind", "aggregation", "source_kind", "source", "flags")
    return (
        *(Column(n, "name", blank_allowed=False) for n in identity),
        Column("disaggregated", "0 or 1", blank_allowed=False),
        *(Column(n, "count", column_optional=n != "gpus") for n in parallelism),
        Column("dp_attention", "0 or 1", column_optional=True),
        *(Column(n, "count", blank_allowed=False) for n in ("isl", "osl")),
        *(Column(n, "positive", column_optional=True) for n in means),
        Column("concurrency", "positive"),
        Column("tok_s_per_gpu", "not negative", blank_allowed=False),
        *(Column(n, "positive", column_optional=n != "interactivity_tok_s") for n in measured),
        *(Column(n, "date", column_optional=True) for n in dates),
        *(Column(n, "text", column_optional=True) for n in notes),
    )


COLUMNS: tuple[Column, ...] = _columns()
HOLDS: Mapping[str, Callable[[NDArray[np.float64]], NDArray[np.bool_]]] = {
    "positive": lambda x: np.isfinite(x) & (x > 0),
    "not negative": lambda x: np.isfinite(x) & (x >= 0),
    "count": lambda x: (x >= 1) & (x <= _LARGEST_COUNT) & (x == np.floor(x)),
    "0 or 1": lambda x: (x == 0) | (x == 1),
}
REMEDY: Mapping[str, str] = {
    "positive": "must be a finite number above 0; correct it or leave it blank if not known",
    "not negative": "must be a finite number, 0 or more; correct it or drop the row",
    "count": f"must be a whole number from 1 to {_LARGEST_COUNT}; correct it",
    "0 or 1": "must be 0 or 1; correct it",
    "date": "must be a day written YYYY-MM-DD; correct it or leave it blank if not known",
    "name": "must be a name without '|' and without spaces around it; correct it",
}
