"""A chart of what makes an interval wide."""

from collections.abc import Mapping, Sequence
from typing import Any

from wh_uncertainty.cli.charts.vega import BLUE, PALE, Signs, Spec, top

__all__ = ["drivers_chart"]

_ROW = 28  # px
_LABEL_LIMIT = 210  # px; a third of the chart
_FLUSH = 20  # px; a number so near to the end of its axis would be cut there


def drivers_chart(
    records: Sequence[Mapping[str, Any]],
    words: Mapping[str, str],
    signs: Signs,
) -> Spec:
    """Draw each unknown's shares of the variance: alone, and with others.

    Parameters
    ----------
    records : sequence of mappings
        ``meaning``, ``first_value``, ``total_value``; as `Sensitivity.to_records` gives them.
    words : mapping
        ``title`` of the axis, and the labels ``alone`` and ``with_others``.
    signs : Signs

    Returns
    -------
    dict
    """
    kinds = {"first_value": words["alone"], "total_value": words["with_others"]}
    values = [
        {"g": r["meaning"], "k": label, "v": round(max(r[key], 0.0), 4)}
        for r in records
        for key, label in kinds.items()
    ]
    order = [record["meaning"] for record in records]
    return top(
        height=_ROW * len(records),
        signs=signs,
        data={"values": values},
        mark={"type": "bar", "stroke": BLUE, "strokeWidth": 0.8},  # a pale bar alone is faint
        encoding=_encoding(order, list(kinds.values()), words["title"]),
    )


def _encoding(order: Sequence[str], labels: Sequence[str], title: str) -> Spec:
    axis = {"title": None, "labelLimit": _LABEL_LIMIT, "ticks": False, "labelPadding": 6}
    scale = {"domain": labels, "range": [BLUE, PALE]}
    named: list[Spec] = [{"field": field, "title": " "} for field in ("g", "k")]
    return {
        "y": {"field": "g", "type": "nominal", "sort": order, "axis": axis},
        "yOffset": {"field": "k", "type": "nominal", "sort": labels},
        "x": {
            "field": "v",
            "type": "quantitative",
            "title": title,
            "axis": {
                "format": ".0%",
                "tickCount": 5,
                "titleAnchor": "end",
                "labelFlush": _FLUSH,
            },
            "scale": {"domainMin": 0},
        },
        "color": {"field": "k", "type": "nominal", "scale": scale},
        "tooltip": [*named, {"field": "v", "format": ".0%", "title": " "}],
    }
