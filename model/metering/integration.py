"""From samples to joules over a window: gaps, resets, and what sampling leaves open."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.metering.series import Finding, MeterError, PowerLog, Series, Window

__all__ = ["GAP_STEPS", "DeviceEnergy", "MeteredEnergy", "device_energy", "metered_energy"]

Floats = NDArray[np.float64]

#: A gap is an interval this many times the median: InferenceX refuses 3 s where 1 s is usual.
GAP_STEPS = 3.0
_DISAGREEMENT = 0.05  # between power and counter of one device; InferenceX takes notice from here
_SHOWN = 3  # devices named in one finding


@dataclass(frozen=True, slots=True)
class DeviceEnergy:
    """What one device took.

    Parameters
    ----------
    energy_j : float
    sampling_sd_j, bridged_sd_j : float
        Standard deviation for what lies between samples, and for gaps and resets [J].
    gaps, resets : int
    bridged_s : float
        Time that was bridged [s].
    """

    energy_j: float
    sampling_sd_j: float
    bridged_sd_j: float
    gaps: int
    resets: int
    bridged_s: float


@dataclass(frozen=True, slots=True)
class MeteredEnergy:
    """What all devices took over a window.

    Parameters
    ----------
    window : Window
    energy_j, sd_j : float
        With what sampling, gaps and resets leave open; the meter's own accuracy comes on top.
    devices : int
    findings : tuple of Finding
    """

    window: Window
    energy_j: float
    sd_j: float
    devices: int
    findings: tuple[Finding, ...]

    @property
    def mean_w(self) -> float:
        """Mean power of all devices together [W]."""
        return self.energy_j / self.window.duration_s


def metered_energy(log: PowerLog, window: Window) -> MeteredEnergy:
    """Integrate every device over one window and add up.

    A device with power and an energy counter is taken by its counter, which misses nothing between
    samples; the two are compared.

    Parameters
    ----------
    log : PowerLog
    window : Window

    Returns
    -------
    MeteredEnergy

    Raises
    ------
    MeterError
        The log of a device does not cover the window.
    """
    by_device: dict[str, dict[str, DeviceEnergy]] = {}
    for series in log.series:
        found = device_energy(series, window, log.name)
        by_device.setdefault(series.device, {})[series.kind] = found
    chosen = {name: kinds.get("counter", kinds.get("power")) for name, kinds in by_device.items()}
    taken = {name: energy for name, energy in chosen.items() if energy is not None}
    energy_j = sum(one.energy_j for one in taken.values())
    # Boards that share a load and a logger err the same way, so errors of devices add up as such.
    sampling_sd_j = sum(one.sampling_sd_j for one in taken.values())
    bridged_sd_j = sum(one.bridged_sd_j for one in taken.values())
    sd_j = math.hypot(sampling_sd_j, bridged_sd_j)
    findings = (*_contradictions(by_device), *_bridged(taken, window))
    return MeteredEnergy(window, energy_j, sd_j, len(taken), findings)


def device_energy(series: Series, window: Window, name: str) -> DeviceEnergy:
    """Integrate one device over a window.

    Power by the trapezoid rule, with its values at the ends of the window interpolated. A counter
    by its rise: where it falls it was reset, and the mean power of the intervals beside stands in.
    Gaps of power are bridged by the same rule as all intervals; whatever lies between the lowest
    and the highest power of the device is equally likely there, ``sd = (max - min)/sqrt(12)``.

    Parameters
    ----------
    series : Series
    window : Window
    name : str
        Of the log, for errors.

    Returns
    -------
    DeviceEnergy

    Raises
    ------
    MeterError
        The window reaches further than `GAP_STEPS` steps beyond the samples, or a counter only
        falls.
    """
    _check_covered(series, window, name)
    if series.kind == "power":
        return _of_power(series, window)
    if (np.diff(series.value) < 0).all():
        raise MeterError(f"{name}: the counter of {series.device} only falls; is it power instead?")
    return _of_counter(series, window)


def _check_covered(series: Series, window: Window, name: str) -> None:
    first, last = float(series.time_s[0]), float(series.time_s[-1])
    slack = GAP_STEPS * series.step_s
    if first > window.end_s or last < window.start_s:
        raise MeterError(
            f"{name}: the log of device {series.device} does not reach the window: it is from "
            f"{_instant(first)} to {_instant(last)}, the window from {_instant(window.start_s)} to "
            f"{_instant(window.end_s)}; give another --window, or --shift if its clock is wrong"
        )
    for words, missing in (
        ("begins", first - window.start_s),
        ("ends", window.end_s - last),
    ):
        if missing > slack:
            raise MeterError(
                f"{name}: the log of device {series.device} {words} {missing:,.0f} s inside of the "
                "window; give a narrower --window, or --shift if its clock is wrong"
            )


def _instant(time_s: float) -> str:
    """Write a point in time as --window takes it; seconds where no calendar has it."""
    try:
        return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return f"{time_s:g} s"


def _of_power(series: Series, window: Window) -> DeviceEnergy:
    time, power = _clipped(series.time_s, series.value, window)
    step = np.diff(time)
    gap = step > GAP_STEPS * series.step_s
    spread = float(np.ptp(series.value)) / np.sqrt(12)
    return DeviceEnergy(
        energy_j=float(np.sum(step * (power[1:] + power[:-1]) / 2)),
        sampling_sd_j=_sampling_sd_j(time, power),
        bridged_sd_j=spread * float(np.sqrt(np.sum(step[gap] ** 2))),
        gaps=int(gap.sum()),
        resets=0,
        bridged_s=float(step[gap].sum()),
    )


def _of_counter(series: Series, window: Window) -> DeviceEnergy:
    step, rise = np.diff(series.time_s), np.diff(series.value)
    reset = rise < 0
    power = np.where(reset, np.nan, rise / step)
    middle = series.time_s[:-1] + step / 2
    bridged = np.interp(middle, middle[~reset], power[~reset]) if reset.any() else power
    counted = np.concatenate(([0.0], np.cumsum(np.where(reset, bridged * step, rise))))
    inside = (series.time_s[1:] > window.start_s) & (series.time_s[:-1] < window.end_s)
    lost = reset & inside
    spread = float(np.ptp(bridged)) / np.sqrt(12)
    edges = (window.start_s, window.end_s)
    ends = [_at(series.time_s, counted, bridged, t) for t in edges]
    missed = [spread * _divided_s(series.time_s, t) for t in edges]
    return DeviceEnergy(
        energy_j=ends[1] - ends[0],
        sampling_sd_j=float(np.hypot(np.hypot(*missed), _resolution_j(rise) / np.sqrt(6))),
        bridged_sd_j=spread * float(np.sqrt(np.sum(step[lost] ** 2))),
        gaps=0,
        resets=int(lost.sum()),
        bridged_s=float(step[lost].sum()),
    )


def _divided_s(time: Floats, when: float) -> float:
    """Time over which power may be off where a step is divided, ``t (T - t)/T``.

    The rise over the step is known, not how much of it came before: power that is off by so much
    in one part is off the other way in the rest.
    """
    k = int(np.searchsorted(time, when)) - 1
    if not 0 <= k < len(time) - 1:
        return 0.0
    before, after = when - float(time[k]), float(time[k + 1]) - when
    return before * after / (before + after)


def _resolution_j(rise: Floats) -> float:
    """Return the unit of a counter that stands still between samples, which both ends round to."""
    return float(rise[rise > 0].min(initial=np.inf)) if (rise == 0).any() and rise.any() else 0.0


def _clipped(time: Floats, value: Floats, window: Window) -> tuple[Floats, Floats]:
    """Cut samples at the ends of a window, where they are interpolated, or held beyond the log."""
    inside = (time > window.start_s) & (time < window.end_s)
    ends = np.interp([window.start_s, window.end_s], time, value)
    return (
        np.concatenate(([window.start_s], time[inside], [window.end_s])),
        np.concatenate((ends[:1], value[inside], ends[1:])),
    )


def _at(time: Floats, counted: Floats, power: Floats, when: float) -> float:
    """Energy counted until a moment; beyond the log at its first or last power."""
    before, after = time[0] - when, when - time[-1]
    if before > 0:
        return -float(before * power[0])
    if after > 0:
        return float(counted[-1] + after * power[-1])
    return float(np.interp(when, time, counted))


def _sampling_sd_j(time: Floats, power: Floats) -> float:
    """Estimate what the trapezoid rule may miss between samples.

    Between two samples, power may leave the straight line by as much as each sample leaves the
    line through its neighbours; intervals err independently.
    """
    if len(time) < 3:
        return 0.0
    step = (time[2:] - time[:-2]) / 2
    share = (time[1:-1] - time[:-2]) / (time[2:] - time[:-2])
    line = power[:-2] + share * (power[2:] - power[:-2])
    return float(np.sqrt(np.sum((step * (power[1:-1] - line)) ** 2)))


def _contradictions(by_device: dict[str, dict[str, DeviceEnergy]]) -> Iterable[Finding]:
    for device, kinds in by_device.items():
        if len(kinds) == 2:
            counter, power = kinds["counter"].energy_j, kinds["power"].energy_j
            if abs(power - counter) > _DISAGREEMENT * counter:
                yield Finding(
                    "counter_contradicts",
                    f"{device}: samples of power give {power / counter:.2f} times the energy of "
                    "its counter, which is taken",
                )


def _bridged(taken: dict[str, DeviceEnergy], window: Window) -> Iterable[Finding]:
    for code, words in (("gaps", "gaps in the samples"), ("resets", "resets of the counter")):
        hit = {name: one for name, one in taken.items() if getattr(one, code)}
        if hit:
            count = sum(getattr(one, code) for one in hit.values())
            total = sum(one.bridged_s for one in hit.values())
            share = total / (window.duration_s * len(taken))
            yield Finding(
                code,
                f"{count:,} {words} of {_listed(list(hit))}, {total:,.0f} s or {share:.1%} of the "
                "time of all devices: bridged, and counted as uncertain",
            )


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
