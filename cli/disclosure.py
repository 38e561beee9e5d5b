"""The command `disclosure`: what publishing an unknown would be worth."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from wh_uncertainty.cli.files import check_targets, emit
from wh_uncertainty.cli.layout import aligned, labelled, wrapped
from wh_uncertainty.cli.numbers import significant
from wh_uncertainty.cli.options import (
    Estimand,
    EstimandOption,
    NoSiteOption,
    OutputFormatOption,
    OutputOption,
    PlotOption,
    PosteriorOption,
    PriorsOption,
    SeedOption,
    read_share,
    said_by_options,
)
from wh_uncertainty.cli.question import asks, prepared
from wh_uncertainty.cli.render import Format, format_of, to_csv, to_json
from wh_uncertainty.cli.simulation_report import (
    BOUNDARY_WORDS,
    ESTIMAND_WORDS,
    extrapolated_words,
    provenance_words,
)

__all__ = ["disclosure"]

Result = Mapping[str, Any]

# `--precision` is the number format of a question.
ErrorOption = Annotated[
    float | None,
    typer.Option(
        "--error",
        metavar="SHARE",
        help="Relative error of published numbers, 1% to 100%: 10% or 0.1. [default: exact]",
        show_default=False,
        parser=read_share,
    ),
]
PointsOption = Annotated[
    int,
    typer.Option(
        "--log2-points",
        min=4,
        max=12,
        metavar="K",
        help="2^K values that each might have; errors halve with every second step.",
    ),
]

_PAIRS_SHOWN = 5
_KEYS = (
    *("kind", "groups", "publisher", "exact", "ratio_p95_p05", "ln_ratio", "ln_ratio_error"),
    *("reduction", "reduction_error"),
)


@asks
def disclosure(
    context: typer.Context,
    estimand: EstimandOption = Estimand.MEAN,
    error: ErrorOption = None,
    log2_points: PointsOption = 8,
    priors: PriorsOption = None,
    posterior: PosteriorOption = None,
    site: NoSiteOption = None,
    seed: SeedOption = 0,
    form: OutputFormatOption = None,
    output: OutputOption = None,
    plot: PlotOption = None,
) -> None:
    """How much narrower the interval would be if an unknown were published."""
    check_targets(output, plot)
    written = format_of(form, output)
    _check_error(error)
    ready = prepared(context.params, priors, posterior, site)
    from wh_uncertainty.model.analyses.disclosure import disclosures
    from wh_uncertainty.model.provenance import provenance

    found = disclosures(
        ready, estimand=estimand, published_error=error, log2_n=log2_points, seed=seed
    )
    result = {
        "scenario": ready.scenario.to_dict(),
        "boundary": ready.scenario.boundary,
        "extrapolated": ready.extrapolated,
        "disclosure": found.to_dict(),
        "provenance": provenance(ready, seed, found.draws),
    }
    emit(_render(result, written), output)
    if plot is not None:
        from wh_uncertainty.cli.plot_disclosure import draw_disclosure

        draw_disclosure(plot, result)


def _check_error(error: float | None) -> None:
    from wh_uncertainty.model.analyses.disclosure import check_published_error
    from wh_uncertainty.model.names import ScenarioError

    with said_by_options(ScenarioError):
        check_published_error(error)


def _render(result: Result, form: Format) -> str:
    found = result["disclosure"]
    if form is Format.JSON:
        return to_json(result)
    if form is Format.CSV:
        records = [
            {**record, "kind": kind}
            for kind in ("singles", "pairs", "path")
            for record in found[kind]
        ]
        return to_csv(_KEYS, [[record[key] for key in _KEYS] for record in records])
    tables = [_table("published", found["singles"])]
    if found["pairs"]:
        tables.append(_table("best pairs", found["pairs"][:_PAIRS_SHOWN]))
        tables.append(_path(found))
    warnings = extrapolated_words([result["extrapolated"]])
    return "\n".join((_headline(result), *warnings, *tables, _background(result)))


def _headline(result: Result) -> str:
    scenario, found = result["scenario"], result["disclosure"]
    best = found["singles"][0]
    return wrapped(
        f"{scenario['model']}, {scenario['workload']}: the 90 % interval of "
        f"{ESTIMAND_WORDS[found['estimand']]} spans a factor of "
        f"{significant(found['ratio_p95_p05'], 2)}. Most would be gained by publishing one thing: "
        f"{best['meaning']}. A factor of {significant(best['ratio_p95_p05'], 2)} would be left, "
        f"{_narrower(best['reduction'])} narrower."
    )


def _table(title: str, records: Sequence[Result]) -> str:
    rows = [[title, "by", "factor left", "narrower by", "+/-"]]
    rows += [
        [
            record["meaning"] + ("" if record["exact"] else " ~"),
            record["publisher"],
            significant(record["ratio_p95_p05"], 2),
            _narrower(record["reduction"]),
            f"{100 * record['reduction_error']:.1f} %",
        ]
        for record in records
    ]
    return aligned(rows, right=(False, False, True, True, True))


def _path(found: Result) -> str:
    """Show one disclosure after the other, each by what it adds to those above."""
    single = {record["groups"][0]: record for record in found["singles"]}
    words = ("meaning", "publisher", "exact")
    steps = [
        {**step, **{key: single[step["groups"][-1]][key] for key in words}}
        for step in found["path"]
    ]
    return _table("one after the other", steps)


def _narrower(reduction: float) -> str:
    return f"{100 * reduction:.1f} %".replace("-0.0", "0.0")


def _rest(estimand: str) -> list[tuple[str, str]]:
    if estimand == "mean":
        return []
    return [("Rest", "what is left in the end is which query it is; nobody can publish that")]


def _background(result: Result) -> str:
    error = result["disclosure"]["published_error"]
    lines = [
        ("Factor left", "expected p95 over p05 of what is then still unknown"),
        ("Narrower by", "expected reduction of ln p95 - ln p05; +/- one standard error"),
        *_rest(result["disclosure"]["estimand"]),
        ("Boundary", f"{result['boundary']}: {BOUNDARY_WORDS[result['boundary']]}"),
        ("Provenance", provenance_words(result["provenance"])),
    ]
    if error is not None:
        words = f"its numbers published with a relative error of {error:g}, all else exactly"
        lines.insert(2, ("~", words))
    return "".join(labelled(label, text) for label, text in lines)
