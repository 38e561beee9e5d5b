"""A picture of a fit: traces of the hyperparameters that mix worst, and predictive checks."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.cli.canvas import (
    BLUE,
    FAINT,
    INK,
    MARGIN,
    Axes,
    Figure,
    Line,
    new_axes,
    new_page,
    wrapped_lines,
)
from wh_uncertainty.cli.check_report import LIKELIHOODS
from wh_uncertainty.cli.hashes import shown_hash

if TYPE_CHECKING:
    from wh_uncertainty.model.fitting.fit_check import FitCheck
    from wh_uncertainty.model.fitting.likelihood import Likelihood

__all__ = ["draw_check"]

Floats = NDArray[np.float64]
Report = Mapping[str, Any]

_TITLE, _TEXT, _FOOT = 12, 9.5, 7.5  # points
_WIDTH, _HEIGHT = 4.4, 5.6  # of all traces, and of all predictive checks [inches]
_LEFT, _TITLES, _AXIS = 0.6, 0.26, 0.55  # of each panel: tick labels, title, axis label [inches]
_TRACES = 6
_LINES = 50  # replicated tables drawn
_POINTS = 2000  # of each of their lines: one row far outside stretches what they are spread over
_TAIL = 0.002  # of the replicated residuals on either side stays outside
# Of Okabe and Ito, dark enough for thin lines.
_CHAINS = (BLUE, "#D55E00", "#009E73", "#CC79A7")


def draw_check(path: Path, check: "FitCheck") -> None:
    """Draw traces on the left, and on the right the residuals of each likelihood.

    Parameters
    ----------
    path : Path
        Ends in .svg or .png.
    check : FitCheck

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    right = MARGIN + _LEFT + _WIDTH + _LEFT
    width = right + _LEFT + _WIDTH + MARGIN
    header, footer = _words(check.report, width - 2 * MARGIN)
    with new_page(path, width, _HEIGHT, header, footer) as (figure, top):
        traces = _slowest(check.scalars)
        _draw_traces(traces, _stack(figure, MARGIN + _LEFT, top, len(traces), together=True))
        panels = _stack(figure, right + _LEFT, top, len(check.likelihoods), together=False)
        for panel, likelihood in zip(panels, check.likelihoods, strict=True):
            _draw_residuals(panel, likelihood, check.replicated[likelihood.name])


def _stack(figure: Figure, x: float, top: float, count: int, *, together: bool) -> list[Axes]:
    """Add axes below each other; those that belong together have one horizontal axis, the last."""
    share = (_HEIGHT - _AXIS * together) / count
    tall = share - _TITLES - _AXIS * (not together)
    return [new_axes(figure, x, top + i * share + _TITLES, _WIDTH, tall) for i in range(count)]


def _slowest(scalars: Mapping[str, Floats]) -> dict[str, Floats]:
    """Choose the hyperparameters with the fewest effective draws, and head each with its own."""
    az: Any = import_module("arviz")
    ess = {name: float(az.ess(values, method="bulk")) for name, values in scalars.items()}
    worst = sorted(ess, key=ess.__getitem__)[:_TRACES]
    return {f"{name}: bulk ESS {ess[name]:,.0f}": scalars[name] for name in worst}


def _draw_traces(traces: Mapping[str, Floats], panels: Sequence[Axes]) -> None:
    az: Any = import_module("arviz")
    data = az.from_dict({"posterior": traces})
    collection = _collection(
        data["posterior"].to_dataset(),
        dict(zip(traces, panels, strict=True)),
        aes={"color": ["chain"], "overlay": ["chain"]},
        color=_CHAINS,
    )
    off = dict.fromkeys(("title", "xlabel", "ticklabels"), False)
    visuals = {**off, "trace": {"width": 0.4}}
    az.plot_trace(data, plot_collection=collection, visuals=visuals)
    for title, panel in zip(traces, panels, strict=True):
        _dress(panel, title)
        panel.margins(x=0)
        for line in panel.lines:
            line.set_rasterized(True)  # an SVG of all draws would take megabytes
        panel.tick_params(axis="x", labelbottom=panel is panels[-1])
        panel.yaxis.set_major_locator(import_module("matplotlib.ticker").MaxNLocator(3))
    panels[-1].set_xlabel("draw")


