"""What the meter read: a log, a result of a benchmark, or a figure, as energy with its error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from wh_uncertainty.model.metering.benchmark_result import BenchmarkEnergy
from wh_uncertainty.model.metering.clock import (
    clock_findings,
    common_window,
    idle_findings,
    shifted,
)
from wh_uncertainty.model.metering.integration import metered_energy
from wh_uncertainty.model.metering.power_log import read_power_log
from wh_uncertainty.model.metering.requests import RequestTimes
from wh_uncertainty.model.metering.series import Finding, MeterError, Window
from wh_uncertainty.model.power import J_PER_WH
from wh_uncertainty.priors import Catalogue

__all__ = ["Reading", "benchmark_energy", "meter_ln_sd", "read_log", "stated_energy"]

_LARGEST_ACCURACY = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """Energy that a meter counted.

    Parameters
    ----------
    words : str
        Where it was read.
    energy_wh : float
    relative_sd : float
        Of sampling, gaps and resets; the meter's accuracy is not in it.
    at_boards : bool
        Whether it can only come from the GPU boards.
    window : Window or None
    devices : int or None
    findings : tuple of Finding
    """

    words: str
    energy_wh: float
    relative_sd: float
    at_boards: bool
    window: Window | None
    devices: int | None
    findings: tuple[Finding, ...]


def read_log(
    path: Path,
    times: RequestTimes | None,
    *,
    window: Window | None = None,
    shift_s: float = 0.0,
    step_s: float | None = None,
) -> Reading:
    """Integrate a power log over the time of the requests.

    Parameters
    ----------
    path : Path
    times : RequestTimes or None
        Without them, and without a window, the whole log counts.
    window : Window, optional
        In place of the time of the requests.
    shift_s : float
        Added to the clock of the log [s].
    step_s : float, optional
        Of a log without a clock [s].

    Returns
    -------
    Reading

    Raises
    ------
    MeterError
        The log cannot be read, does not cover the window, or counts nothing in it.
    """
    log = shifted(read_power_log(path, step_s=step_s), shift_s)
    told = window is not None or times is not None
    if window is None:
        window = log.span if times is None else common_window(log, times)
    if window.duration_s <= 0:
        raise MeterError(f"{log.name}: the devices have no time in common; give a --window")
    energy = metered_energy(log, window)
    if energy.energy_j <= 0:
        raise MeterError(f"{log.name}: no energy at all in the window; check units and window")
    findings = [*log.findings, *energy.findings, *idle_findings(log, window, told=told)]
    if times is not None:
        findings += clock_findings(log, times)
    if times is not None and not times.has_zone:
        words = "times of the requests have no zone: they are taken as UTC"
        findings.append(Finding("zone_assumed", words))
    return Reading(
        words=log.words,
        energy_wh=energy.energy_j / J_PER_WH,
        relative_sd=energy.sd_j / energy.energy_j,
        at_boards=log.at_boards,
        window=window,
        devices=energy.devices,
        findings=tuple(findings),
    )


def stated_energy(energy_wh: float) -> Reading:
    """Take a figure that somebody read."""
    return Reading("stated", energy_wh, 0.0, False, None, None, ())


def benchmark_energy(found: BenchmarkEnergy) -> Reading:
    """Take what a benchmark measured at its boards, by a rule that audits samples and gaps."""
    words = "InferenceX result, power schema 2"
    return Reading(words, found.energy_j / J_PER_WH, 0.0, True, None, None, ())


def meter_ln_sd(catalogue: Catalogue, boundary: str, accuracy: float | None) -> float:
    """Return the standard deviation of ln reading over truth.

    Parameters
    ----------
    catalogue : Catalogue
    boundary : {"board", "it", "facility"}
        Whose prior of meters stands in where no accuracy is stated.
    accuracy : float or None
        Largest relative error by the meter's class; every error within is taken as equally likely,
        ``sd = accuracy / sqrt(3)``.

    Returns
    -------
    float

    Raises
    ------
    MeterError
        Out of range.
    """
    if accuracy is None:
        return catalogue.priors[f"meter_factor_{boundary}"].parameters["sigma"]
    if not 0 < accuracy < _LARGEST_ACCURACY:
        raise MeterError(f"accuracy {accuracy!r}: must be a share between 0 and 1, as 2% or 0.02")
    return accuracy / math.sqrt(3)
