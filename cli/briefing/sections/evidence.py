"""What the numbers rest on: the benchmark and its flaws, priors, fits and held-out scores."""

from collections.abc import Iterator, Mapping
from typing import Any

from wh_uncertainty.cli.briefing.cells import absent, quantile_columns
from wh_uncertainty.cli.briefing.document import (
    Cell,
    Column,
    Listing,
    Number,
    Paragraph,
    Section,
    Table,
)
from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.model.documents.briefing import Briefing
from wh_uncertainty.priors import Catalogue, PriorSpec

__all__ = ["caveats_section", "evidence_section"]

Record = Mapping[str, Any]

_CAVEATS = (
    "lengths",
    "max_model_len",
    "failures",
    "random_tokens",
    "caching",
    "quality",
    "provider",
)
_PROBABILITIES = ("p05", "p50", "p95")
_REGION = "region."
_SCORES = ("ln_mae", "coverage_50", "coverage_90", "ln_width_90")


def caveats_section(language: Language) -> Section:
    """List what the source of all costs is not.

    Parameters
    ----------
    language : Language

    Returns
    -------
    Section
    """
    items = tuple(language.say(f"caveats.{key}") for key in _CAVEATS)
    blocks = Paragraph(language.say("caveats.intro")), Listing(items)
    return Section("caveats", language.say("caveats.heading"), blocks)


def evidence_section(briefing: Briefing, scores: Record | None, language: Language) -> Section:
    """Tabulate priors with their sources, diagnostics of the fits and scores of validation.

    Parameters
    ----------
    briefing : Briefing
    scores : mapping or None
        As `stored_scores` gives them; None where they are of other fits.
    language : Language

    Returns
    -------
    Section
    """
    contexts = [entry.simulation.context for entry in briefing.entries]
    regions = {c.scenario.region for c in contexts if c.scenario.region is not None}
    catalogue = contexts[0].catalogue
    used = [spec for spec in catalogue.priors.values() if _is_used(spec, regions)]
    sections = [
        Section("priors", language.say("evidence.priors"), _priors(used, catalogue, language)),
        Section(
            "references",
            language.say("evidence.references"),
            (_references(used, catalogue, language),),
        ),
        Section(
            "diagnostics", language.say("evidence.diagnostics"), (_diagnostics(briefing, language),)
        ),
    ]
    if scores is not None:
        blocks = (
            Paragraph(language.say("evidence.validation_intro")),
            _validation(briefing, scores, language),
        )
        sections.append(Section("validation", language.say("evidence.validation"), blocks))
    return Section("evidence", language.say("evidence.heading"), sections=tuple(sections))


def _is_used(spec: PriorSpec, regions: set[str]) -> bool:
    """Whether a prior may matter: those of regions that nobody asked about are left out."""
    if not spec.name.startswith(_REGION):
        return True
    return spec.name.removeprefix(_REGION).rpartition(".")[0] in regions


def _priors(
    used: list[PriorSpec], catalogue: Catalogue, language: Language
) -> tuple[Paragraph | Table, ...]:
    columns = (
        Column(language.say("evidence.prior")),
        Column(language.say("evidence.unit")),
        *quantile_columns(language, keys=_PROBABILITIES),
        Column(language.say("evidence.kind"), is_english=True),
        Column(language.say("table.source"), is_english=True),
        Column(language.say("evidence.rationale"), is_english=True),
    )
    rows = tuple(_prior_row(spec, spec.name in catalogue.overridden, language) for spec in used)
    table = Table("Priors", language.say("evidence.priors_table"), columns, rows)
    return Paragraph(language.say("evidence.priors_intro")), table


def _prior_row(spec: PriorSpec, is_own: bool, language: Language) -> tuple[Cell, ...]:
    middle = spec.parameters.get("value")  # of a fixed prior
    stated = {"p05": None, "p50": middle, "p95": None, **spec.quantiles}
    numbers = (_number(stated[key], language) for key in _PROBABILITIES)
    sources = ", ".join(spec.source) + (f" ({spec.locator})" if spec.locator else "")
    name = f"{spec.name} *" if is_own else spec.name
    return (name, spec.unit, *numbers, spec.kind, sources, spec.rationale)


def _number(value: float | None, language: Language) -> Number:
    return Number(None, "") if value is None else Number(value, language.stated(value))


def _references(used: list[PriorSpec], catalogue: Catalogue, language: Language) -> Table:
    keys = dict.fromkeys(key for spec in used for key in spec.source)
    fields = ("key", "title", "author", "date", "where", "access")
    columns = tuple(Column(language.say(f"evidence.{f}"), is_english=True) for f in fields)
    rows = tuple(
        tuple(str(getattr(catalogue.references[key], field)) for field in fields) for key in keys
    )
    return Table("References", language.say("evidence.references"), columns, rows)


def _diagnostics(briefing: Briefing, language: Language) -> Table:
    headings = ("rows", "r_hat", "ess_bulk", "ess_tail", "divergences")
    columns = (
        Column(language.say("evidence.fit")),
        *(Column(language.say(f"evidence.{key}"), numeric=True) for key in headings),
    )
    rows = tuple(_fit_row(name, record, language) for name, record in _fits(briefing, language))
    return Table("Diagnostics", language.say("evidence.diagnostics_table"), columns, rows)


def _fits(briefing: Briefing, language: Language) -> Iterator[tuple[str, Record]]:
    contexts = {e.simulation.scenario.model: e.simulation.context for e in briefing.entries}
    for model, context in contexts.items():
        yield model, context.cost.record
    yield language.say("evidence.board_power"), next(iter(contexts.values())).power.record


def _fit_row(name: str, record: Record, language: Language) -> tuple[Cell, ...]:
    found = record.get("diagnostics")
    if found is None:  # a described model was never fitted
        return (name, *[absent(language)] * 5)
    share = found["divergent_fraction"]
    rows = record["observations"]["rows_fitted"]
    return (
        name,
        Number(rows, language.whole(rows)),
        Number(found["r_hat_max"], language.number(found["r_hat_max"], 5)),
        *(
            Number(found[key], language.whole(found[key]))
            for key in ("ess_bulk_min", "ess_tail_min")
        ),
        Number(share, language.percent(share, 2)),
    )


def _validation(briefing: Briefing, scores: Record, language: Language) -> Table:
    headings = ("score_rows", "error", "covers_50", "covers_90", "width")
    columns = (
        Column(language.say("asked.model")),
        *(Column(language.say(f"evidence.{key}"), numeric=True) for key in headings),
    )
    models = dict.fromkeys(e.simulation.scenario.model for e in briefing.entries)
    by_model = [(m, scores["by_model"][m]) for m in models if m in scores["by_model"]]
    listed = [*by_model, (language.say("evidence.all_rows"), scores["overall"])]
    rows = tuple(_score_row(name, score, language) for name, score in listed)
    return Table("Validation", language.say("evidence.validation_table"), columns, rows)


def _score_row(name: str, score: Record, language: Language) -> tuple[Cell, ...]:
    scores = (Number(score[key], language.number(score[key])) for key in _SCORES)
    return (name, Number(score["n"], language.whole(score["n"])), *scores)