def _draw_residuals(panel: Axes, likelihood: "Likelihood", replicated: Floats) -> None:
    """Draw the distribution of ln measured over expected, and that of tables the fit draws."""
    az: Any = import_module("arviz")
    expected = likelihood.mean.mean(axis=(0, 1))
    measured = likelihood.measured - expected
    drawn = replicated - expected
    data = az.from_dict(
        {"posterior_predictive": {"residual": drawn}, "observed_data": {"residual": measured}}
    )
    one_table_a_line = data["posterior_predictive"].to_dataset().stack(sample=("chain", "draw"))
    collection = _collection(one_table_a_line, {"residual": panel}, aes={"overlay_ppc": ["sample"]})
    visuals = {
        "predictive_dist": {"color": BLUE, "alpha": 0.25, "width": 0.6},
        "observed_dist": {"color": INK, "width": 1.4},
        "title": False,
        "remove_axis": False,
    }
    az.plot_ppc_dist(
        data,
        kind="ecdf",
        num_samples=_LINES,
        plot_collection=collection,
        visuals=visuals,
        stats={key: {"npoints": _POINTS} for key in ("predictive_dist", "observed_dist")},
    )
    low, high = np.quantile(drawn, [_TAIL, 1 - _TAIL])
    outside = int(((measured < low) | (measured > high)).sum())
    panel.set_xlim(low, high)
    panel.set_ylim(0, 1)
    panel.set_xlabel("ln measured over expected")
    _dress(panel, f"{LIKELIHOODS[likelihood.name]}: share of rows below")
    panel.text(
        0.97,
        0.06,
        f"{outside:,} of {len(measured):,} rows outside the axis",
        transform=panel.transAxes,
        ha="right",
        fontsize=8.5,
        color=FAINT,
    )


def _collection(data: Any, panels: Mapping[str, Axes], **aesthetics: Any) -> Any:
    """Have ArviZ draw each variable on axes of ours; left alone, it lays out a figure itself."""
    azp: Any = import_module("arviz_plots")
    xr: Any = import_module("xarray")
    axes = {name: xr.DataArray(np.array(panel, dtype=object)) for name, panel in panels.items()}
    figure = np.array(next(iter(panels.values())).figure, dtype=object)
    where = {"/": xr.Dataset({"figure": figure}), "plot": xr.Dataset(axes)}
    return azp.PlotCollection(
        data, xr.DataTree.from_dict(where), backend="matplotlib", **aesthetics
    )


def _dress(panel: Axes, title: str) -> None:
    panel.set_title(title, loc="left", fontsize=_TEXT, color=INK, pad=3)
    panel.tick_params(labelsize=8.5)


def _words(report: Report, width: float) -> tuple[list[Line], list[Line]]:
    settings, rows = report["settings"], report["observations"]["rows_fitted"]
    draws = f"{settings['chains']} chains of {settings['draws']:,} draws"
    missed = "; ".join(report["gates_missed"])
    verdict = f"gates missed: {missed}" if missed else "all gates passed"
    divergences = f"{report['divergences']:,} divergences"
    header = [
        Line(f"Fit of {report['model']} to {rows:,} rows", _TITLE, weight="bold"),
        *wrapped_lines(f"{draws}, {divergences}, {verdict}", width, _TEXT),
        Line("", _TEXT / 2),
    ]
    of = shown_hash(report["observations"]["sha256"]), shown_hash(report["priors"]["sha256"])
    said = (
        "Left: the hyperparameters that mix worst, one colour per chain. Right: black, the rows; "
        f"blue, {_LINES} tables of the same rows drawn by the fit; the rows have pulled the fit "
        "towards them, so black rises a little faster. wh-uncertainty "
        f"{report['versions']['wh-uncertainty']}, seed {settings['seed']}, sha256 of observations "
        f"{of[0]}, priors {of[1]}"
    )
    return header, wrapped_lines(said, width, _FOOT, FAINT)
