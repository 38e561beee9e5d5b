"""A picture of what is counted: boxes within boxes, from the boards to the building."""

from collections.abc import Sequence

from wh_uncertainty.cli.charts.vega import BLUE, FAINT, INK, Signs, Spec, top

__all__ = ["boundary_picture"]

_HEIGHT, _INSET, _LINE = 250, 0.05, 0.17  # px; of the width and of the height, for each box


def boundary_picture(labels: Sequence[str], counted: int, signs: Signs) -> Spec:
    """Draw nested boxes; what is counted is tinted, and its outline is thick.

    Parameters
    ----------
    labels : sequence of str
        From the outermost box to the innermost.
    counted : int
        Position of the box that is counted, with all that it holds.
    signs : Signs

    Returns
    -------
    dict
    """
    boxes = [
        {
            "x": _INSET * k,
            "x2": 1 - _INSET * k,
            "y": _LINE * k,
            "y2": 1 - _INSET * k,
            "t": label,
            "at": _LINE * (k + 0.5),
            "left": _INSET * k + 0.02,
            "in": k >= counted,
            "edge": k == counted,
        }
        for k, label in enumerate(labels)
    ]
    unit = {"type": "quantitative", "axis": None, "scale": {"domain": [0, 1], "nice": False}}
    down = {**unit, "scale": {"domain": [1, 0], "nice": False}}
    rect = {
        "mark": {"type": "rect", "cornerRadius": 3, "fillOpacity": 0.1},
        "encoding": {
            "x": {"field": "x", **unit},
            "x2": {"field": "x2"},
            "y": {"field": "y", **down},
            "y2": {"field": "y2"},
            "fill": _either("in", BLUE, "#ffffff"),
            "stroke": _either("in", BLUE, FAINT),
            "strokeWidth": _either("edge", 3, 1),
        },
    }
    text = {
        "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": 13},
        "encoding": {
            "x": {"field": "left", **unit},
            "y": {"field": "at", **down},
            "text": {"field": "t"},
            "color": _either("in", INK, FAINT),
        },
    }
    return top(height=_HEIGHT, signs=signs, data={"values": boxes}, layer=[rect, text])


def _either(field: str, yes: object, no: object) -> Spec:
    return {"condition": {"test": f"datum.{field}", "value": yes}, "value": no}
