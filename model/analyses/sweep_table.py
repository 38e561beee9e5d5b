"""The table of a sweep: one tidy row per scenario, and its Parquet file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from importlib import import_module
from typing import Any

from wh_uncertainty.model.analyses.workers import SweepError
from wh_uncertainty.model.scenario import Scenario
from wh_uncertainty.model.simulation import Simulation
from wh_uncertainty.model.summary import PERCENTILES
from wh_uncertainty.model.version import VERSION
from wh_uncertainty.priors import Catalogue

__all__ = [
    "COLUMNS",
    "METADATA_KEY",
    "Row",
    "answered_row",
    "check_evidence",
    "sweep_provenance",
    "to_parquet",
    "unanswered_row",
]

Row = dict[str, Any]

#: Where a Parquet file keeps the provenance of the whole sweep, as JSON.
METADATA_KEY = "wh_uncertainty"

_QUANTITIES = (
    *("wh_mean", "wh_one_query"),
    *("j_per_output_token", "j_per_input_token", "lifecycle_gco2e"),
)
_STATISTICS = (*(f"p{p:02d}" for p in PERCENTILES), "mean")
_PROVENANCE = ("version", "observations_sha256", "posterior_sha256", "priors_sha256")

#: Every column with its Arrow type: what was asked, what came out, what it rests on.
COLUMNS: Mapping[str, str] = {
    # Annotations are text here: "float | None".
    **{f.name: "double" if "float" in str(f.type) else "string" for f in fields(Scenario)},
    **{f"{quantity}_{key}": "double" for quantity in _QUANTITIES for key in _STATISTICS},
    "flags": "string",
    "seed": "int64",
    "draws": "int64",
    **dict.fromkeys((*_PROVENANCE, "site_sha256", "error"), "string"),
}


def answered_row(drawn: Simulation) -> Row:
    """Summarise a simulation.

    Parameters
    ----------
    drawn : Simulation

    Returns
    -------
    dict
        Keys as in `COLUMNS`: quantiles and mean [Wh, J/tok, g] as ``<quantity>_<statistic>``,
        those of emissions None without a region; codes of the flags joined by ``|``.
    """
    result = drawn.to_dict()
    wh, emissions = result["wh_per_query"], result["emissions"]
    summaries: dict[str, dict[str, float]] = {
        "wh_mean": wh["mean"],
        "wh_one_query": wh["one_query"],
        "j_per_output_token": result["j_per_output_token"],
        "j_per_input_token": result["j_per_input_token"],
        "lifecycle_gco2e": {} if emissions is None else emissions["lifecycle_gco2e"],
    }
    return {
        **dict.fromkeys(COLUMNS),
        **drawn.scenario.to_dict(),
        **{
            f"{q}_{key}": value
            for q, summary in summaries.items()
            for key, value in summary.items()
        },
        "flags": "|".join(flag["code"] for flag in result["flags"]),
        **{key: result["provenance"][key] for key in ("seed", "draws", *_PROVENANCE)},
        "site_sha256": result["provenance"].get("site", {}).get("sha256"),
    }


def unanswered_row(
    scenario: Scenario, error: str, seed: int, draws: int, priors_sha256: str
) -> Row:
    """Keep the place of a scenario that nothing was benchmarked for.

    Parameters
    ----------
    scenario : Scenario
    error : str
        Why there are no numbers.
    seed, draws : int
    priors_sha256 : str

    Returns
    -------
    dict
        Keys as in `COLUMNS`; the numbers are None.
    """
    return {
        **dict.fromkeys(COLUMNS),
        **scenario.to_dict(),
        "seed": seed,
        "draws": draws,
        "version": VERSION,
        "priors_sha256": priors_sha256,
        "error": error,
    }


def check_evidence(row: Row, other: Row, priors_sha256: str) -> None:
    """Refuse rows that rest on different things: a stale worker, a refit in the meantime.

    Parameters
    ----------
    row, other : dict
        Of the same model.
    priors_sha256 : str
        Of the priors that were asked for.

    Raises
    ------
    SweepError
        Package, posterior, observations or priors differ.
    """
    wanted = {**other, "version": VERSION, "priors_sha256": priors_sha256}
    for key in _PROVENANCE:
        if row[key] != wanted[key]:
            raise SweepError(
                f"a worker computed {row['model']} with {key} {row[key]}, not {wanted[key]}; no "
                "result is kept; give all workers the same package and files, and leave them alone"
            )


def sweep_provenance(catalogue: Catalogue, seed: int, draws: int) -> dict[str, Any]:
    """State what all rows of a sweep were made from; their own seeds and hashes are in them.

    Parameters
    ----------
    catalogue : Catalogue
    seed, draws : int

    Returns
    -------
    dict
        JSON-ready.
    """
    return {
        "version": VERSION,
        "seed": seed,
        "draws": draws,
        "priors_sha256": catalogue.sha256,
        "priors_release": catalogue.release,
        "priors_overridden": list(catalogue.overridden),
        "release": catalogue.release,
    }


def to_parquet(rows: Sequence[Row], provenance: Mapping[str, Any]) -> bytes:
    """Write rows as a Parquet file.

    Parameters
    ----------
    rows : sequence of dict
        Keys as in `COLUMNS`.
    provenance : mapping
        JSON-ready; kept under `METADATA_KEY` in the metadata of the schema.

    Returns
    -------
    bytes
    """
    arrow: Any = import_module("pyarrow")  # half a second that no other command needs
    parquet: Any = import_module("pyarrow.parquet")
    schema = arrow.schema(
        [(name, arrow.type_for_alias(kind)) for name, kind in COLUMNS.items()],
        metadata={METADATA_KEY: json.dumps(provenance)},
    )
    buffer = arrow.BufferOutputStream()
    parquet.write_table(arrow.Table.from_pylist(list(rows), schema=schema), buffer)
    return bytes(buffer.getvalue().to_pybytes())
