"""Where the numbers come from, and the command that gives them again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wh_uncertainty.cli.briefing.document import Code, Column, Paragraph, Section, Table
from wh_uncertainty.cli.briefing.language import Language

__all__ = ["Request", "provenance_section"]

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """How a document was asked for.

    Parameters
    ----------
    command : str
        To be typed again.
    file : str
        Name of the file of scenarios.
    file_sha256 : str
    """

    command: str
    file: str
    file_sha256: str


def provenance_section(result: Result, request: Request, language: Language) -> Section:
    """State everything needed to repeat the document.

    Parameters
    ----------
    result : mapping
        As `Briefing.to_dict` gives it.
    request : Request
    language : Language

    Returns
    -------
    Section
    """
    columns = Column(language.say("table.quantity")), Column(language.say("table.answer"))
    rows = tuple(_rows(result, request, language))
    return Section(
        "provenance",
        language.say("provenance.heading"),
        (
            Paragraph(language.say("provenance.intro")),
            Code(request.command),
            Table("Provenance", language.say("provenance.table"), columns, rows),
            Paragraph(language.say("provenance.attribution"), "note"),
        ),
    )


def _rows(result: Result, request: Request, language: Language) -> Iterator[tuple[str, str]]:
    first = result["scenarios"][0]["provenance"]
    facts = {
        "version": f"wh-uncertainty {first['version']}",
        "seed": str(first["seed"]),
        "draws": language.whole(first["draws"]),
        "release": first["priors_release"],
        "priors": first["priors_sha256"],
        "overridden": ", ".join(first["priors_overridden"]),
        "observations": first["observations_sha256"],
    }
    for key, value in facts.items():
        if value:
            yield language.say(f"provenance.{key}"), value
    posteriors = {
        s["scenario"]["model"]: s["provenance"]["posterior_sha256"] for s in result["scenarios"]
    }
    for model, sha256 in posteriors.items():
        yield language.say("provenance.posterior", model=model), sha256
    specs = {spec["file"]: spec for s in result["scenarios"] for spec in s["provenance"]["specs"]}
    for file, spec in specs.items():
        yield language.say("provenance.specs", file=file), f"{spec['key']} {spec['sha256']}"
    if "site" in first:
        yield language.say("provenance.site", file=first["site"]["file"]), first["site"]["sha256"]
    yield language.say("provenance.scenarios", file=request.file), request.file_sha256
