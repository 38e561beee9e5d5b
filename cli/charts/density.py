"""A chart of densities, each with its intervals below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.cli.charts.axes import log_axis
from wh_uncertainty.cli.charts.vega import BLUE, INK, ORANGE, Signs, Spec, top
from wh_uncertainty.cli.density import Draws, density

__all__ = ["DensitySeries", "density_chart"]

Floats = NDArray[np.float64]

_POINTS = 128  # as many as the eye can tell apart in a chart of this width
_COLOURS, _DASHES = (BLUE, ORANGE), ([1, 0], [6, 3])
_ROW = 0.09  # of the highest density, for each interval below the axis
_HEIGHT = 230  # px


@dataclass(frozen=True, slots=True, eq=False)
class DensitySeries:
    """Draws of one quantity.

    Parameters
    ----------
    label : str
    draws : ndarray of shape (draw,)
        Positive where they are drawn at all.
    quantiles : mapping
        Their ``p05`` to ``p95``, in the same unit.
    """

    label: str
    draws: Draws
    quantiles: Mapping[str, float]


def density_chart(series: Sequence[DensitySeries], title: str, signs: Signs) -> Spec:
    """Draw one or two densities over a logarithmic axis.

    Parameters
    ----------
    series : sequence of DensitySeries
        At most two.
    title : str
        Of the axis, with the unit.
    signs : Signs

    Returns
    -------
    dict
    """
    curves = [_thinned(*density(one.draws)) for one in series]
    highest = max(float(height.max()) for _, height in curves)
    areas = [
        {"s": one.label, "x": _short(x), "y": round(float(y) / highest, 4)}
        for one, (points, height) in zip(series, curves, strict=True)
        for x, y in zip(points, height, strict=True)
    ]
    bars = [
        {"s": one.label, "y": -_ROW * (k + 0.7), **{p: _short(v) for p, v in one.quantiles.items()}}
        for k, one in enumerate(series)
    ]
    ends = [float(end) for points, _ in curves for end in (points[0], points[-1])]
    x = {"field": "x", **log_axis(ends, title)}
    y = {
        "field": "y",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-_ROW * (len(series) + 0.5), 1.02], "nice": False},
    }
    return top(
        height=_HEIGHT,
        signs=signs,
        encoding={"color": _colour([one.label for one in series]), "y": y},
        datasets={"curves": areas, "intervals": bars},
        layer=[*_areas([one.label for one in series], x), *_intervals()],
    )


def _thinned(points: Floats, height: Floats) -> tuple[Floats, Floats]:
    step = max(len(points) // _POINTS, 1)
    return points[::step], height[::step]


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _colour(labels: Sequence[str]) -> Spec:
    scale = {"domain": list(labels), "range": list(_COLOURS[: len(labels)])}
    legend = {"symbolType": "stroke", "symbolStrokeWidth": 3, "symbolSize": 300}
    return {"field": "s", "type": "nominal", "scale": scale, "legend": legend}


def _areas(labels: Sequence[str], x: Spec) -> list[Spec]:
    dash = {"domain": list(labels), "range": list(_DASHES[: len(labels)])}
    data = {"name": "curves"}
    area = {"x": x, "y2": {"datum": 0}}
    line = {"x": x, "strokeDash": {"field": "s", "type": "nominal", "scale": dash}}
    return [
        {"data": data, "mark": {"type": "area", "fillOpacity": 0.14}, "encoding": area},
        {"data": data, "mark": {"type": "line", "strokeWidth": 2}, "encoding": line},
    ]


def _intervals() -> list[Spec]:
    """Draw 90 % thin, 50 % thick, and the median as a dot."""
    data = {"name": "intervals"}
    keys = ("p05", "p25", "p50", "p75", "p95")
    tooltip = [{"field": "s", "title": " "}, *({"field": key, "format": ".2~r"} for key in keys)]
    layers = [
        {
            "data": data,
            "mark": {"type": "rule", "strokeWidth": weight, "clip": True},
            "encoding": {
                "x": {"field": low, "type": "quantitative"},
                "x2": {"field": high},
                "tooltip": tooltip,
            },
        }
        for low, high, weight in (("p05", "p95", 2), ("p25", "p75", 7))
    ]
    dot = {"type": "point", "filled": True, "fill": "white", "stroke": INK, "size": 55}
    median = {"x": {"field": "p50", "type": "quantitative"}, "tooltip": tooltip}
    return [*layers, {"data": data, "mark": {**dot, "opacity": 1}, "encoding": median}]
