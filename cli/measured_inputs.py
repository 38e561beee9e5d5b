"""What `measure` reads: the meter, and the requests that its energy is divided by."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wh_uncertainty.cli.options import UsageError
from wh_uncertainty.model.power import SECONDS_PER_HOUR
from wh_uncertainty.model.units import WH_PER_KWH

if TYPE_CHECKING:
    from wh_uncertainty.model.metering.requests import RequestTimes
    from wh_uncertainty.model.metering.series import Window
    from wh_uncertainty.model.sites.measured_requests import MeasuredRequests, TokenTotals
    from wh_uncertainty.model.sites.reading import Reading
    from wh_uncertainty.model.token_lengths.lengths import Lengths

__all__ = ["Inputs", "read_inputs"]

Options = Mapping[str, Any]
Answers = dict[str, Any]

_TOKENS = ("input_tokens", "output_tokens", "cached_tokens")
_OF_LOGS = ("window", "shift", "step")


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What a measurement is made from.

    Parameters
    ----------
    reading : Reading
    requests : MeasuredRequests
    files : mapping of str to str
        Names and hashes of the files that were read.
    """

    reading: "Reading"
    requests: "MeasuredRequests"
    files: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        reading, window = self.reading, self.reading.window
        findings = (*reading.findings, *self.requests.findings)
        return {
            "reading": {
                "source": reading.words,
                "relative_sd": reading.relative_sd,
                "devices": reading.devices,
                "from_s": None if window is None else window.start_s,
                "to_s": None if window is None else window.end_s,
                "mean_w": None
                if window is None
                else reading.energy_wh / window.duration_s * SECONDS_PER_HOUR,
            },
            "findings": [{"code": f.code, "message": f.message} for f in findings],
            "files": dict(self.files),
        }


def read_inputs(options: Options, answers: Answers) -> Inputs:
    """Read the meter and the requests.

    Parameters
    ----------
    options : mapping
        Of the command.
    answers : dict
        As `measured_answers` gives them.

    Returns
    -------
    Inputs
    """
    from wh_uncertainty.model.metering.benchmark_result import is_json

    log = None if options["log"] is None else Path(options["log"])
    if log is not None and is_json(log):
        return _of_benchmark(log, options)
    if log is None:
        _refuse(options, _OF_LOGS, "is about a log, and none is given")
    trace = _trace(answers, options)
    reading = _reading(options, log, None if trace is None else trace.times)
    requests = _requests(options, answers, trace, reading.window)
    files = _hashes(power_log=log, trace=None if trace is None else trace.path)
    return Inputs(reading, requests, files)


def _refuse(options: Options, keys: Iterable[str], reason: str) -> None:
    """Refuse options that would change nothing."""
    for key in keys:
        if options[key] is not None:
            raise UsageError(f"--{key.replace('_', '-')}: {reason}; leave it out")


def _of_benchmark(path: Path, options: Options) -> Inputs:
    from wh_uncertainty.model.metering.benchmark_result import read_benchmark_result
    from wh_uncertainty.model.sites.measured_requests import TokenTotals, counted_requests
    from wh_uncertainty.model.sites.reading import benchmark_energy

    said = ("workload", "requests", *_TOKENS, *_OF_LOGS)
    _refuse(options, said, "the result says so itself")
    found = read_benchmark_result(path)
    totals = TokenTotals(found.requests * found.isl_tok, found.requests * found.osl_tok)
    requests = counted_requests(found.requests, None, totals)
    return Inputs(benchmark_energy(found), requests, _hashes(power_log=path))


@dataclass(frozen=True, slots=True, eq=False)
class _Trace:
    """A trace whose requests are counted."""

    path: Path
    lengths: "Lengths"
    times: "RequestTimes | None"


def _trace(answers: Answers, options: Options) -> _Trace | None:
    """Read the trace whose requests are counted; with --requests, it shows their lengths only."""
    from wh_uncertainty.model.metering.requests import request_times
    from wh_uncertainty.model.token_lengths.trace import trace_lengths
    from wh_uncertainty.model.workload import is_trace

    workload = str(answers.get("workload", "")).strip()
    if workload and os.path.isdir(workload):
        raise UsageError(f"--workload {workload}: is a directory; name a file in it")
    if options["requests"] is not None or not is_trace(workload, options["release"]):
        return None
    _refuse(options, _TOKENS, "the trace counts them; with --requests it shows lengths only")
    path = Path(workload)
    lengths = trace_lengths(path)  # first: what is no trace at all is said in its own words
    return _Trace(path, lengths, request_times(path))


def _reading(options: Options, log: Path | None, times: "RequestTimes | None") -> "Reading":
    from wh_uncertainty.model.sites.reading import read_log, stated_energy

    if log is not None:
        return read_log(
            log,
            times,
            window=_window(options["window"]),
            shift_s=options["shift"] or 0.0,
            step_s=options["step"],
        )
    if options["energy_kwh"] is not None:
        return stated_energy(WH_PER_KWH * options["energy_kwh"])
    return stated_energy(options["mean_power_w"] * options["duration_h"])


def _window(text: str | None) -> "Window | None":
    if text is None:
        return None
    from wh_uncertainty.model.metering.cells import instant_s
    from wh_uncertainty.model.metering.series import Window

    # Dates may be written with slashes too: the one in the middle parts.
    parts = text.split("/")
    half = len(parts) // 2
    try:
        ends = [instant_s("/".join(part)) for part in (parts[:half], parts[half:])]
    except (ValueError, OverflowError):
        raise UsageError(
            f"--window {text!r}: write FROM/TO, as 2026-05-01T10:00/2026-05-01T11:00"
        ) from None
    if ends[1] <= ends[0]:
        raise UsageError(f"--window {text!r}: ends before it begins")
    return Window(*ends)


def _requests(
    options: Options,
    answers: Answers,
    trace: _Trace | None,
    window: "Window | None",
) -> "MeasuredRequests":
    from wh_uncertainty.model.sites.measured_requests import counted_requests, traced_requests
    from wh_uncertainty.model.workload import parse_workload

    if trace is not None:
        return traced_requests(trace.path, trace.lengths, trace.times, window)
    if options["requests"] is None or options["requests"] < 1:
        raise UsageError("--requests is missing, at least 1; or give a trace as --workload")
    workload = (
        parse_workload(str(answers["workload"]), options["release"])
        if "workload" in answers
        else None
    )
    return counted_requests(options["requests"], workload, _totals(options))


def _totals(options: Options) -> "TokenTotals | None":
    from wh_uncertainty.model.sites.measured_requests import TokenTotals

    given = [options[key] for key in _TOKENS]
    if all(total is None for total in given):
        return None
    if given[0] is None or given[1] is None:
        raise UsageError("--input-tokens and --output-tokens go together")
    if min(given[:2]) <= 0 or (given[2] or 0) < 0:
        raise UsageError("tokens in and out must be above 0, cached ones not below")
    return TokenTotals(*given)


def _hashes(**files: Path | None) -> dict[str, str]:
    from wh_uncertainty.model.metering.power_log import file_sha256

    hashes: dict[str, str] = {}
    for role, path in files.items():
        if path is not None:
            hashes |= {role: path.name, f"{role}_sha256": file_sha256(path)}
    return hashes
