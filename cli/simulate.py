"""The command `simulate`: a question in, an interval out."""

import typer

from wh_uncertainty.cli.files import check_targets, emit
from wh_uncertainty.cli.options import (
    DrawsOption,
    OutputFormatOption,
    OutputOption,
    PlotOption,
    PosteriorOption,
    PriorsOption,
    SeedOption,
    SiteOption,
)
from wh_uncertainty.cli.question import asked, asks, measured_site, read_question
from wh_uncertainty.cli.render import format_of

__all__ = ["simulate"]


@asks
def simulate(
    context: typer.Context,
    priors: PriorsOption = None,
    posterior: PosteriorOption = None,
    site: SiteOption = None,
    draws: DrawsOption = 100_000,
    seed: SeedOption = 0,
    form: OutputFormatOption = None,
    output: OutputOption = None,
    plot: PlotOption = None,
) -> None:
    """Watt-hours per query of one model and workload, as an interval.

    What is not said is not assumed: it is drawn from its prior and widens the interval.
    """
    check_targets(output, plot)
    written = format_of(form, output)
    answers = read_question(context.params)
    from wh_uncertainty.cli.simulation_report import render_simulation
    from wh_uncertainty.model.simulation import simulate as run
    from wh_uncertainty.priors import load_catalogue

    scenario, catalogue = asked(answers, load_catalogue(context.params["release"], priors))
    drawn = run(
        scenario,
        draws=draws,
        seed=seed,
        catalogue=catalogue,
        posterior_dir=posterior,
        site=measured_site(site, catalogue, posterior),
    )
    result = drawn.to_dict()
    emit(render_simulation(result, written), output)
    if plot is not None:
        from wh_uncertainty.cli.plot import draw_simulation

        draw_simulation(plot, result, drawn.wh_mean, drawn.wh_one_query)
