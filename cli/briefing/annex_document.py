"""The annex as a document: its sections in the order of reading."""

from collections.abc import Mapping
from typing import Any

from wh_uncertainty.cli.briefing.annex.boundary import boundary_section
from wh_uncertainty.cli.briefing.annex.calculation import calculation_section
from wh_uncertainty.cli.briefing.annex.method import method_section
from wh_uncertainty.cli.briefing.annex.quality import quality_section
from wh_uncertainty.cli.briefing.annex.statement import statement_section
from wh_uncertainty.cli.briefing.document import Document
from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.cli.briefing.readable import readable
from wh_uncertainty.cli.briefing.sections.provenance import Request, provenance_section

__all__ = ["annex_document"]


def annex_document(
    twin: Mapping[str, Any], result: Mapping[str, Any], request: Request, language: Language
) -> Document:
    """Put the annex into words; every number in it is one of its twin's.

    Parameters
    ----------
    twin : mapping
        As `annex_twin` gives it.
    result : mapping
        `Briefing.to_dict` of the same briefing.
    request : Request
    language : Language

    Returns
    -------
    Document
    """
    twin, result = readable(twin), readable(result)
    about = (twin["title"], twin["organisation"], twin["period"])
    return Document(
        title=language.say("annex.title"),
        subtitle=language.listing(text for text in about if text),
        lang=language.code,
        sections=(
            statement_section(twin, language),
            calculation_section(twin, language),
            boundary_section(twin, result, language),
            method_section(twin, language),
            quality_section(twin, language),
            provenance_section(result, request, language),
        ),
        words={"contents": language.say("document.contents")},
    )
