"""The command `report`: a file of scenarios in, a document to publish out."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wh_uncertainty.cli.files import OutputError, check_distinct, check_folder, write_whole
from wh_uncertainty.cli.options import (
    DrawsOption,
    PosteriorOption,
    PriorsOption,
    ReleaseOption,
    SeedOption,
    SiteOption,
    UsageError,
)
from wh_uncertainty.cli.progress import progress_bar
from wh_uncertainty.priors import DEFAULT_RELEASE

if TYPE_CHECKING:
    from wh_uncertainty.cli.briefing.document import Document
    from wh_uncertainty.cli.briefing.sections.provenance import Request
    from wh_uncertainty.model.context import Context
    from wh_uncertainty.model.documents.briefing import Briefing
    from wh_uncertainty.model.documents.briefing_file import PlannedScenario
    from wh_uncertainty.model.sites.measured_site import MeasuredSite
    from wh_uncertainty.priors import Catalogue

__all__ = ["report"]


def _target(flag: str, words: str, *more: str) -> Any:
    return typer.Option(flag, *more, metavar="FILE", help=words, show_default=False)


ScenariosArgument = Annotated[
    Path, typer.Argument(metavar="SCENARIOS", help="TOML: a [[scenario]] for each question.")
]
HtmlOption = Annotated[Path | None, _target("--output", "One self-contained HTML file.", "-o")]
PdfOption = Annotated[Path | None, _target("--pdf", "The same as tagged PDF; needs Pango.")]
DocxOption = Annotated[Path | None, _target("--docx", "The same for a word processor.")]
XlsxOption = Annotated[Path | None, _target("--xlsx", "Its tables as a workbook.")]
JsonOption = Annotated[Path | None, _target("--json", "Its numbers for machines.")]
LangOption = Annotated[str, typer.Option(metavar="en|ja|ko|de|fr", help="Language.")]
TemplateOption = Annotated[
    str,
    typer.Option(metavar="briefing|sustainability", help="A briefing, or an annex to disclose."),
]

Targets = Mapping[str, Path]

_SUFFIXES = {
    "output": (".html", ".htm"),
    "pdf": (".pdf",),
    "docx": (".docx",),
    "xlsx": (".xlsx",),
    "json": (".json",),
}
_TEMPLATES = ("briefing", "sustainability")


def report(
    scenarios: ScenariosArgument,
    output: HtmlOption = None,
    pdf: PdfOption = None,
    docx: DocxOption = None,
    xlsx: XlsxOption = None,
    json: JsonOption = None,
    template: TemplateOption = "briefing",
    lang: LangOption = "en",
    site: SiteOption = None,
    release: ReleaseOption = DEFAULT_RELEASE,
    priors: PriorsOption = None,
    posterior: PosteriorOption = None,
    draws: DrawsOption = 100_000,
    seed: SeedOption = 0,
) -> None:
    """Publish several scenarios with error bars: HTML, PDF, DOCX, XLSX, JSON.

    Nothing is fetched, and the files need nothing but themselves. Fewer --draws make all parts
    quicker and rougher, not only the intervals of scenarios.
    """
    given = {"output": output, "pdf": pdf, "docx": docx, "xlsx": xlsx, "json": json}
    targets = {kind: path for kind, path in given.items() if path is not None}
    from wh_uncertainty.cli.briefing.sections.provenance import Request

    _check(targets, template, lang)
    from wh_uncertainty.priors import load_catalogue

    sample = {"draws": draws, "seed": seed}
    catalogue = load_catalogue(release, priors)
    found = _briefed(scenarios, template, site, catalogue, posterior, **sample)
    own = {"site": site, "release": release, "priors": priors, "posterior": posterior}
    command = _command(scenarios, targets, {"template": template, "lang": lang, **sample, **own})
    request = Request(command, scenarios.name, found.plan.file_sha256)
    for kind, data in _rendered(found, targets, template, lang, request).items():
        write_whole(targets[kind], data)


def _check(targets: Targets, template: str, lang: str) -> None:
    """Refuse what cannot be written, before the work and not after it."""
    from wh_uncertainty.cli.briefing.language import LANGUAGES

    if template not in _TEMPLATES:
        raise UsageError(f"--template {template}: must be {' or '.join(_TEMPLATES)}")
    if lang not in LANGUAGES:
        raise UsageError(f"--lang {lang}: must be one of {', '.join(LANGUAGES)}")
    if not targets:
        raise UsageError("nothing to write; name a file: --output briefing.html, --pdf, --docx ...")
    check_distinct(*targets.values())
    for kind, path in targets.items():
        if path.suffix.lower() not in _SUFFIXES[kind]:
            raise OutputError(
                f"{path}: its name must end with {_SUFFIXES[kind][0]}; change the end of it"
            )
        check_folder(path)
    if "pdf" in targets:
        from wh_uncertainty.cli.briefing.pdf import check_pdf

        check_pdf()


def _command(scenarios: Path, targets: Targets, options: Mapping[str, Any]) -> str:
    """Say how to ask for the document again; directories of a reader's machine are nobody's."""
    words = ["wh-uncertainty", "report", scenarios.name]
    for key, value in {**targets, **options}.items():
        if value is not None:
            words += [f"--{key}", value.name if isinstance(value, Path) else str(value)]
    return shlex.join(words)


def _briefed(
    scenarios: Path,
    template: str,
    site: Path | None,
    catalogue: "Catalogue",
    posterior: Path | None,
    draws: int,
    seed: int,
) -> "Briefing":
    from wh_uncertainty.cli.question import measured_site
    from wh_uncertainty.model.documents.briefing import brief
    from wh_uncertainty.model.documents.briefing_file import check_activities, read_briefing

    plan = read_briefing(scenarios)
    if template == "sustainability":
        check_activities(scenarios, plan)
    measured = measured_site(site, catalogue, posterior)
    contexts = [_prepared(scenarios, one, catalogue, posterior, measured) for one in plan.scenarios]
    with progress_bar("scenarios") as progress:
        return brief(
            plan, contexts, posterior_dir=posterior, draws=draws, seed=seed, progress=progress
        )


def _prepared(
    file: Path,
    planned: "PlannedScenario",
    catalogue: "Catalogue",
    posterior: Path | None,
    site: "MeasuredSite | None",
) -> "Context":
    """Prepare a scenario, and say which one it is that cannot be answered."""
    from wh_uncertainty.cli.question import asked
    from wh_uncertainty.model.context import prepare
    from wh_uncertainty.model.scenario import ScenarioError
    from wh_uncertainty.model.token_lengths.lengths import WorkloadError

    try:
        return prepare(*asked(planned.answers, catalogue), posterior, site=site)
    except (ScenarioError, WorkloadError) as error:
        raise type(error)(f"{file} [{planned.name}]: {error}") from error


def _rendered(
    found: "Briefing", targets: Targets, template: str, lang: str, request: "Request"
) -> dict[str, bytes]:
    """Make all files before any is written."""
    from wh_uncertainty.cli.briefing.language import load_language
    from wh_uncertainty.cli.render import to_json

    result, language = found.to_dict(), load_language(lang)
    if template == "sustainability":
        from wh_uncertainty.cli.briefing.annex_document import annex_document
        from wh_uncertainty.cli.briefing.annex_twin import annex_twin

        record = annex_twin(found, result, request)
        document = annex_document(record, result, request, language)
    else:
        from wh_uncertainty.cli.briefing.briefing_document import briefing_document
        from wh_uncertainty.model.validate import stored_scores

        record = result
        source = result["scenarios"][0]["provenance"]
        # What is known of the fits shipped says nothing of a user's own.
        scores = None if source["posterior_overridden"] else stored_scores(source["release"])
        document = briefing_document(found, result, scores, request, language)
    made = {kind: _written(document, kind) for kind in targets if kind != "json"}
    if "json" in targets:
        made["json"] = to_json(record).encode()
    return made


def _written(document: "Document", kind: str) -> bytes:
    if kind == "output":
        from wh_uncertainty.cli.briefing.html import render_html

        return render_html(document).encode()
    if kind == "pdf":
        from wh_uncertainty.cli.briefing.pdf import render_pdf

        return render_pdf(document)
    if kind == "docx":
        from wh_uncertainty.cli.briefing.docx import render_docx

        return render_docx(document)
    from wh_uncertainty.cli.briefing.xlsx import render_xlsx

    return render_xlsx(document)
