from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.cli.canvas import check_picture, picture_format
from wh_uncertainty.cli.density import density
from wh_uncertainty.cli.files import OutputError
from wh_uncertainty.cli.plot import draw_simulation

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def draws() -> Floats:
    return 0.0784 * np.exp(0.55 * np.random.default_rng(0).standard_normal(20_000))


def test_density_of_a_lognormal(draws: Floats) -> None:
    points, height = density(draws)
    x = np.log10(points)
    sd = 0.55 / np.log(10)
    truth = np.exp(-0.5 * ((x - np.log10(0.0784)) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
    assert np.trapezoid(height, x) == pytest.approx(1, abs=0.002)
    # Smoothing lowers the peak by 3 % here, noise is 2 %; a shift by one cell would make 1 % more.
    np.testing.assert_allclose(height, truth, atol=0.06 * truth.max())


@pytest.mark.parametrize("n", [1, 5])
def test_density_of_equal_draws_is_narrow(n: int) -> None:
    points, height = density(np.full(n, 0.4))
    assert np.isfinite(height).all()
    assert points[np.argmax(height)] == pytest.approx(0.4, rel=1e-5)


def test_suffix_decides_the_format() -> None:
    assert picture_format(Path("a.b/x.PNG")) == "png"
    with pytest.raises(OutputError, match=r"x\.pdf: a picture is \.svg or \.png"):
        picture_format(Path("x.pdf"))


def test_draws_of_nothing_are_left_out() -> None:
    with_zeros = np.array([0.0, 1.0, 1.0, 2.0])
    assert all(np.isfinite(part).all() for part in density(with_zeros))


def test_pictures_that_cannot_be_made_are_refused_first(tmp_path: Path) -> None:
    target = tmp_path / "x.png"
    check_picture(target, tmp_path / "x.json")
    with pytest.raises(OutputError, match="cannot be one file"):
        check_picture(target, tmp_path / "." / "x.png")
    with pytest.raises(OutputError, match="cannot be written"):
        check_picture(tmp_path / "none" / "x.png", None)


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_same_result_same_picture(
    tmp_path: Path, result: dict[str, Any], draws: Floats, suffix: str
) -> None:
    result["scenario"]["workload"] = "costs $5 or $6.csv"  # no mathematics
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    for path in (first, second):
        draw_simulation(path, result, draws, draws**1.5)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith({"svg": b"<?xml", "png": b"\x89PNG"}[suffix])
