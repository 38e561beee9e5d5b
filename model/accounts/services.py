"""Who served the requests of a log: models at sites, each with what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wh_uncertainty.model.accounts.usage_sums import UsageSums, log_workload
from wh_uncertainty.model.context import Context, prepare
from wh_uncertainty.model.names import ScenarioError, model_named
from wh_uncertainty.model.posterior import PosteriorError, posterior_directory, posterior_names
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.model.sites.measured_site import MeasuredSite
from wh_uncertainty.model.sites.site_file import load_site
from wh_uncertainty.model.token_lengths.lengths import Workload
from wh_uncertainty.priors import Catalogue

__all__ = ["SITE_ANSWERS", "Service", "Site", "known_model", "modelled", "services_of"]

#: What a site may say of itself; a log says the rest.
SITE_ANSWERS = (
    *("hardware", "precision", "deployment", "interactivity_tok_s", "concurrency", "efficiency"),
    *("provider", "region", "boundary", "cached_share", "as_of"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """Where requests are served.

    Parameters
    ----------
    name : str
    operator : str
        Whose machines and software they are: sites of one operator have its unknowns in common.
    answers : mapping
        Of `SITE_ANSWERS`, for `create_scenario`.
    market_based_g_per_kwh : float or None
        Emission factor of the site's electricity contracts [gCO2e/kWh].
    measured : Path or None
        Site file of a measurement taken there.
    """

    name: str
    operator: str
    answers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    market_based_g_per_kwh: float | None = None
    measured: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """One model at one site.

    Parameters
    ----------
    model : str
        Canonical, or as the log calls one that nothing is known of.
    site : Site
    contexts : tuple of Context
        One; several where the model is unknown and any of them stands in, each as likely.
    sums : UsageSums
        Over all its requests.
    """

    model: str
    site: Site
    contexts: tuple[Context, ...]
    sums: UsageSums

    @property
    def stands_in(self) -> bool:
        """Whether other models stand in for this one."""
        return len(self.contexts) > 1


def modelled(catalogue: Catalogue, posterior_dir: Path | None = None) -> tuple[str, ...]:
    """List the models that energy can be computed for.

    Parameters
    ----------
    catalogue : Catalogue
    posterior_dir : Path, optional

    Returns
    -------
    tuple of str
        In the order of the catalogue.

    Raises
    ------
    PosteriorError
        There is none, so that no log can be accounted.
    """
    directory = posterior_directory(posterior_dir, catalogue.release)
    fitted = posterior_names(directory)
    known = tuple(name for name in catalogue.models if name in fitted)
    if not known:
        raise PosteriorError(
            f"{directory}: holds no posterior of a model that the priors name; make one with "
            "`wh-uncertainty fit --model NAME --out DIR` and name it with --posterior DIR"
        )
    return known


def known_model(name: str, models: Mapping[str, str], catalogue: Catalogue) -> str | None:
    """Find the model that a log means.

    Parameters
    ----------
    name : str
        As the log calls it.
    models : mapping of str to str
        What is meant by a name; others go by the catalogue's forgiving names.
    catalogue : Catalogue

    Returns
    -------
    str or None
        None where the catalogue has no such model.

    Raises
    ------
    ScenarioError
        `models` maps it to something that is no model.
    """
    if name in models:
        return model_named(catalogue, models[name])
    try:
        return model_named(catalogue, name)
    except ScenarioError:
        return None


def services_of(
    totals: Mapping[tuple[str, str], UsageSums],
    sites: Mapping[str, Site],
    catalogue: Catalogue,
    *,
    counts_cache: bool,
    stand_ins: Sequence[str] = (),
    posterior_dir: Path | None = None,
) -> tuple[Service, ...]:
    """Prepare every service of a log.

    Parameters
    ----------
    totals : mapping of (str, str) to UsageSums
        By model, canonical or unknown, and name of the site.
    sites : mapping of str to Site
    catalogue : Catalogue
    counts_cache : bool
        Whether the log knows which prompt tokens a cache served.
    stand_ins : sequence of str
        Models that stand in for one that is unknown.
    posterior_dir : Path, optional

    Returns
    -------
    tuple of Service
        In the order of their names.

    Raises
    ------
    ScenarioError, WorkloadError, PosteriorError
        A service cannot be answered for; says which and why.
    """
    known = modelled(catalogue, posterior_dir)
    meters = {
        path: load_site(path, catalogue, posterior_dir)
        for path in {site.measured for site in sites.values()}
        if path is not None
    }
    services: list[Service] = []
    for (model, name), sums in sorted(totals.items()):
        site = sites[name]
        if counts_cache and "cached_share" in site.answers:
            raise ScenarioError(
                f"site {name!r} states cached_share, and the log counts cached tokens; drop one"
            )
        workload = log_workload(sums, f"{model} at {name}", counts_cache=counts_cache)
        served = (model,) if model in known else tuple(stand_ins)
        if not served:
            raise ScenarioError(
                f"site {name!r}: no posterior of model {model!r}, and no model stands in for it; "
                f"name one that is like it, of {', '.join(known)}"
            )
        measured = meters[site.measured] if site.measured else None
        contexts = tuple(_contexts(served, site, workload, catalogue, posterior_dir, measured))
        services.append(Service(model, site, contexts, sums))
    return tuple(services)


def _contexts(
    models: Iterable[str],
    site: Site,
    workload: Workload,
    catalogue: Catalogue,
    posterior_dir: Path | None,
    measured: MeasuredSite | None,
) -> Iterable[Context]:
    """Prepare each model at a site; of several that may stand in, those that the site can serve."""
    wanted = tuple(models)
    refused: list[ScenarioError] = []
    for model in wanted:
        try:
            answers = {**site.answers, "model": model, "workload": workload.name}
            scenario = create_scenario(catalogue, **answers)
            yield prepare(scenario, catalogue, posterior_dir, workload, site=measured)
        except ScenarioError as error:
            refused.append(error)
    if len(refused) == len(wanted):
        raise ScenarioError(f"site {site.name!r}: {refused[0]}") from refused[0]
