"""The commands `priors list`, `priors show` and `priors check`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wh_uncertainty.cli.files import emit
from wh_uncertainty.cli.layout import Column, labelled, printable
from wh_uncertainty.cli.options import FormatOption, PriorsOption, ReleaseOption, UsageError
from wh_uncertainty.cli.render import Format, render_records, to_json
from wh_uncertainty.priors import DEFAULT_RELEASE
from wh_uncertainty.priors.names import close_names

if TYPE_CHECKING:
    from wh_uncertainty.priors import PriorSpec

__all__ = ["app"]

app = typer.Typer(help="The priors: every uncertain number, with its evidence.")

_OF_REGIONS = "region."
_COLUMNS = (
    Column("name", "prior"),
    Column("unit", "unit"),
    Column("p05", "5 %", right=True),
    Column("p50", "median", right=True),
    Column("p95", "95 %", right=True),
    Column("family", "family"),
    Column("kind", "kind"),
)

RegionsOption = Annotated[bool, typer.Option("--regions", help="Show those of regions too.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As `priors list` shows it.")]
DirectoryArgument = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="Your own priors. [default: the release itself]"),
]


@app.command("list")
def list_priors(
    release: ReleaseOption = DEFAULT_RELEASE,
    priors: PriorsOption = None,
    regions: RegionsOption = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Every prior with its stated quantiles."""
    from wh_uncertainty.priors import load_catalogue

    catalogue = load_catalogue(release, priors)
    records = [
        _summary(spec)
        for name, spec in catalogue.priors.items()
        if regions or not name.startswith(_OF_REGIONS)
    ]
    emit(render_records(records, _COLUMNS, form))


@app.command()
def show(
    name: NameArgument,
    release: ReleaseOption = DEFAULT_RELEASE,
    priors: PriorsOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """One prior: spread, fit, evidence and argument."""
    from wh_uncertainty.priors import PriorError, load_catalogue

    catalogue = load_catalogue(release, priors)
    wanted = name.strip().lower()
    if wanted not in catalogue.priors:
        close = close_names(wanted, catalogue.priors)
        hint = f"did you mean {' or '.join(close)}? " if close else ""
        raise PriorError(
            f"prior {name!r}: is not in {catalogue.release}; {hint}"
            "`wh-uncertainty priors list --regions` shows all"
        )
    record = _evidence(catalogue.priors[wanted], catalogue.references)
    record["overridden"] = wanted in catalogue.overridden
    if form is Format.CSV:
        raise UsageError("--format csv: one prior is no table; use --format json")
    emit(to_json(record) if form is Format.JSON else _in_words(record))


@app.command()
def check(directory: DirectoryArgument = None, form: FormatOption = Format.TABLE) -> None:
    """Check your own priors, or the release; exit code 1 if something is wrong."""
    from wh_uncertainty.priors import check_release

    findings = check_release(directory)
    if form is Format.TABLE:
        emit("\n".join(map(printable, findings or ["all is well"])) + "\n")
    else:
        records = [{"finding": text} for text in findings]
        emit(render_records(records, (Column("finding", "finding"),), form))
    if findings:
        raise typer.Exit(1)


def _summary(spec: "PriorSpec") -> dict[str, Any]:
    value = spec.parameters.get("value")  # of a fixed prior
    return {
        "name": spec.name,
        "unit": spec.unit,
        "p05": spec.quantiles.get("p05"),
        "p50": spec.quantiles.get("p50", value),
        "p95": spec.quantiles.get("p95"),
        "family": spec.family,
        "kind": spec.kind,
        "source": list(spec.source),
        "applies": spec.applies,
    }


def _evidence(spec: "PriorSpec", references: Mapping[str, Any]) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "name": spec.name,
        "unit": spec.unit,
        "support": [_finite(end) for end in spec.support],
        "family": spec.family,
        "shift": spec.shift,
        "parameters": dict(spec.parameters),
        "quantiles_stated": dict(spec.quantiles),
        "quantiles_fitted": _fitted(spec),
        "tolerance": spec.tolerance,
        "kind": spec.kind,
        "sources": [asdict(references[key]) for key in spec.source],
        "locator": spec.locator,
        "rationale": spec.rationale,
        "applies": spec.applies,
    }


def _finite(end: float) -> float | None:
    return None if end in (float("-inf"), float("inf")) else end


def _fitted(spec: "PriorSpec") -> dict[str, float]:
    """Return the solved distribution's quantiles; only this needs scipy."""
    if not spec.quantiles:
        return {}
    from wh_uncertainty.priors import quantile
    from wh_uncertainty.priors.spec import PROBABILITIES

    values = quantile(spec, list(PROBABILITIES.values())).tolist()
    return dict(zip(PROBABILITIES, values, strict=True))


def _in_words(record: Mapping[str, Any]) -> str:
    lines = [
        ("Prior", record["name"] + (" (your own)" if record["overridden"] else "")),
        ("Unit", "pure number" if record["unit"] == "1" else record["unit"]),
        ("Support", " to ".join(_end(end) for end in record["support"])),
        ("Family", f"{record['family']} ({_numbers(record['parameters'])})"),
        ("Stated", _numbers(record["quantiles_stated"])),
        ("Fitted", _numbers(record["quantiles_fitted"])),
        ("Kind", record["kind"]),
        *(("Source", _source(source)) for source in record["sources"]),
        ("Locator", record["locator"]),
        ("Rationale", record["rationale"]),
        ("Applies", record["applies"] or "always"),
    ]
    return "".join(labelled(label, text) for label, text in lines if text)


def _end(end: float | None) -> str:
    return "unbounded" if end is None else f"{end:g}"


def _numbers(values: Mapping[str, float]) -> str:
    return ", ".join(f"{key} {value:.4g}" for key, value in values.items())


def _source(source: Mapping[str, str]) -> str:
    read = {"primary": "read", "secondary": "quoted elsewhere", "recalled": "recalled, not read"}
    return (
        f"[{source['key']}] {source['author']}, {source['title']}, {source['date']}; "
        f"{source['where']} ({read[source['access']]})"
    )
