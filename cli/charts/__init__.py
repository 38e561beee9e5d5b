"""Charts of pages: Vega-Lite specifications, and what they look like without a browser.

A specification is plain JSON, so a page can draw it, answer the pointer and fit it to its width;
``vl-convert`` draws the same one to SVG and PNG here, with no browser and no network. Pictures to
be pasted elsewhere, with their question and provenance written on them, are those of ``--plot``.
"""
