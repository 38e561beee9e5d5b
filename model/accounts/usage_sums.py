"""What is sufficient of a request log: six sums, exact whatever the log's size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np

from wh_uncertainty.model.token_lengths.lengths import Lengths, Moments, Workload, WorkloadError

__all__ = ["UsageSums", "added", "log_workload"]


@dataclass(frozen=True, slots=True)
class UsageSums:
    """Sums over requests; the cost law is linear in them, so they are all that energy needs.

    Whole numbers of any size: added in any order they give the same.

    Parameters
    ----------
    requests : int
    input_tok : int
        sum(I), prompt tokens including any cached prefix.
    uncached_tok : int
        sum(I_u), prompt tokens that no cache served; sum(I) where the log does not count them.
    output_tok : int
        sum(O).
    output_input_tok2 : int
        sum(O I).
    output2_tok2 : int
        sum(O^2).
    """

    requests: int = 0
    input_tok: int = 0
    uncached_tok: int = 0
    output_tok: int = 0
    output_input_tok2: int = 0
    output2_tok2: int = 0

    def __add__(self, other: UsageSums) -> UsageSums:
        """Return the sums over both."""
        return UsageSums(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def context_tok2(self) -> float:
        """``sum(O (I + O/2))``, tokens of context read while decoding."""
        return (2 * self.output_input_tok2 + self.output2_tok2) / 2


def added(sums: Iterable[UsageSums]) -> UsageSums:
    """Add up sums.

    Parameters
    ----------
    sums : iterable of UsageSums

    Returns
    -------
    UsageSums
        Nothing of nothing.
    """
    return sum(sums, UsageSums())


def log_workload(sums: UsageSums, name: str, *, counts_cache: bool) -> Workload:
    """Make a workload of all requests of a service: what its load goes by.

    Parameters
    ----------
    sums : UsageSums
        With at least one request, and tokens both ways.
    name : str
    counts_cache : bool
        Whether the log knows which prompt tokens a cache served.

    Returns
    -------
    Workload
        Without single queries: a log is kept as its sums.

    Raises
    ------
    WorkloadError
        No prompt or no output tokens at all.
    """
    if not sums.input_tok or not sums.output_tok:
        raise WorkloadError(
            f"requests of {name}: no input or no output tokens in any of them; a service that "
            "generates nothing has no load to go by; exclude it, or map the right columns"
        )
    n = sums.requests
    moments = Moments(
        isl_tok=sums.input_tok / n,
        uncached_tok=sums.uncached_tok / n if counts_cache else None,
        osl_tok=sums.output_tok / n,
        osl_isl_tok2=sums.output_input_tok2 / n,
        osl2_tok2=sums.output2_tok2 / n,
    )
    return Workload(name, f"{n} requests of a log", "log", moments, _no_single_query)


def _no_single_query(n: int, rng: np.random.Generator) -> Lengths:
    raise WorkloadError(
        "a log is kept as its sums and has no single requests to draw; give a sample of its rows "
        "to `simulate --workload`"
    )
