"""The command `compare`: scenarios side by side, with what they share held in common."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from wh_uncertainty.cli.described import laid_over
from wh_uncertainty.cli.files import check_targets, emit
from wh_uncertainty.cli.layout import aligned, labelled, wrapped
from wh_uncertainty.cli.numbers import interval, quantity
from wh_uncertainty.cli.options import (
    Estimand,
    EstimandOption,
    OutputFormatOption,
    OutputOption,
    PlotOption,
    PosteriorOption,
    PriorsOption,
    SeedOption,
    SiteOption,
    UsageError,
    draws_up_to,
    said_by_options,
)
from wh_uncertainty.cli.quantities import QUANTILES
from wh_uncertainty.cli.question import answers_given, asked, asks, measured_site, stated
from wh_uncertainty.cli.render import Format, format_of, to_csv, to_json
from wh_uncertainty.cli.simulation_report import (
    BOUNDARY_WORDS,
    extrapolated_words,
    flag_words,
    percent,
    provenance_words,
)

__all__ = ["compare"]

_TELLING_SHARE = 0.1  # of draws, by which a warning is about one scenario and not about all

Result = Mapping[str, Any]
Answers = dict[str, Any]

ScenariosArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="A B ...",
        help="Scenario files, or answers such as hardware=b200,precision=fp4.",
        show_default=False,
    ),
]
SharedOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        help="What they have in common: provider, site, benchmark, all, none, or keys of "
        "`sensitivity --format csv`, with commas. [default: all that one "
        "provider's answers share; two classes or regions share less]",
        show_default=False,
    ),
]
DrawsOption = Annotated[int, draws_up_to(1_000_000)]

_ONLY_ENERGY = (
    "their energy alone is compared; `simulate --region` has carbon, water and cost of each"
)


@asks
def compare(
    context: typer.Context,
    scenarios: ScenariosArgument,
    shared: SharedOption = None,
    estimand: EstimandOption = Estimand.MEAN,
    priors: PriorsOption = None,
    posterior: PosteriorOption = None,
    site: SiteOption = None,
    draws: DrawsOption = 50_000,
    seed: SeedOption = 0,
    form: OutputFormatOption = None,
    output: OutputOption = None,
    plot: PlotOption = None,
) -> None:
    """Ratio and difference of scenarios, the first against each other one.

    Options that state a question hold for all scenarios, unless one of them says otherwise.
    """
    check_targets(output, plot)
    written = format_of(form, output)
    if len(scenarios) < 2:
        raise UsageError("a comparison needs at least two scenarios; give another one")
    names = None if shared is None else _names(shared)
    common = answers_given(context.params)
    answers = [laid_over(common, _answers(text)) for text in scenarios]
    from wh_uncertainty.model.analyses.comparison import compare as run
    from wh_uncertainty.model.context import prepare
    from wh_uncertainty.priors import load_catalogue

    catalogue = load_catalogue(context.params["release"], priors)
    measured = measured_site(site, catalogue, posterior)
    ready = [prepare(*asked(own, catalogue), posterior, site=measured) for own in answers]
    drawn = run(ready, shared=names, estimand=estimand, draws=draws, seed=seed)
    result = {**drawn.to_dict(), "labels": _labels([c.scenario.to_dict() for c in ready])}
    emit(_render(result, written), output)
    if plot is not None:
        from wh_uncertainty.cli.plot_comparison import draw_comparison

        draw_comparison(plot, result)


def _answers(text: str) -> Answers:
    """Read one scenario: ``key=value,key=value``, or a file."""
    if "=" not in text:
        from wh_uncertainty.model.scenario import read_scenario

        return read_scenario(Path(text))
    answers: Answers = {}
    for part in text.split(","):
        key, equals, value = (word.strip() for word in part.partition("="))
        if not (key and equals and value):
            raise UsageError(f"{text!r}: {part!r} is not key=value; or name a scenario file")
        if key in answers:
            raise UsageError(f"{text!r}: {key} is given twice; give it once")
        answers[key] = value
    return stated(answers)


def _names(shared: str) -> list[str]:
    from wh_uncertainty.model.analyses.common_states import named_groups
    from wh_uncertainty.model.names import ScenarioError

    names = [part.strip() for part in shared.split(",")]
    with said_by_options(ScenarioError):
        named_groups(names)
    return names


def _labels(scenarios: Sequence[Answers]) -> list[str]:
    """Name each scenario by the answers in which they differ; by number where none does."""
    from wh_uncertainty.cli.scenario_page import phrase

    telling = [key for key in scenarios[0] if len({str(s[key]) for s in scenarios}) > 1]
    labels = [
        ", ".join(phrase(key, s[key]) for key in telling if s[key] is not None) or "open"
        for s in scenarios
    ]
    if len(set(labels)) == len(labels):
        return labels
    return [f"{k}: {label}" for k, label in enumerate(labels, start=1)]


def _render(result: Result, form: Format) -> str:
    if form is Format.JSON:
        return to_json(result)
    if form is Format.CSV:
        rows = [
            [label, name, unit, *(q[k] for k in QUANTILES)] for label, name, unit, q in _all(result)
        ]
        return to_csv(["scenario", "quantity", "unit", *QUANTILES], rows)
    warnings = extrapolated_words(entry["extrapolated"] for entry in result["scenarios"])
    return "\n".join((_headline(result), *warnings, _table(result), _background(result)))


def _all(result: Result) -> list[tuple[str, str, str, Result]]:
    """List every quantity with its quantiles."""
    listed: list[tuple[str, str, str, Result]] = []
    kinds = (
        ("wh_per_query", "Wh"),
        ("ratio_to_first", "1"),
        ("difference_to_first_wh", "Wh"),
    )
    for label, entry in zip(result["labels"], result["scenarios"], strict=True):
        listed += [(label, name, unit, entry[name]) for name, unit in kinds if name in entry]
    return listed


def _headline(result: Result) -> str:
    first, second, *_ = result["labels"]
    entry = result["scenarios"][1]
    ratio = entry["ratio_to_first"]
    return wrapped(
        f"{second} takes {quantity(ratio)} times the energy of {first}, 90 % interval "
        f"{interval(ratio, 'p05', 'p95')}; it takes less with a probability of "
        f"{percent(entry['probability_lower_than_first'])}."
    )


def _table(result: Result) -> str:
    rows = [["", "Wh, median", "90 % interval", "ratio", "90 % interval", "P(less)"]]
    for label, entry in zip(result["labels"], result["scenarios"], strict=True):
        wh = entry["wh_per_query"]
        row = [label, quantity(wh), interval(wh, "p05", "p95")]
        if "ratio_to_first" in entry:
            ratio = entry["ratio_to_first"]
            row += [quantity(ratio), interval(ratio, "p05", "p95")]
            row += [percent(entry["probability_lower_than_first"])]
        else:
            row += ["1", "", ""]
        rows.append(row)
    return aligned(rows, right=(False, True, True, True, True, True))


def _background(result: Result) -> str:
    boundaries = dict.fromkeys(e["scenario"]["boundary"] for e in result["scenarios"])
    lines = [
        ("Ratio", "to the first scenario, draw by draw; its median is not the medians' ratio"),
        ("Shared", _shared_words(result)),
        *_flags_that_differ(result),
        *(("Boundary", f"{name}: {BOUNDARY_WORDS[name]}") for name in boundaries),
        *([("Regions", _ONLY_ENERGY)] if _regions_differ(result) else []),
        *(("Provenance", provenance_words(p)) for p in _provenances(result)),
    ]
    return "".join(labelled(label, text) for label, text in lines)


def _flags_that_differ(result: Result) -> list[tuple[str, str]]:
    """Say what one scenario leans on and another does not: it may be all that sets them apart."""
    shares = [{f["code"]: f["share"] for f in entry["flags"]} for entry in result["scenarios"]]
    lines: list[tuple[str, str]] = []
    for label, entry in zip(result["labels"], result["scenarios"], strict=True):
        for flag in entry["flags"]:
            least = min(others.get(flag["code"], 0.0) for others in shares)
            if flag["share"] - least >= _TELLING_SHARE:
                lines.append(("" if lines else "Flags", f"{label}: {flag_words(flag)}"))
    return lines


def _regions_differ(result: Result) -> bool:
    return len({entry["scenario"]["region"] for entry in result["scenarios"]}) > 1


def _shared_words(result: Result) -> str:
    words = ", ".join(result["shared"]) or "nothing"
    if result["software_by_deployment"]:
        words += "; software where one deployment serves both"
    return words


def _provenances(result: Result) -> list[Result]:
    """Return one provenance for each posterior among the scenarios."""
    by_posterior = {
        entry["provenance"]["posterior_sha256"]: entry["provenance"]
        for entry in result["scenarios"]
    }
    return list(by_posterior.values())
