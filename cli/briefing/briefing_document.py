"""A briefing as a document: its sections in the order of reading."""

from collections.abc import Mapping
from typing import Any, cast

from wh_uncertainty.cli.briefing.document import Document
from wh_uncertainty.cli.briefing.language import Language
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
from wh_uncertainty.cli.layout import printable
from wh_uncertainty.model.briefing import Briefing

__all__ = ["briefing_document"]

# Names and titles may be anything; a page of one name is read by nobody.
_LONGEST_TEXT = 160


def briefing_document(
    briefing: Briefing,
    result: Mapping[str, Any],
    scores: Mapping[str, Any],
    request: Request,
    language: Language,
) -> Document:
    """Put a briefing into words.

    Parameters
    ----------
    briefing : Briefing
    result : mapping
        Its `to_dict`.
    scores : mapping
        As `stored_scores` gives them.
    request : Request
    language : Language

    Returns
    -------
    Document
    """
    result = _readable(result)
    catalogue = briefing.entries[0].simulation.context.catalogue
    about = (result["organisation"], result["period"])
    return Document(
        title=result["title"] or language.say("document.title"),
        subtitle=", ".join(text for text in about if text),
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
        words={"contents": language.say("document.contents")},
    )


def _readable(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take out of all texts what would break a line or turn its direction, and shorten them."""
    return cast("Mapping[str, Any]", _readable_value(result))


def _readable_value(value: object) -> object:
    match value:
        case str():
            return _shortened(printable(value))
        case dict():
            return {key: _readable_value(one) for key, one in value.items()}  # pyright: ignore
        case list():
            return [_readable_value(one) for one in value]  # pyright: ignore
        case _:
            return value


def _shortened(text: str) -> str:
    half = _LONGEST_TEXT // 2
    return text if len(text) <= _LONGEST_TEXT else f"{text[:half]}…{text[-half:]}"
