"""Which requests a measurement is divided by: a trace, or a count with totals of tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from wh_uncertainty.model.metering.requests import RequestTimes
from wh_uncertainty.model.metering.series import Finding, MeterError, Window
from wh_uncertainty.model.token_lengths.lengths import Lengths, Moments, Workload
from wh_uncertainty.model.token_lengths.nominal_lengths import fixed_workload
from wh_uncertainty.model.token_lengths.trace import lengths_workload

__all__ = ["MeasuredRequests", "TokenTotals", "counted_requests", "traced_requests"]


@dataclass(frozen=True, slots=True)
class TokenTotals:
    """Tokens of all requests together.

    Parameters
    ----------
    input_tok, output_tok : float
    cached_tok : float or None
        Part of the input that a prefix cache served.
    """

    input_tok: float
    output_tok: float
    cached_tok: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredRequests:
    """The requests of a measurement.

    Parameters
    ----------
    count : int
    workload : Workload
        Theirs.
    findings : tuple of Finding
    """

    count: int
    workload: Workload
    findings: tuple[Finding, ...]


def traced_requests(
    path: Path, lengths: Lengths, times: RequestTimes | None, window: Window | None
) -> MeasuredRequests:
    """Take the requests of a trace that began inside of a window.

    Parameters
    ----------
    path : Path
    lengths : Lengths
        As `trace_lengths` gives them.
    times : RequestTimes or None
    window : Window or None
        All requests, where it or the times are not known.

    Returns
    -------
    MeasuredRequests

    Raises
    ------
    MeterError
        None did, or none with tokens in and out.
    """
    total = len(lengths.isl_tok)
    if times is None or window is None:
        words = "all requests of the trace are taken to be those whose energy was read"
        return MeasuredRequests(
            total, lengths_workload(path, lengths), (Finding("requests_untimed", words),)
        )
    inside = times.within(window)
    uncached = None if lengths.uncached_tok is None else lengths.uncached_tok[inside]
    chosen = Lengths(lengths.isl_tok[inside], uncached, lengths.osl_tok[inside])
    if not chosen.isl_tok.any() or not chosen.osl_tok.any():
        raise MeterError(
            f"trace {path}: no request with tokens in and out began inside of the window; give "
            "another --window, or --shift if the clocks differ"
        )
    count = int(inside.sum())
    findings = list[Finding]()
    if count < total:
        words = f"{total - count:,} of {total:,} requests began outside of the window: left out"
        findings.append(Finding("requests_outside", words))
    if times.end_s is not None and (late := int((times.end_s[inside] > window.end_s).sum())):
        words = f"{late:,} requests ended after the window; the energy of their rest is not counted"
        findings.append(Finding("requests_cut", words))
    return MeasuredRequests(count, lengths_workload(path, chosen), tuple(findings))


def counted_requests(
    count: int, workload: Workload | None, totals: TokenTotals | None
) -> MeasuredRequests:
    """Take a number of requests, with totals of tokens or the lengths of a workload.

    Totals tell the means; how lengths spread about them is that of the workload, scaled, or nothing
    if none is given.

    Parameters
    ----------
    count : int
    workload : Workload or None
    totals : TokenTotals or None
        One of the two must be given.

    Returns
    -------
    MeasuredRequests

    Raises
    ------
    MeterError
        Neither is given, or more tokens are cached than came in.
    """
    if totals is None:
        if workload is None:
            raise MeterError("no tokens: give --workload, or --input-tokens and --output-tokens")
        words = f"tokens were not counted: those of {workload.name} are taken"
        return MeasuredRequests(count, workload, (Finding("tokens_assumed", words),))
    if totals.cached_tok is not None and totals.cached_tok > totals.input_tok:
        raise MeterError(
            "more tokens are cached than came in; --cached-tokens is part of the input"
        )
    if totals.output_tok < count or totals.input_tok < count:
        raise MeterError(
            f"{count:,} requests cannot have had fewer tokens than that; --input-tokens and "
            "--output-tokens are totals, written without a point"
        )
    if workload is not None:
        return MeasuredRequests(count, _scaled(workload, count, totals), ())
    words = "totals do not say how lengths spread: all requests are taken to be equally long"
    if totals.cached_tok is None:
        words += ", with no prompt cached"
    alike = fixed_workload(1, 1)
    return MeasuredRequests(
        count, _scaled(alike, count, totals), (Finding("lengths_alike", words),)
    )


def _scaled(workload: Workload, count: int, totals: TokenTotals) -> Workload:
    """Stretch lengths in and out so that their means are those of the totals."""
    m = workload.moments
    isl_tok, osl_tok = totals.input_tok / count, totals.output_tok / count
    longer_in, longer_out = isl_tok / m.isl_tok, osl_tok / m.osl_tok
    cached = totals.cached_tok
    known = m.uncached_tok is not None or cached is not None
    share = (m.uncached_tok or 0.0) / m.isl_tok if cached is None else 1 - cached / totals.input_tok

    def draw(n: int, rng: np.random.Generator) -> Lengths:
        drawn = workload.draw(n, rng)
        isl = longer_in * drawn.isl_tok
        return Lengths(isl, share * isl if known else None, longer_out * drawn.osl_tok)

    moments = Moments(
        isl_tok=isl_tok,
        uncached_tok=share * isl_tok if known else None,
        osl_tok=osl_tok,
        osl_isl_tok2=longer_in * longer_out * m.osl_isl_tok2,
        osl2_tok2=longer_out**2 * m.osl2_tok2,
    )
    return replace(
        workload,
        name=f"{isl_tok:.6g}/{osl_tok:.6g}",
        title="measured totals",
        moments=moments,
        draw=draw,
        cached_prior=None if known else workload.cached_prior,
    )
