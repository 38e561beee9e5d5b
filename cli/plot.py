"""A picture of a result: the two densities with their intervals, fit to be pasted elsewhere."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.canvas import FAINT, INK, Axes, Figure, new_picture
from wh_uncertainty.cli.density import Draws, density
from wh_uncertainty.cli.layout import printable
from wh_uncertainty.cli.numbers import interval, quantity
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS

__all__ = ["draw_simulation"]

Result = Mapping[str, Any]

_SIZE_INCHES = (7.2, 4.6)
_HASH_DIGITS = 12
_LINE_HEIGHT = 0.042  # of a line of the caption, in figure heights
_FEW_TICKS_RATIO = 1000  # an axis of less than three decades needs ticks within a decade
# Blue and orange of Okabe and Ito: told apart by every kind of colour vision, and in grey, where
# one is dark and the other light; line styles differ as well.
_STYLES = (
    ("mean", "mean of the workload's queries", "#0072B2", "-"),
    ("one_query", "one query", "#E69F00", "--"),
)


def draw_simulation(path: Path, result: Result, wh_mean: Draws, wh_one_query: Draws) -> None:
    """Draw the densities of the mean and of one query on a logarithmic axis.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    result : mapping
        As `Simulation.to_dict` gives it.
    wh_mean, wh_one_query : ndarray of shape (draw,)
        [Wh]

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    with new_picture(path, *_SIZE_INCHES) as figure:
        _compose(figure, result, {"mean": wh_mean, "one_query": wh_one_query})


def _compose(figure: Figure, result: Result, draws: Mapping[str, Draws]) -> None:
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    top = 0.78 - _LINE_HEIGHT * bool(_pinned(result["scenario"]))
    figure.subplots_adjust(left=0.04, right=0.96, top=top, bottom=0.20, hspace=0)
    for row, (key, label, colour, line) in enumerate(_STYLES):
        points, height = density(draws[key])
        upper.fill_between(points, height, color=colour, alpha=0.15, lw=0)
        upper.plot(points, height, line, color=colour, lw=2, label=label)
        _mark_interval(lower, -row, result["wh_per_query"][key], colour)
    _dress(upper, lower)
    _caption(figure, result)


def _mark_interval(axes: Axes, y: float, quantiles: Mapping[str, float], colour: str) -> None:
    """Draw the 90 % interval thin, the 50 % interval thick, the median as a dot, and the ends."""
    for low, high, weight in (("p05", "p95", 1.8), ("p25", "p75", 6)):
        ends = [quantiles[low], quantiles[high]]
        axes.plot(ends, [y, y], color=colour, lw=weight, solid_capstyle="butt")
    axes.plot(quantiles["p50"], y, "o", color="white", mec=INK, ms=5.5)
    for key, side, shift in (("p05", "right", -6), ("p50", "center", 0), ("p95", "left", 6)):
        axes.annotate(
            quantity(quantiles, key),
            (quantiles[key], y),
            (shift, 9 if key == "p50" else 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=8.5,
        )


def _dress(upper: Axes, lower: Axes) -> None:
    ticker = import_module("matplotlib.ticker")
    upper.set_xscale("log")
    upper.set_ylim(bottom=0)
    lower.set_ylim(-1.7, 0.9)
    lower.set_xlabel("Wh per query (logarithmic)")
    low, high = lower.get_xlim()
    if high < _FEW_TICKS_RATIO * low:
        lower.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    lower.xaxis.set_major_formatter(_tick_label)
    lower.xaxis.set_minor_formatter(ticker.NullFormatter())
    for axes in (upper, lower):
        axes.set_yticks([])
        axes.spines[["left", "right", "top"]].set_visible(False)
        axes.grid(axis="x", color="#e4e4e4", lw=0.8)
        axes.set_axisbelow(True)
    upper.spines["bottom"].set_visible(False)
    upper.tick_params(axis="x", which="both", length=0)
    upper.legend(frameon=False, loc="lower left", bbox_to_anchor=(-0.01, 0.99), ncols=2)


def _tick_label(value: float, _: int) -> str:
    return f"{value:g}"


def _pinned(scenario: Result) -> str:
    """List what was pinned: a picture that is pasted elsewhere has to say it."""
    parts = [str(scenario[key]) for key in ("hardware", "precision", "region") if scenario[key]]
    if scenario["interactivity_tok_s"] is not None:
        parts.append(f"{scenario['interactivity_tok_s']:g} tok/s")
    if scenario["efficiency"] is not None:
        parts.append(f"efficiency {scenario['efficiency']:g}")
    return ", ".join(parts)


def _caption(figure: Figure, result: Result) -> None:
    scenario, provenance = result["scenario"], result["provenance"]
    mean = result["wh_per_query"]["mean"]
    title = printable(f"{scenario['model']}, {scenario['workload']}")
    answer = f"{quantity(mean)} Wh per query (median), 90 % interval "
    answer += f"{interval(mean, 'p05', 'p95')} Wh, expected value {quantity(mean, 'mean')} Wh"
    boundary = f"Counted: {BOUNDARY_WORDS[result['boundary']]}"
    pinned = _pinned(scenario)
    figure.text(0.04, 0.945, title, fontsize=12, fontweight="bold")
    figure.text(0.04, 0.895, answer, fontsize=10.5)
    figure.text(0.04, 0.85, boundary, color=FAINT)
    if pinned:
        figure.text(0.04, 0.85 - _LINE_HEIGHT, f"Pinned: {pinned}", color=FAINT)
    hashes = ", ".join(
        f"{part} {provenance[f'{part}_sha256'][:_HASH_DIGITS]}"
        for part in ("observations", "posterior", "priors")
    )
    footer = (
        "Thick line 50 %, thin line 90 % interval, dot median.  "
        f"wh-uncertainty {provenance['version']}, seed {provenance['seed']}, "
        f"{provenance['draws']:,} draws\nsha256 of {hashes}"
    )
    figure.text(0.04, 0.025, footer, fontsize=7.5, color=FAINT, linespacing=1.4)
