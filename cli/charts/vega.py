"""Vega-Lite: the style that charts have in common, and what draws them here or in a page."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

__all__ = [
    "BLUE",
    "FAINT",
    "INK",
    "LABEL_LIMIT",
    "ORANGE",
    "PALE",
    "WIDTH",
    "Signs",
    "Spec",
    "png",
    "script",
    "svg",
    "top",
]

Spec = dict[str, Any]

#: The most that names beside an axis are given [px].
LABEL_LIMIT = 220
#: Of a chart that does not fit itself to a page [px].
WIDTH = 680
# Blue and orange of Okabe and Ito: told apart by every kind of colour vision, and in grey.
BLUE, ORANGE = "#0072B2", "#E69F00"
INK, FAINT, PALE = "#222222", "#595959", "#C5D9E8"

# The bundle is minified without it, and pages carry the bundle to others.
_LICENCE = (
    "/*! Vega, Vega-Lite, vega-embed: Copyright University of Washington Interactive Data Lab and "
    "contributors, BSD-3-Clause; D3: Copyright Mike Bostock, ISC */"
)
_PATH = re.compile(r' d="[^"]*"')
_FINE_DIGITS = re.compile(r"(\d\.\d)\d+")  # a tenth of a pixel is finer than any screen
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # a name; nothing is fetched
_VERSION = "6.4"
_FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', 'Noto Sans CJK JP', sans-serif"
_AXIS = {
    "domainColor": FAINT,
    "tickColor": FAINT,
    "gridColor": "#e4e4e4",
    "labelColor": INK,
    "titleColor": INK,
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
    "labelLimit": LABEL_LIMIT,
    "labelOverlap": True,
    "titlePadding": 8,
}


@dataclass(frozen=True, slots=True)
class Signs:
    """What a language writes numbers with; English unless said otherwise.

    Parameters
    ----------
    decimal, group : str
    percent : str
        With the blank before it, where there is one.
    """

    decimal: str = "."
    group: str = ","
    percent: str = "%"


def top(*, height: int, signs: Signs, **parts: Any) -> Spec:
    """Complete a specification with size, style and the signs of a language.

    Parameters
    ----------
    height : int
        Of the plot without its axes [px].
    signs : Signs
    **parts
        ``layer`` and what else a specification holds.

    Returns
    -------
    dict
    """
    number = {
        "decimal": signs.decimal,
        "thousands": signs.group,
        "percent": signs.percent,
        "grouping": [3],
        "currency": ["", ""],
    }
    return {
        "$schema": _SCHEMA,
        "width": WIDTH,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "background": "white",
        "config": {
            "font": _FONT,
            "axis": _AXIS,
            "view": {"stroke": None},
            "legend": {"labelFontSize": 12, "orient": "top", "title": None, "labelLimit": 400},
            "locale": {"number": number},
        },
        **parts,
    }


def svg(spec: Mapping[str, Any]) -> str:
    """Draw a chart as SVG; texts stay texts.

    Parameters
    ----------
    spec : mapping
        Of `top`.

    Returns
    -------
    str
    """
    return _drawn(json.dumps(spec))


@lru_cache(maxsize=256)
def _drawn(spec: str) -> str:
    """Draw once what a page and a PDF both show."""
    drawn: str = import_module("vl_convert").vegalite_to_svg(spec, vl_version=_VERSION)
    return _PATH.sub(lambda path: _FINE_DIGITS.sub(r"\1", path[0]), drawn)


def png(spec: Mapping[str, Any]) -> bytes:
    """Draw a chart as PNG, twice as fine as a screen.

    Parameters
    ----------
    spec : mapping
        Of `top`.

    Returns
    -------
    bytes
    """
    drawn: bytes = import_module("vl_convert").vegalite_to_png(
        dict(spec), vl_version=_VERSION, scale=2
    )
    return drawn


@cache
def script() -> str:
    """Return the JavaScript that draws specifications in a page: ``vegaEmbed(element, spec)``.

    Returns
    -------
    str
        Vega, Vega-Lite and vega-embed in one, some 0.9 MB; making it takes a second.
    """
    bundle: str = import_module("vl_convert").javascript_bundle(vl_version=_VERSION)
    return f"{_LICENCE}\n{bundle}"
