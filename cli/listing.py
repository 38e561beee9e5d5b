"""The commands `list models|workloads|hardware|regions|deployments|releases`: what can be asked."""

from typing import Annotated

import typer

from wh_uncertainty.cli.files import emit
from wh_uncertainty.cli.layout import Column
from wh_uncertainty.cli.options import FormatOption
from wh_uncertainty.cli.render import Format, render_records

__all__ = ["app"]

app = typer.Typer(help="What can be asked, with what was measured.")

ModelFilter = Annotated[
    str | None, typer.Option("--model", metavar="NAME", help="Only of this model.")
]
HardwareFilter = Annotated[
    str | None, typer.Option("--hardware", metavar="NAME", help="Only on this GPU.")
]


@app.command()
def models(form: FormatOption = Format.TABLE) -> None:
    """Models, with counts of benchmark rows and deployments."""
    from wh_uncertainty.cli.choices import model_records
    from wh_uncertainty.model.observations import load_observations
    from wh_uncertainty.priors import load_catalogue

    columns = (
        Column("model", "model"),
        Column("total_params_b", "10^9 params", right=True),
        Column("active_params_b", "active", right=True),
        Column("native_precision", "native"),
        Column("rows", "rows", right=True),
        Column("rows_in_fit", "in fit", right=True),
        Column("deployments", "deployments", right=True),
        Column("hardware", "hardware"),
    )
    emit(render_records(model_records(load_catalogue(), load_observations()), columns, form))


@app.command()
def workloads(form: FormatOption = Format.TABLE) -> None:
    """Workloads that have a name; any IN/OUT and a trace of your own work too."""
    from wh_uncertainty.cli.choices import workload_records
    from wh_uncertainty.priors import load_catalogue

    columns = (
        Column("workload", "workload"),
        Column("mean_isl_tok", "tokens in", right=True),
        Column("mean_osl_tok", "out", right=True),
        Column("requests", "requests", right=True),
        Column("title", "what it is"),
    )
    emit(render_records(workload_records(load_catalogue()), columns, form))


@app.command()
def hardware(form: FormatOption = Format.TABLE) -> None:
    """GPUs, with counts of benchmark rows and of rows with measured power."""
    from wh_uncertainty.cli.choices import hardware_records
    from wh_uncertainty.model.observations import load_observations
    from wh_uncertainty.priors import load_catalogue

    columns = (
        Column("hardware", "hardware"),
        Column("vendor", "vendor"),
        Column("tdp_w", "TDP W", right=True),
        Column("hbm_gb", "GB", right=True),
        Column("rows", "rows", right=True),
        Column("rows_in_fit", "in fit", right=True),
        Column("rows_with_power", "with power", right=True),
        Column("models", "models"),
    )
    emit(render_records(hardware_records(load_catalogue(), load_observations()), columns, form))


@app.command()
def regions(form: FormatOption = Format.TABLE) -> None:
    """Electricity regions, with the medians of their priors."""
    from wh_uncertainty.cli.choices import region_records
    from wh_uncertainty.priors import load_catalogue

    columns = (
        Column("region", "region"),
        Column("name", "name"),
        Column("carbon_lifecycle_g_per_kwh", "gCO2e/kWh", right=True),
        Column("carbon_lifecycle_g_per_kwh_p05", "5 %", right=True),
        Column("carbon_lifecycle_g_per_kwh_p95", "95 %", right=True),
        Column("pue", "PUE", right=True),
        Column("price_usd_per_kwh", "USD/kWh", right=True),
        Column("aliases", "also"),
    )
    emit(render_records(region_records(load_catalogue()), columns, form))


@app.command()
def deployments(
    model: ModelFilter = None, hardware: HardwareFilter = None, form: FormatOption = Format.TABLE
) -> None:
    """Benchmarked configurations, for `simulate --deployment`."""
    from wh_uncertainty.cli.choices import deployment_records
    from wh_uncertainty.model.observations import load_observations
    from wh_uncertainty.priors import load_catalogue

    columns = (
        Column("deployment", "deployment"),
        Column("rows", "rows", right=True),
        Column("rows_with_power", "with power", right=True),
        Column("load_low_requests_per_gpu", "requests/GPU", right=True),
        Column("load_high_requests_per_gpu", "to", right=True),
        Column("latest_source_on", "latest"),
    )
    records = deployment_records(load_catalogue(), load_observations(), model, hardware)
    emit(render_records(records, columns, form, "no deployment matches"))


@app.command()
def releases(form: FormatOption = Format.TABLE) -> None:
    """Releases of the data, and whether their files are still those they were made of."""
    from wh_uncertainty.model.data_release import data_release, release_findings, release_names
    from wh_uncertainty.priors import DEFAULT_RELEASE

    columns = (
        Column("release", "release"),
        Column("default", "default"),
        Column("files", "files", right=True),
        Column("findings", "findings"),
    )
    found = [data_release(name) for name in release_names()]
    records = [
        {
            "release": release.name,
            "default": release.name == DEFAULT_RELEASE,
            "files": len(release.sha256),
            "findings": release_findings(release),
        }
        for release in found
    ]
    emit(render_records(records, columns, form))
