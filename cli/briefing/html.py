"""A document as one HTML file that needs nothing else: no network, no font, no other file."""

import base64
import json
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.resources import files
from typing import Any

from wh_uncertainty.cli.briefing.document import Chart, Document
from wh_uncertainty.cli.charts import vega
from wh_uncertainty.cli.layout import printable

__all__ = ["render_html"]

_TEMPLATES = files(__package__) / "templates"


def render_html(document: Document, *, live: bool = True) -> str:
    """Write a document as HTML.

    Parameters
    ----------
    document : Document
    live : bool
        Whether charts answer the pointer and fit themselves to the page. Without it the page holds
        no script; with it, what is printed and what a browser without scripts shows is the same.

    Returns
    -------
    str
    """
    scripts = (vega.script(), _text("document.js")) if live else ()
    page: str = _template().render(
        document=document,
        style=_inline(_text("document.css")),
        scripts=[_inline(script) for script in scripts],
        hashes=[_hash(_inline(script)) for script in scripts],
        live=live,
    )
    return page


@cache
def _template() -> Any:
    jinja2: Any = import_module("jinja2")
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_written,
    )
    environment.filters["data_uri"] = _data_uri
    environment.filters["spec"] = _spec
    environment.globals["kind"] = _kind
    return environment.get_template("document.html.j2")


def _text(name: str) -> str:
    return _TEMPLATES.joinpath(name).read_text("utf-8")


def _written(value: object) -> object:
    """Keep texts to their line and direction; what is marked as safe is a part of the page."""
    return printable(value) if type(value) is str else value


def _kind(part: object) -> str:
    """Name what a block or cell is, for the template to choose by."""
    return type(part).__name__.lower()


def _data_uri(chart: Chart) -> str:
    drawn = vega.svg(chart.spec).encode()
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()


def _spec(chart: Chart) -> Any:
    """Write a specification into a script element, which no name in it can end."""
    written = json.dumps(chart.spec, ensure_ascii=False, separators=(",", ":"))
    return _inline(written.replace("<", "\\u003c").replace(">", "\\u003e"))


def _inline(text: str) -> Any:
    """Mark a text of ours as safe inside a script or style element, which nothing in it may end."""
    markup: Any = import_module("markupsafe").Markup
    return markup(text.replace("</script", "<\\/script").replace("<!--", "<\\!--"))


def _hash(script: str) -> str:
    """Return what lets the page's policy run this script and no other."""
    return "sha256-" + base64.b64encode(sha256(script.encode()).digest()).decode()
