"""A briefing as a document: its sections in the order of reading."""

from collections.abc import Mapping
from typing import Any

from wh_uncertainty.cli.briefing.document import Document
from wh_uncertainty.cli.briefing.language import Language, document_words
from wh_uncertainty.cli.briefing.readable import readable
from wh_uncertainty.cli.briefing.sections.consequences import (
    consequences_section,
    everyday_section,
)
from wh_uncertainty.cli.briefing.sections.counted import counted_section
from wh_uncertainty.cli.briefing.sections.evidence import caveats_section, evidence_section
from wh_uncertainty.cli.briefing.sections.provenance import Request, provenance_section
from wh_uncertainty.cli.briefing.sections.scenario import scenarios_section
from wh_uncertainty.cli.briefing.sections.summary import summary_section
from wh_uncertainty.cli.briefing.sections.together import comparison_sections, fleet_sections
from wh_uncertainty.model.documents.briefing import Briefing

__all__ = ["briefing_document"]


def briefing_document(
    briefing: Briefing,
    result: Mapping[str, Any],
    scores: Mapping[str, Any] | None,
    request: Request,
    language: Language,
) -> Document:
    """Put a briefing into words.

    Parameters
    ----------
    briefing : Briefing
    result : mapping
        Its `to_dict`.
    scores : mapping or None
        As `stored_scores` gives them; None where they are of other fits.
    request : Request
    language : Language

    Returns
    -------
    Document
    """
    result = readable(result)
    catalogue = briefing.entries[0].simulation.context.catalogue
    about = (result["organisation"], result["period"])
    return Document(
        title=result["title"] or language.say("document.title"),
        subtitle=language.listing(text for text in about if text),
        lang=language.code,
        sections=(
            summary_section(result, language),
            counted_section(result, language),
            scenarios_section(briefing, result, language),
            *comparison_sections(result, language),
            *fleet_sections(result, language),
            consequences_section(result, language),
            everyday_section(result, catalogue, language),
            caveats_section(language),
            evidence_section(briefing, scores, language),
            provenance_section(result, request, language),
        ),
        words=document_words(language),
    )
