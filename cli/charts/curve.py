"""A chart of Wh per query over the speed that a user is given, with its bands."""

from collections.abc import Mapping, Sequence
from typing import Any

from wh_uncertainty.cli.charts.axes import log_axis
from wh_uncertainty.cli.charts.vega import BLUE, Signs, Spec, top

__all__ = ["curve_chart"]

_HEIGHT = 260  # px
_BANDS = (("p05", "p95", 0.15), ("p25", "p75", 0.3))


def curve_chart(
    points: Sequence[Mapping[str, Any]], x_title: str, y_title: str, signs: Signs
) -> Spec:
    """Draw the median as a line in its 50 % and 90 % bands, both axes logarithmic.

    Parameters
    ----------
    points : sequence of mappings
        ``interactivity_tok_s`` and ``p05`` to ``p95``, as `pace_curve` gives them.
    x_title, y_title : str
    signs : Signs

    Returns
    -------
    dict
    """
    keys = ("p05", "p25", "p50", "p75", "p95")
    values = [
        {"x": point["interactivity_tok_s"], **{key: float(f"{point[key]:.4g}") for key in keys}}
        for point in points
    ]
    x = {"field": "x", **log_axis([value["x"] for value in values], x_title, grid=False)}
    y = log_axis([value[key] for value in values for key in ("p05", "p95")], y_title)
    tooltip = [
        {"field": "x", "title": x_title},
        *({"field": key, "format": ",.2~r"} for key in keys),
    ]
    bands = [
        {
            "mark": {"type": "area", "color": BLUE, "opacity": opacity},
            "encoding": {"y": {"field": low, **y}, "y2": {"field": high}},
        }
        for low, high, opacity in _BANDS
    ]
    line = {"type": "line", "color": BLUE, "strokeWidth": 2, "point": {"color": BLUE, "size": 45}}
    median = {"mark": line, "encoding": {"y": {"field": "p50", **y}, "tooltip": tooltip}}
    return top(
        height=_HEIGHT,
        signs=signs,
        data={"values": values},
        encoding={"x": x},
        layer=[*bands, median],
    )
