from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wh_uncertainty.cli import fonts as fonts_of_pictures
from wh_uncertainty.cli.canvas import (
    check_picture,
    new_axes,
    new_picture,
    picture_format,
)
from wh_uncertainty.cli.density import density
from wh_uncertainty.cli.files import OutputError, check_targets
from wh_uncertainty.cli.log_axis import dress_log_axis
from wh_uncertainty.cli.plot import draw_simulation

Floats = NDArray[np.float64]

LONG_TRACE = f"{'recorded_requests_of_the_team_in_' * 5}x.csv"


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
    check_picture(target)
    check_targets(tmp_path / "x.json", target)
    with pytest.raises(OutputError, match="named for two files"):
        check_targets(tmp_path / "." / "x.png", target)
    with pytest.raises(OutputError, match="cannot be written"):
        check_picture(tmp_path / "none" / "x.png")


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


def scaled(result: dict[str, Any], factor: float) -> dict[str, Any]:
    wh = result["wh_per_query"]
    found = {key: {k: factor * x for k, x in quantiles.items()} for key, quantiles in wh.items()}
    return result | {"wh_per_query": found}


@pytest.mark.parametrize("factor", [2e-4, 0.02, 1.0, 3e6, 3e7])
@pytest.mark.parametrize("workload", ["20/8", LONG_TRACE, f"/data/{LONG_TRACE}", "客服对话.csv"])
def test_no_text_is_over_another_or_cut_off(
    tmp_path: Path, drawn: Any, result: dict[str, Any], draws: Floats, workload: str, factor: float
) -> None:
    result["scenario"] |= {"workload": workload, "region": "sweden", "efficiency": 0.25}
    draw_simulation(tmp_path / "x.png", scaled(result, factor), factor * draws, factor * draws**1.5)
    drawn.assert_legible()


def test_ticks_are_written_in_full(
    tmp_path: Path, drawn: Any, result: dict[str, Any], draws: Floats
) -> None:
    draw_simulation(tmp_path / "x.png", scaled(result, 3e7), 3e7 * draws, 3e7 * draws**1.5)
    texts = {text for text, *_ in drawn}
    assert "1,000,000" in texts
    assert not [text for text in texts if "e+" in text]


@pytest.mark.parametrize(
    ("fonts", "shown"), [((), "????.csv"), (("Noto Sans CJK JP",), "客服对话.csv")]
)
def test_letters_without_a_font_are_replaced_and_others_drawn(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    drawn: Any,
    result: dict[str, Any],
    draws: Floats,
    fonts: tuple[str, ...],
    shown: str,
) -> None:
    if not set(fonts) <= set(fonts_of_pictures.more_fonts()):
        pytest.skip("fonts-noto-cjk is not installed")
    monkeypatch.setattr(fonts_of_pictures, "more_fonts", lambda: fonts)
    result["scenario"]["workload"] = "客服对话.csv"
    draw_simulation(tmp_path / "x.png", result, draws, draws**1.5)  # a warning is an error here
    assert f"{result['scenario']['model']}, {shown}" in {text for text, *_ in drawn}


@pytest.mark.parametrize(
    ("low", "high"),
    [
        *((0.2, 11.3456), (1.1, 9.5), (3.1, 15.6), (0.0101, 0.0102), (95_000, 480_000)),
        *((9e5, 1.2e8), (1e-7, 1e9), (1.23456, 98.7654)),
    ],
)
@pytest.mark.parametrize("inches", [2.0, 2.6, 6.0])
def test_a_log_axis_has_two_labels_or_more_that_keep_apart(
    tmp_path: Path, drawn: Any, low: float, high: float, inches: float
) -> None:
    with new_picture(tmp_path / "x.png", inches + 2, 2) as figure:
        axes = new_axes(figure, 1, 0.2, inches, 1)
        axes.set_yticks([])
        axes.set(xscale="log", xlim=(low, high))
        dress_log_axis(axes.xaxis)
    assert len(drawn) >= 2
    drawn.assert_legible()
