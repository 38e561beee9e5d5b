"""The command `sensitivity`: which unknowns make the interval wide."""

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
)
from wh_uncertainty.cli.question import asks, prepared
from wh_uncertainty.cli.render import Format, format_of, to_csv, to_json
from wh_uncertainty.cli.simulation_report import (
    BOUNDARY_WORDS,
    ESTIMAND_WORDS,
    extrapolated_words,
    percent,
    provenance_words,
)

__all__ = ["main_driver", "sensitivity"]

Result = Mapping[str, Any]

PointsOption = Annotated[
    int,
    typer.Option(
        "--log2-points",
        min=8,
        max=18,
        metavar="K",
        help="2^K points per unknown; the tornado always tries 256 values.",
    ),
]


@asks
def sensitivity(
    context: typer.Context,
    estimand: EstimandOption = Estimand.MEAN,
    priors: PriorsOption = None,
    posterior: PosteriorOption = None,
    site: NoSiteOption = None,
    log2_points: PointsOption = 14,
    seed: SeedOption = 0,
    form: OutputFormatOption = None,
    output: OutputOption = None,
    plot: PlotOption = None,
) -> None:
    """Which unknowns make the interval wide: Sobol' indices and a tornado."""
    check_targets(output, plot)
    written = format_of(form, output)
    ready = prepared(context.params, priors, posterior, site)
    from wh_uncertainty.model.analyses.sensitivity import sensitivity_indices
    from wh_uncertainty.model.analyses.tornado import tornado_bars
    from wh_uncertainty.model.provenance import provenance

    found = sensitivity_indices(ready, estimand=estimand, log2_n=log2_points, seed=seed)
    result = {
        "scenario": ready.scenario.to_dict(),
        "boundary": ready.scenario.boundary,
        "extrapolated": ready.extrapolated,
        "estimand": estimand,
        "ln_wh_variance": found.indices.variance,
        "sobol": found.to_records(),
        "tornado": tornado_bars(ready, estimand=estimand, seed=seed).to_dict(),
        "provenance": provenance(ready, seed, 2**log2_points),
    }
    emit(_render(result, written), output)
    if plot is not None:
        from wh_uncertainty.cli.plot_sensitivity import draw_sensitivity

        draw_sensitivity(plot, result)


def _render(result: Result, form: Format) -> str:
    if form is Format.JSON:
        return to_json(result)
    records = _joined(result)
    if form is Format.CSV:
        keys = list(records[0]) if records else ["rank", "group"]
        return to_csv(keys, [[record[key] for key in keys] for record in records])
    warnings = extrapolated_words([result["extrapolated"]])
    return "\n".join((_headline(result), *warnings, _table(records), _background(result)))


def _joined(result: Result) -> list[dict[str, Any]]:
    """Put each group's bar beside its indices."""
    bars = {bar["group"]: bar for bar in result["tornado"]["bars"]}
    return [{**record, **bars[record["group"]]} for record in result["sobol"]]


def _headline(result: Result) -> str:
    scenario, ranked = result["scenario"], result["sobol"]
    subject = f"{scenario['model']}, {scenario['workload']}, {ESTIMAND_WORDS[result['estimand']]}"
    return wrapped(f"{subject}: {main_driver(ranked)}")


def main_driver(ranked: Sequence[Result]) -> str:
    """Say in a sentence or two which unknown matters most.

    Parameters
    ----------
    ranked : sequence of mappings
        As `Sensitivity.to_records` gives them.

    Returns
    -------
    str
    """
    if not ranked:
        return "nothing is left open that matters."
    first = ranked[0]
    return (
        f"{first['meaning']} matters most. Knowing it alone would take away "
        f"{percent(max(first['first_value'], 0))} of the variance of ln Wh."
    )


def _table(records: Sequence[Result]) -> str:
    rows = [["", "unknown", "alone", "with others", "Wh, low to high end"]]
    rows += [
        [
            str(record["rank"]),
            record["meaning"],
            _share(record, "first"),
            _share(record, "total"),
            " to ".join(
                significant(record[f"others_varying_{end}_wh"], 2) for end in ("low", "high")
            ),
        ]
        for record in records
    ]
    return aligned(rows, right=(True, False, True, True, True))


def _share(record: Result, kind: str) -> str:
    """Write an index with half the width of its interval."""
    half = (record[f"{kind}_high"] - record[f"{kind}_low"]) / 2
    return f"{100 * max(record[f'{kind}_value'], 0):.1f} +/- {100 * half:.1f} %"


def _background(result: Result) -> str:
    lines = [
        ("Alone", "share of the variance of ln Wh that would go if only this were known"),
        ("With others", "share that would stay if all but this were known; +/- spans 95 %"),
        ("Ends", "unknown at its 5th and 95th percentile, all else varying: geometric means"),
        ("Boundary", f"{result['boundary']}: {BOUNDARY_WORDS[result['boundary']]}"),
        ("Provenance", provenance_words(result["provenance"])),
    ]
    return "".join(labelled(label, text) for label, text in lines)
