"""The command `measure`: a meter's energy over a number of requests, with its uncertainty."""

from pathlib import Path
from typing import Annotated, Any

import typer

from wh_uncertainty.cli.files import (
    check_distinct,
    check_folder,
    check_targets,
    emit,
    write_whole,
)
from wh_uncertainty.cli.layout import printable
from wh_uncertainty.cli.measured_inputs import read_inputs
from wh_uncertainty.cli.measuring import made_from, measured_answers, site_of
from wh_uncertainty.cli.options import (
    OutputFormatOption,
    OutputOption,
    PlotOption,
    PosteriorOption,
    PriorsOption,
    SeedOption,
    draws_up_to,
    read_share,
)
from wh_uncertainty.cli.question import asks
from wh_uncertainty.cli.render import format_of

__all__ = ["measure"]


def _option(metavar: str, words: str) -> Any:
    return typer.Option(metavar=metavar, help=words, show_default=False)


LogArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="LOG",
        help="Power over time: log of nvidia-smi, amd-smi or DCGM, CSV of Prometheus; or an "
        "InferenceX result with measured power.",
        show_default=False,
    ),
]
BoundaryOption = Annotated[
    str | None,
    _option(
        "board|it|facility",
        "Where the meter is. [default: board, of logs that tools of GPUs write]",
    ),
]
EnergyOption = Annotated[float | None, _option("KWH", "In place of a log: the energy itself.")]
MeanPowerOption = Annotated[
    float | None, _option("W", "In place of a log: mean power, with --duration-h.")
]
DurationOption = Annotated[float | None, _option("HOURS", "How long the mean power was drawn.")]
RequestsOption = Annotated[int | None, _option("N", "How many requests were served.")]
InputTokensOption = Annotated[float | None, _option("N", "Prompt tokens of all requests.")]
OutputTokensOption = Annotated[float | None, _option("N", "Output tokens of all requests.")]
CachedTokensOption = Annotated[float | None, _option("N", "Prompt tokens that a cache served.")]
AccuracyOption = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="Largest error of the meter, by its class: 1% or 0.01. [default: a prior]",
        show_default=False,
        parser=read_share,
    ),
]
PueOption = Annotated[float | None, _option("PUE", "Of the site, if known. [default: a prior]")]
WindowOption = Annotated[
    str | None,
    _option("FROM/TO", "What counts of the log. [default: the time of the requests, or all]"),
]
ShiftOption = Annotated[
    float | None, _option("S", "Seconds to add to the clock of the log. [default: 0]")
]
StepOption = Annotated[
    float | None, _option("S", "Seconds between samples of a log without a clock.")
]
SaveOption = Annotated[Path | None, _option("FILE", "Keep it as a site, for --site elsewhere.")]
DrawsOption = Annotated[int, draws_up_to(1_000_000)]


@asks
def measure(
    context: typer.Context,
    log: LogArgument = None,
    boundary: BoundaryOption = None,
    energy_kwh: EnergyOption = None,
    mean_power_w: MeanPowerOption = None,
    duration_h: DurationOption = None,
    requests: RequestsOption = None,
    input_tokens: InputTokensOption = None,
    output_tokens: OutputTokensOption = None,
    cached_tokens: CachedTokensOption = None,
    accuracy: AccuracyOption = None,
    pue: PueOption = None,
    window: WindowOption = None,
    shift: ShiftOption = None,
    step: StepOption = None,
    priors: PriorsOption = None,
    posterior: PosteriorOption = None,
    draws: DrawsOption = 100_000,
    seed: SeedOption = 0,
    save: SaveOption = None,
    form: OutputFormatOption = None,
    output: OutputOption = None,
    plot: PlotOption = None,
) -> None:
    """Watt-hours per query of your own meter, and what they say of the provider.

    --workload names a trace of the requests, or their kind; --boundary says where the meter is.
    """
    check_targets(output, plot)
    check_distinct(output, plot, save)
    written = format_of(form, output)
    if save is not None:
        check_folder(save)
    answers = measured_answers(context.params)
    from wh_uncertainty.cli.measure_report import render_measurement
    from wh_uncertainty.model.sites.site_update import update_site
    from wh_uncertainty.priors import load_catalogue

    inputs = read_inputs(context.params, answers)
    site = site_of(
        context.params,
        answers,
        load_catalogue(context.params["release"], priors),
        inputs,
        posterior,
    )
    update = update_site(site, draws=draws, seed=seed)
    result = {**update.to_dict(), **inputs.to_dict()}
    if save is not None:
        from wh_uncertainty.model.sites.site_file import site_text

        write_whole(save, site_text(site, made_from(result)).encode())
        for flag in result["flags"]:
            typer.echo(f"{printable(str(save))}: {flag['message']}", err=True)
    emit(render_measurement(result, written), output)
    if plot is not None:
        from wh_uncertainty.cli.plot_measurement import draw_measurement

        draw_measurement(plot, result, update)
