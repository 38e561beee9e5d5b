"""A forest plot: one interval per row, on a common logarithmic axis."""

from collections.abc import Mapping, Sequence

from wh_uncertainty.cli.charts.axes import label_extent, log_axis
from wh_uncertainty.cli.charts.vega import BLUE, INK, LABEL_LIMIT, Signs, Spec, top

__all__ = ["forest_chart", "interval_layers"]

Quantiles = Mapping[str, float]

_ROW = 34  # px
_LONGEST_LABEL = 40  # letters
_ENDS = (("p05", "p95", 2), ("p25", "p75", 8))


def forest_chart(rows: Sequence[tuple[str, Quantiles]], title: str, signs: Signs) -> Spec:
    """Draw intervals below each other: 90 % thin, 50 % thick, median as a dot.

    Parameters
    ----------
    rows : sequence of (str, mapping)
        Names, and ``p05`` to ``p95``, positive.
    title : str
        Of the axis, with the unit.
    signs : Signs

    Returns
    -------
    dict
    """
    values: list[Spec] = [
        {"n": f"{k + 1}. {_shortened(name)}" if len(rows) > 1 else _shortened(name), **quantiles}
        for k, (name, quantiles) in enumerate(rows)
    ]
    ends = [quantiles[key] for _, quantiles in rows for key in ("p05", "p95")]
    x = log_axis(ends, title)
    order = [value["n"] for value in values]
    axis = {"title": None, "ticks": False, "minExtent": label_extent(order, LABEL_LIMIT)}
    y = {"field": "n", "type": "nominal", "sort": order, "axis": axis}
    return top(
        height=_ROW * len(rows),
        signs=signs,
        data={"values": values},
        encoding={"y": y},
        layer=interval_layers(x, "n", ",.2~r"),
    )


def interval_layers(x: Spec, name: str, number: str) -> list[Spec]:
    """Describe the marks of intervals.

    Parameters
    ----------
    x : dict
        Type, scale and axis of the channel.
    name : str
        Field that says whose interval it is.
    number : str
        Format of the tooltip.

    Returns
    -------
    list of dict
    """
    tooltip: list[Spec] = [{"field": name, "title": " "}]
    tooltip += [{"field": key, "format": number} for key in ("p05", "p25", "p50", "p75", "p95")]
    layers: list[Spec] = [
        {
            "mark": {"type": "rule", "strokeWidth": weight, "color": BLUE},
            "encoding": {"x": {**x, "field": low}, "x2": {"field": high}, "tooltip": tooltip},
        }
        for low, high, weight in _ENDS
    ]
    dot = {
        "type": "point",
        "filled": True,
        "fill": "white",
        "stroke": INK,
        "size": 60,
        "opacity": 1,
    }
    median = {"x": {**x, "field": "p50"}, "tooltip": tooltip}
    return [*layers, {"mark": dot, "encoding": median}]


def _shortened(name: str) -> str:
    half = (_LONGEST_LABEL - 1) // 2
    return name if len(name) <= _LONGEST_LABEL else f"{name[:half]}…{name[-half:]}"
