"""A picture of a result: the two densities with their intervals, fit to be pasted elsewhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.canvas import (
    FAINT,
    INK,
    MARGIN,
    Axes,
    Line,
    line_inches,
    new_axes,
    new_page,
    shortened,
    wrapped_lines,
)
from wh_uncertainty.cli.density import Draws, density
from wh_uncertainty.cli.hashes import hashes_of
from wh_uncertainty.cli.log_axis import dress_log_axis
from wh_uncertainty.cli.numbers import interval, quantity
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS

__all__ = ["draw_simulation"]

Result = Mapping[str, Any]

_WIDTH, _SIDE = 7.2, 0.6  # inches; beside the axis a label of its end finds room
_ABOVE, _DENSITY, _INTERVALS, _BELOW = 0.45, 2.0, 0.67, 0.65  # inches
_TITLE, _ANSWER, _TEXT, _FOOT = 12, 10.5, 9.5, 7.5  # points
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
    room = _WIDTH - 2 * MARGIN
    header, footer = _header(result, room), _footer(result["provenance"], room)
    width = 2 * MARGIN + max(room, line_inches(header))
    tall = _ABOVE + _DENSITY + _INTERVALS + _BELOW
    with new_page(path, width, tall, header, footer) as (figure, top):
        top += _ABOVE
        upper = new_axes(figure, _SIDE, top, width - 2 * _SIDE, _DENSITY)
        lower = new_axes(figure, _SIDE, top + _DENSITY, width - 2 * _SIDE, _INTERVALS)
        _draw(upper, lower, result, {"mean": wh_mean, "one_query": wh_one_query})


def _draw(upper: Axes, lower: Axes, result: Result, draws: Mapping[str, Draws]) -> None:
    upper.sharex(lower)
    for row, (key, label, colour, line) in enumerate(_STYLES):
        points, height = density(draws[key])
        upper.fill_between(points, height, color=colour, alpha=0.15, lw=0)
        upper.plot(points, height, line, color=colour, lw=2, label=label)
        _mark_interval(lower, -row, result["wh_per_query"][key], colour)
    _dress(upper, lower)


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
    lower.set_xscale("log")
    upper.set_ylim(bottom=0)
    lower.set_ylim(-1.7, 0.9)
    lower.set_xlabel("Wh per query (logarithmic)")
    dress_log_axis(lower.xaxis)
    for axes in (upper, lower):
        axes.set_yticks([])
        axes.spines[["left", "right", "top"]].set_visible(False)
        axes.grid(axis="x", color="#e4e4e4", lw=0.8)
        axes.set_axisbelow(True)
    upper.spines["bottom"].set_visible(False)
    upper.tick_params(axis="x", which="both", length=0, labelbottom=False)
    upper.legend(frameon=False, loc="lower left", bbox_to_anchor=(-0.01, 0.99), ncols=2)


def _pinned(scenario: Result) -> str:
    """List what was pinned: a picture that is pasted elsewhere has to say it."""
    parts = [str(scenario[key]) for key in ("hardware", "precision", "region") if scenario[key]]
    if scenario["interactivity_tok_s"] is not None:
        parts.append(f"{scenario['interactivity_tok_s']:g} tok/s")
    if scenario["efficiency"] is not None:
        parts.append(f"efficiency {scenario['efficiency']:g}")
    return ", ".join(parts)


def _header(result: Result, width: float) -> list[Line]:
    scenario, mean = result["scenario"], result["wh_per_query"]["mean"]
    title = f"{scenario['model']}, {shortened(scenario['workload'])}"
    answer = f"{quantity(mean)} Wh per query (median), 90 % interval "
    answer += f"{interval(mean, 'p05', 'p95')} Wh, expected value {quantity(mean, 'mean')} Wh"
    boundary = f"Counted: {BOUNDARY_WORDS[result['boundary']]}"
    pinned = _pinned(scenario)
    return [
        *wrapped_lines(title, width, _TITLE, weight="bold"),
        *wrapped_lines(answer, width, _ANSWER),
        *wrapped_lines(boundary, width, _TEXT, FAINT),
        *(wrapped_lines(f"Pinned: {pinned}", width, _TEXT, FAINT) if pinned else []),
    ]


def _footer(provenance: Mapping[str, Any], width: float) -> list[Line]:
    hashes = hashes_of(provenance, ("observations", "posterior", "priors"))
    key = (
        "Thick line 50 %, thin line 90 % interval, dot median. "
        f"wh-uncertainty {provenance['version']}, seed {provenance['seed']}, "
        f"{provenance['draws']:,} draws"
    )
    texts = key, f"sha256 of {hashes}"
    return [line for text in texts for line in wrapped_lines(text, width, _FOOT, FAINT)]
