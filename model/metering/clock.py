"""Whether power log and requests are on one clock, and where power shows idle time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.metering.integration import metered_energy
from wh_uncertainty.model.metering.requests import RequestTimes
from wh_uncertainty.model.metering.series import Finding, MeterError, PowerLog, Window
from wh_uncertainty.model.power import J_PER_WH, SECONDS_PER_HOUR

__all__ = ["clock_findings", "common_window", "idle_findings", "shifted", "total_power"]

Floats = NDArray[np.float64]

_MAX_POINTS = 20_000  # of the common grid: steps grow with the length of the log
_MAX_LAG_STEPS = 300
_LAG_SHARE = 0.25  # of the log: with less left in common, a correlation says little
# Power follows the requests in flight closely or not at all; between, the lag is chance.
_FOLLOWS = 0.5
_BETTER = 0.02  # of the correlation, before another lag is believed
# Power between idle and busy: where its 95th percentile is not this far above its 5th, all is one.
_BUSY_RATIO = 1.5
_NOTABLE_IDLE = 0.02  # of the window


def shifted(log: PowerLog, seconds: float) -> PowerLog:
    """Move the clock of a log."""
    moved = tuple(replace(s, time_s=s.time_s + seconds) for s in log.series)
    return replace(log, series=moved)


def common_window(log: PowerLog, requests: RequestTimes) -> Window:
    """Take the time of the requests, which the log has to cover.

    Raises
    ------
    MeterError
        The two do not overlap at all.
    """
    span, asked = log.span, requests.span
    if asked.duration_s <= 0:
        raise MeterError("all requests begin in one instant; their times are no window")
    if asked.end_s < span.start_s or asked.start_s > span.end_s:
        apart = span.start_s - asked.start_s
        raise MeterError(
            f"{log.name}: power and requests do not overlap, the log begins {apart:+,.0f} s "
            f"({apart / SECONDS_PER_HOUR:+.2f} h) from the first request; times without a zone are "
            "UTC: move the log with --shift SECONDS"
        )
    return asked


def total_power(log: PowerLog, window: Window) -> tuple[Floats, Floats]:
    """Interpolate the power of all devices on one grid.

    Parameters
    ----------
    log : PowerLog
    window : Window

    Returns
    -------
    time_s, power_w : ndarray of shape (point,)
    """
    step = max(float(np.median([s.step_s for s in log.series])), window.duration_s / _MAX_POINTS)
    grid = np.arange(window.start_s, window.end_s, step)
    devices = {s.device: s for s in sorted(log.series, key=lambda s: s.kind)}  # power goes last
    total = np.zeros(len(grid))
    for series in devices.values():
        if series.kind == "power":
            total += np.interp(grid, series.time_s, series.value)
        else:
            rise = np.maximum(np.diff(series.value), 0) / np.diff(series.time_s)
            total += np.interp(grid, (series.time_s[1:] + series.time_s[:-1]) / 2, rise)
    return grid, total


def clock_findings(log: PowerLog, requests: RequestTimes) -> Iterator[Finding]:
    """Estimate the lag between power and the requests in flight by their best correlation.

    Parameters
    ----------
    log : PowerLog
    requests : RequestTimes

    Yields
    ------
    Finding
        ``clock_skew`` if another lag than 0 fits better by more than one step; ``clock_unknown`` if
        nothing can be told.
    """
    if requests.end_s is None:
        yield Finding(
            "clock_unknown",
            "whether power and requests share a clock cannot be told: requests have no end",
        )
        return
    step, lags, fit = _fit_of_lags(log, requests.start_s, requests.end_s)
    best = int(fit.argmax())
    if fit[best] < _FOLLOWS:
        yield Finding(
            "clock_unknown",
            "whether power and requests share a clock cannot be told: power does not follow the "
            f"requests in flight (best correlation {fit[best]:.2f})",
        )
    elif abs(lags[best]) > 1 and fit[best] > fit[lags.index(0)] + _BETTER:
        late = lags[best] * step
        yield Finding(
            "clock_skew",
            f"power follows the requests best {late:+.3g} s later (correlation {fit[best]:.2f}, "
            f"{fit[lags.index(0)]:.2f} as it is); nothing is moved, --shift {-late:.3g} would",
        )


def _fit_of_lags(log: PowerLog, start_s: Floats, end_s: Floats) -> tuple[float, range, Floats]:
    """Return the step of the common grid [s], lags in steps, and the correlation at each."""
    grid, power = total_power(log, log.span)
    begun = np.searchsorted(np.sort(start_s), grid, side="right")
    ended = np.searchsorted(np.sort(end_s), grid, side="right")
    active: Floats = (begun - ended).astype(np.float64)
    longest = min(_MAX_LAG_STEPS, int(_LAG_SHARE * len(grid)))
    lags = range(-longest, longest + 1)
    step = float(grid[1] - grid[0]) if len(grid) > 1 else 0.0
    return step, lags, np.array([_correlation(power, active, lag) for lag in lags])


def _correlation(power: Floats, activity: Floats, lag: int) -> float:
    """Correlate power with the activity `lag` steps before it."""
    n = len(power) - abs(lag)
    late, early = power[max(lag, 0) :][:n], activity[max(-lag, 0) :][:n]
    if n < 3 or np.ptp(late) == 0 or np.ptp(early) == 0:
        return 0.0
    return float(np.corrcoef(late, early)[0, 1])


def idle_findings(log: PowerLog, window: Window, *, told: bool) -> Iterator[Finding]:
    """Say what the log holds outside of the window, and idle time that power shows inside.

    Parameters
    ----------
    log : PowerLog
    window : Window
    told : bool
        Whether the window is known from requests or from the user, and not the log's own.

    Yields
    ------
    Finding
    """
    span = log.span
    for code, where, rest in (
        ("idle_before", "before", Window(span.start_s, min(window.start_s, span.end_s))),
        ("idle_after", "after", Window(max(window.end_s, span.start_s), span.end_s)),
    ):
        if rest.duration_s > _NOTABLE_IDLE * window.duration_s:
            left = metered_energy(log, rest)
            yield Finding(
                code,
                f"{rest.duration_s:,.0f} s {where} the window, {left.energy_j / J_PER_WH:,.4g} "
                f"Wh at {left.mean_w:,.4g} W, are left out; --window takes them in",
            )
    if not told:
        yield from _seen_idle(log, window)


def _seen_idle(log: PowerLog, window: Window) -> Iterator[Finding]:
    grid, power = total_power(log, window)
    low, high = np.quantile(power, (0.05, 0.95))
    busy = np.flatnonzero(power > (low + high) / 2)
    if high < _BUSY_RATIO * low or not busy.size:
        return
    for code, words, seconds in (
        ("idle_before", "first", float(grid[busy[0]] - window.start_s)),
        ("idle_after", "last", float(window.end_s - grid[busy[-1]])),
    ):
        if seconds > _NOTABLE_IDLE * window.duration_s:
            yield Finding(
                code,
                f"power is low in the {words} {seconds:,.0f} s of the log: counted, because no "
                "times of requests say otherwise; --window leaves it out",
            )
