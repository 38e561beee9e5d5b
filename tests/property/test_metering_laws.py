"""Laws of metering: energy adds up over windows, in any unit and on any clock."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wh_uncertainty.model.metering.cells import quantity_of, reading
from wh_uncertainty.model.metering.integration import device_energy
from wh_uncertainty.model.metering.series import Kind, Series, Window

steps = st.lists(st.floats(0.5, 2.0), min_size=4, max_size=40)
shares = st.tuples(*[st.floats(0.0, 1.0)] * 3)


def a_series(seconds: list[float], kind: Kind, seed: int) -> Series:
    rng = np.random.default_rng(seed)
    time = np.concatenate([[0.0], np.cumsum(seconds)])
    value = rng.uniform(50, 700, len(time))
    return Series("gpu", kind, time, value if kind == "power" else np.cumsum(value))


def energy_j(series: Series, start: float, end: float) -> float:
    return device_energy(series, Window(start, end), "log").energy_j


@given(steps, shares, st.sampled_from(["power", "counter"]), st.integers(0, 99))
def test_energy_of_two_windows_side_by_side_is_that_of_both(
    seconds: list[float], cut: tuple[float, float, float], kind: Kind, seed: int
) -> None:
    series = a_series(seconds, kind, seed)
    start, middle, end = sorted(share * float(series.time_s[-1]) for share in cut)
    both = energy_j(series, start, middle) + energy_j(series, middle, end)
    assert both == pytest.approx(energy_j(series, start, end), rel=1e-9, abs=1e-6)


@given(steps, st.floats(-1e9, 1e9), st.sampled_from(["power", "counter"]), st.integers(0, 99))
def test_energy_does_not_depend_on_where_a_clock_begins(
    seconds: list[float], shift: float, kind: Kind, seed: int
) -> None:
    series = a_series(seconds, kind, seed)
    end = float(series.time_s[-1])
    moved = replace(series, time_s=series.time_s + shift)
    there = energy_j(moved, shift, shift + end)
    assert there == pytest.approx(energy_j(series, 0, end), rel=1e-5)


@given(steps, st.floats(0.1, 10), st.integers(0, 99))
def test_energy_is_proportional_to_power(seconds: list[float], factor: float, seed: int) -> None:
    series = a_series(seconds, "power", seed)
    end = float(series.time_s[-1])
    scaled = replace(series, value=factor * series.value)
    assert energy_j(scaled, 0, end) == pytest.approx(factor * energy_j(series, 0, end))


@given(st.floats(0.001, 1e6))
def test_units_are_one_quantity(watts: float) -> None:
    power, energy = quantity_of("power_w"), quantity_of("energy_j")
    assert power is not None
    assert energy is not None
    assert reading(f"{watts / 1e3!r} kW", power) == pytest.approx(watts)
    assert reading(f"{watts * 1e3!r} mW", power) == pytest.approx(watts)
    assert reading(f"{watts / 3.6e6!r} kWh", energy) == pytest.approx(watts)
