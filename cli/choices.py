"""What can be asked, as records of JSON values: the catalogue joined with the benchmark rows."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.names import canonical_name, model_named
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.workload import parse_workload, workload_choices
from wh_uncertainty.priors import Catalogue, Region, read_workload

__all__ = [
    "deployment_records",
    "hardware_named",
    "hardware_records",
    "model_records",
    "region_records",
    "workload_records",
]

Record = dict[str, Any]
Mask = NDArray[np.bool_]


def hardware_named(catalogue: Catalogue, text: str) -> str:
    """Return the accelerator that a user means; see `model_named`."""
    choices = {key: gpu.aliases for key, gpu in catalogue.hardware.items()}
    return canonical_name("hardware", text, choices, "wh-uncertainty list hardware")


def model_records(catalogue: Catalogue, observations: Observations) -> list[Record]:
    """Return the models with what was measured of each.

    Parameters
    ----------
    catalogue : Catalogue
    observations : Observations

    Returns
    -------
    list of dict
        ``rows`` counts all benchmark rows, ``rows_in_fit`` those that the posterior learns from.
    """
    return [
        {
            "model": card.key,
            "name": card.name,
            "total_params_b": card.total_params_b,
            "active_params_b": card.active_params_b,
            "native_precision": card.native_precision,
            **_counts(observations, of_model := observations.model == card.key),
            "deployments": len(np.unique(observations.configuration[of_model & observations.fit])),
            "hardware": np.unique(observations.hardware[of_model & observations.fit]).tolist(),
            "aliases": list(card.aliases),
        }
        for card in catalogue.models.values()
    ]


def hardware_records(catalogue: Catalogue, observations: Observations) -> list[Record]:
    """Return the accelerators with what was measured on each.

    Parameters
    ----------
    catalogue : Catalogue
    observations : Observations

    Returns
    -------
    list of dict
    """
    return [
        {
            "hardware": gpu.key,
            "name": gpu.name,
            "vendor": gpu.vendor,
            "tdp_w": gpu.tdp_w,
            "hbm_gb": gpu.hbm_gb,
            **_counts(observations, of_gpu := observations.hardware == gpu.key),
            "rows_with_power": int(np.count_nonzero(of_gpu & observations.power_fit)),
            "models": np.unique(observations.model[of_gpu & observations.fit]).tolist(),
            "aliases": list(gpu.aliases),
        }
        for gpu in catalogue.hardware.values()
    ]


def deployment_records(
    catalogue: Catalogue,
    observations: Observations,
    model: str | None = None,
    hardware: str | None = None,
) -> list[Record]:
    """Return the deployments that the posterior has learnt from.

    Parameters
    ----------
    catalogue : Catalogue
    observations : Observations
    model, hardware : str, optional
        To which the list is restricted, as a user names them.

    Returns
    -------
    list of dict
        Sorted by name; loads in requests in flight per GPU.

    Raises
    ------
    ScenarioError
        Nothing has that name.
    """
    chosen = observations.fit.copy()
    if model is not None:
        chosen &= observations.model == model_named(catalogue, model)
    if hardware is not None:
        chosen &= observations.hardware == hardware_named(catalogue, hardware)
    return [_deployment(rows) for rows in _by_configuration(observations.rows(chosen))]


def workload_records(catalogue: Catalogue) -> list[Record]:
    """Return the workloads that have a name.

    Parameters
    ----------
    catalogue : Catalogue

    Returns
    -------
    list of dict
        Mean lengths in tokens; ``requests`` is the size of the sample behind the histogram.
    """
    records: list[Record] = []
    for name in workload_choices(catalogue.release):
        workload = parse_workload(name, catalogue.release)
        named = workload.kind == "named"
        table = read_workload(name, catalogue.release) if named else {}
        records.append(
            {
                "workload": name,
                "title": workload.title,
                "mean_isl_tok": workload.moments.isl_tok,
                "mean_osl_tok": workload.moments.osl_tok,
                "requests": table.get("n"),
                "date": table.get("date"),
                "source": table.get("source"),
            }
        )
    return records


def region_records(catalogue: Catalogue) -> list[Record]:
    """Return the regions with the medians of their priors.

    Parameters
    ----------
    catalogue : Catalogue

    Returns
    -------
    list of dict
    """
    return [_region(region) for region in catalogue.regions.values()]


def _region(region: Region) -> Record:
    carbon = region.carbon_lifecycle_g_per_kwh.quantiles
    return {
        "region": region.key,
        "name": region.name,
        "zone": region.zone,
        "carbon_lifecycle_g_per_kwh": carbon["p50"],
        "carbon_lifecycle_g_per_kwh_p05": carbon["p05"],
        "carbon_lifecycle_g_per_kwh_p95": carbon["p95"],
        "carbon_direct_g_per_kwh": region.carbon_direct_g_per_kwh,
        "pue": region.pue.stated("p50"),
        "price_usd_per_kwh": region.price_usd_per_kwh.stated("p50"),
        "aliases": list(region.aliases),
    }


def _counts(observations: Observations, chosen: Mask) -> dict[str, int]:
    return {
        "rows": int(np.count_nonzero(chosen)),
        "rows_in_fit": int(np.count_nonzero(chosen & observations.fit)),
    }


def _by_configuration(observations: Observations) -> Iterator[Observations]:
    _, group = np.unique(observations.configuration, return_inverse=True)
    order = np.argsort(group, kind="stable")
    edges = np.flatnonzero(np.diff(group[order])) + 1
    return (observations.rows(rows) for rows in np.split(order, edges) if len(rows))


def _deployment(rows: Observations) -> Record:
    days = rows.source_on[~np.isnat(rows.source_on)]
    return {
        "deployment": str(rows.configuration[0]),
        "model": str(rows.model[0]),
        "hardware": str(rows.hardware[0]),
        "rows": len(rows),
        "rows_with_power": int(np.count_nonzero(rows.power_fit)),
        "load_low_requests_per_gpu": float(rows.load.min()),
        "load_high_requests_per_gpu": float(rows.load.max()),
        "latest_source_on": str(days.max()) if len(days) else None,
    }
