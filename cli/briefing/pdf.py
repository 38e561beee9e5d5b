"""A document as PDF/UA: tagged, with title, language and bookmarks."""

from importlib import import_module
from typing import Any

from wh_uncertainty.cli.briefing.document import Document
from wh_uncertainty.cli.briefing.html import render_html
from wh_uncertainty.cli.files import OutputError

__all__ = ["check_pdf", "render_pdf"]

_PACKAGES = "libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0"


def check_pdf() -> None:
    """Refuse to begin where no PDF can be made.

    Raises
    ------
    OutputError
        A library of the system is missing; names its Debian package.
    """
    _weasyprint()


def render_pdf(document: Document) -> bytes:
    """Write a document as PDF.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes

    Raises
    ------
    OutputError
        A library of the system is missing.
    """
    weasyprint = _weasyprint()
    # Pictures are in the page itself; nothing is taken from anywhere else.
    fetcher = import_module("weasyprint.urls").URLFetcher(allowed_protocols={"data"})
    page = weasyprint.HTML(string=render_html(document, live=False), url_fetcher=fetcher)
    data: bytes = page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=b"wh-uncertainty")
    return data


def _weasyprint() -> Any:
    try:
        return import_module("weasyprint")
    except OSError as error:
        raise OutputError(
            f"PDF needs Pango, which is not installed ({error}); on Debian and Ubuntu install "
            f"{_PACKAGES}, and fonts-noto-cjk for Japanese and Korean"
        ) from error
