"""Joules over a window by hand; gaps, resets, idle time and clocks are found."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike

from wh_uncertainty.model.metering.clock import (
    clock_findings,
    common_window,
    idle_findings,
    shifted,
)
from wh_uncertainty.model.metering.integration import device_energy, metered_energy
from wh_uncertainty.model.metering.requests import RequestTimes, request_times
from wh_uncertainty.model.metering.series import Kind, MeterError, PowerLog, Series, Window
from wh_uncertainty.model.sites.reading import read_log


def series(time: ArrayLike, value: ArrayLike, kind: Kind = "power", device: str = "gpu") -> Series:
    return Series(device, kind, np.asarray(time, np.float64), np.asarray(value, np.float64))


def log_of(*found: Series) -> PowerLog:
    return PowerLog("power.csv", "log", False, found, ())


def test_power_by_the_trapezoid_rule_with_ends_interpolated() -> None:
    ramp = series(np.arange(11), 10.0 * np.arange(11))
    found = device_energy(ramp, Window(2.5, 7.5), "x")
    assert found.energy_j == pytest.approx(10 * (7.5**2 - 2.5**2) / 2)
    assert found.sampling_sd_j == pytest.approx(0)
    assert found.gaps == 0


def test_a_gap_is_bridged_and_counted_as_uncertain() -> None:
    time = np.concatenate([np.arange(10), np.arange(20, 30)])
    power = np.where(time % 2 == 0, 100.0, 200.0)
    found = device_energy(series(time, power), Window(0, 29), "x")
    assert (found.gaps, found.bridged_s) == (1, 11)
    assert found.bridged_sd_j == pytest.approx(11 * 100 / np.sqrt(12))
    (finding,) = metered_energy(log_of(series(time, power)), Window(0, 29)).findings
    assert finding.code == "gaps"
    assert "1 gaps" in finding.message
    assert "11 s" in finding.message


def test_a_counter_that_was_reset() -> None:
    time = np.arange(6)
    counter = np.array([1000, 1100, 1200, 0, 100, 200])
    found = device_energy(series(time, counter, "counter"), Window(0, 5), "x")
    assert found.energy_j == pytest.approx(500)  # the interval of the reset at the power beside
    assert (found.resets, found.bridged_s) == (1, 1)


def test_a_counter_misses_nothing_in_a_gap() -> None:
    found = device_energy(
        series(np.array([0, 1, 2, 60, 61]), np.array([0, 100, 200, 9000, 9100]), "counter"),
        Window(0, 61),
        "x",
    )
    assert found.energy_j == 9100
    assert found.bridged_sd_j == 0


def test_boards_of_one_logger_miss_the_same(tmp_path: Path) -> None:
    time = np.concatenate([np.arange(10), np.arange(20, 30)])
    power = np.where(time % 2 == 0, 100.0, 200.0)
    one, eight = (
        metered_energy(
            log_of(*(series(time, power, device=str(k)) for k in range(n))), Window(0, 29)
        )
        for n in (1, 8)
    )
    assert eight.sd_j == pytest.approx(8 * one.sd_j)


def test_what_a_gap_may_hold_is_what_the_device_draws_at_other_times() -> None:
    time, power = np.array([0, 1, 2, 102, 103, 104]), np.array([300, 400, 300, 300, 400, 300])
    found = device_energy(series(time, power), Window(10, 90), "x")
    assert found.bridged_sd_j == pytest.approx(80 * 100 / np.sqrt(12))


def test_a_counter_does_not_say_when_within_a_long_step() -> None:
    counter = series([0, 10, 3610, 3620], [0, 5000, 545_000, 550_000], "counter")
    inside = device_energy(counter, Window(1810, 3620), "x")
    whole = device_energy(counter, Window(0, 3620), "x")
    # 150 W in the step and 500 W beside it, halfway through an hour.
    assert inside.sampling_sd_j == pytest.approx(350 / np.sqrt(12) * 900)
    assert whole.sampling_sd_j == 0


def test_a_counter_that_stands_still_counts_in_steps() -> None:
    time = np.arange(0, 36_000, 600)
    counter = np.floor(500 * time / 3.6e6) * 3.6e6
    found = device_energy(series(time, counter, "counter"), Window(0, 35_400), "x")
    assert found.sampling_sd_j == pytest.approx(3.6e6 / np.sqrt(6), rel=0.5)


def test_devices_add_up_and_the_counter_is_taken_before_power() -> None:
    time = np.arange(5)
    found = metered_energy(
        log_of(
            series(time, np.full(5, 100.0), device="a"),
            series(time, 100.0 * time, "counter", device="b"),
            series(time, np.full(5, 150.0), device="b"),
        ),
        Window(0, 4),
    )
    assert found.energy_j == pytest.approx(800)
    assert found.devices == 2
    assert [f.code for f in found.findings] == ["counter_contradicts"]


def test_a_window_beyond_the_log_is_refused() -> None:
    steady = series(np.arange(100), np.full(100, 50.0))
    assert device_energy(steady, Window(-2, 100), "x").energy_j == pytest.approx(50 * 102)
    with pytest.raises(MeterError, match="begins 10 s inside of the window"):
        device_energy(steady, Window(-10, 50), "x")
    with pytest.raises(MeterError, match="ends 21 s inside of the window"):
        device_energy(steady, Window(0, 120), "x")


def test_no_energy_is_no_measurement(tmp_path: Path) -> None:
    path = tmp_path / "power.csv"
    path.write_text("time,power_w\n1,0\n2,0\n3,0\n")
    with pytest.raises(MeterError, match="no energy at all"):
        read_log(path, None)


def test_a_device_that_idles_at_nothing_is_measured_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "power.csv"
    rows = "".join(f"{t},{500 if 100 <= t <= 200 else 0}\n" for t in range(300))
    path.write_text(f"time,power_w\n{rows}")
    found = read_log(path, None, window=Window(100, 200))
    assert found.energy_wh == pytest.approx(500 * 100 / 3600)
    assert [f.code for f in found.findings] == ["idle_before", "idle_after"]


@pytest.fixture
def served() -> Callable[[float], tuple[PowerLog, RequestTimes]]:
    """Bursts of requests, and the power they take on a clock that is off by some seconds."""

    def make(late_s: float) -> tuple[PowerLog, RequestTimes]:
        rng = np.random.default_rng(7)
        start = np.sort(rng.uniform(100, 900, 60))
        end = start + rng.uniform(5, 20, 60)
        time = np.arange(0, 1000, 1.0)
        active = ((time >= start[:, None]) & (time < end[:, None])).sum(axis=0)
        return log_of(series(time + late_s, 100.0 + 50.0 * active)), RequestTimes(start, end)

    return make


def test_clocks_that_agree_are_not_complained_of(
    served: Callable[[float], tuple[PowerLog, RequestTimes]],
) -> None:
    assert list(clock_findings(*served(0.0))) == []


@pytest.mark.parametrize("late_s", [7.0, -12.0])
def test_a_clock_that_is_off_is_found_and_shift_mends_it(
    served: Callable[[float], tuple[PowerLog, RequestTimes]], late_s: float
) -> None:
    log, requests = served(late_s)
    (finding,) = clock_findings(log, requests)
    assert finding.code == "clock_skew"
    assert f"--shift {-late_s:g} would" in finding.message
    assert list(clock_findings(shifted(log, -late_s), requests)) == []


def test_what_cannot_be_told_of_clocks_is_said(
    served: Callable[[float], tuple[PowerLog, RequestTimes]],
) -> None:
    log, requests = served(0.0)
    (untimed,) = clock_findings(log, RequestTimes(requests.start_s, None))
    assert untimed.code == "clock_unknown"
    steady = log_of(series(np.arange(1000), np.full(1000, 400.0)))
    (flat,) = clock_findings(steady, requests)
    assert flat.code == "clock_unknown"
    with pytest.raises(MeterError, match=r"do not overlap.*\+1.00 h.*--shift"):
        common_window(shifted(log, 3600 + float(requests.start_s[0])), requests)


def test_idle_time_outside_of_the_requests_is_left_out_and_said(
    served: Callable[[float], tuple[PowerLog, RequestTimes]],
) -> None:
    log, requests = served(0.0)
    codes = [f.code for f in idle_findings(log, requests.span, told=True)]
    assert codes == ["idle_before", "idle_after"]


def test_idle_time_inside_of_an_untold_window_is_seen() -> None:
    time = np.arange(1000)
    power = np.where((time >= 200) & (time < 900), 500.0, 80.0)
    found = list(idle_findings(log_of(series(time, power)), Window(0, 999), told=False))
    assert [f.code for f in found] == ["idle_before", "idle_after"]
    assert "first 200 s" in found[0].message
    steady = series(time, np.full(1000, 500.0))
    assert list(idle_findings(log_of(steady), Window(0, 999), told=False)) == []


def test_times_of_requests(tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    path.write_text("arrival_time,latency_s,isl,osl\n10,2,5,5\n\n12,1,5,5\n")
    times = request_times(path)
    assert times is not None
    assert times.span == Window(10, 13)
    assert times.within(Window(11, 20)).tolist() == [False, True]
    path.write_text("isl,osl\n5,5\n")
    assert request_times(path) is None
    path.write_text("start,end,isl,osl\n10,9,5,5\n")
    with pytest.raises(MeterError, match="request 1: ends before it begins"):
        request_times(path)
    path.write_text("start,isl,osl\nnoon,5,5\n")
    with pytest.raises(MeterError, match="request 1: 'noon' is no time"):
        request_times(path)
