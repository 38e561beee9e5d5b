"""How Sphinx builds the pages: strictly, and with nothing that a reader's browser would fetch."""

import re
from pathlib import Path

_VERSION = Path(__file__).parents[1] / "model" / "version.py"

project = "wh-uncertainty"
author = "The wh-uncertainty contributors"
version = release = re.findall(r'VERSION = "(.+)"', _VERSION.read_text("utf-8"))[0]

extensions = ["myst_parser"]  # the pages are Markdown, as the README is
myst_heading_anchors = 4
nitpicky = True

html_theme = "furo"  # fonts of the reader's system; its scripts lie beside the pages
html_title = f"wh-uncertainty {version}"
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_js_files = ["access.js"]
html_copy_source = html_show_sourcelink = html_show_copyright = False
