"""Benchmark rows: what was measured where, which rows the fit may use, and derived columns."""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import LABELS, Deployment, deployment_id
from wh_uncertainty.model.observation_schema import ObservationError
from wh_uncertainty.model.observation_table import Table, read_table
from wh_uncertainty.model.token_lengths.nominal_lengths import MEAN_LENGTH_FRACTION

__all__ = [
    "EXCLUDED_SOURCE_KINDS",
    "EXCLUDING_FLAGS",
    "POWER_EXCLUDING_FLAGS",
    "ObservationError",
    "Observations",
    "Source",
    "deployment_id",
    "embedded_path",
    "load_observations",
]

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]
Days = NDArray[np.datetime64]
Mask = NDArray[np.bool_]

#: The article's own tables: their throughput was computed from its Wh, so fitting them is circular.
EXCLUDED_SOURCE_KINDS = ("published_anchor",)
#: Rows that contradict physics or arithmetic, or whose GPUs or software nobody knows.
EXCLUDING_FLAGS = (
    *("littles_law_gt_1.10", "est_power_gt_tdp"),
    *("num_gpus_unknown", "software_unknown"),
)
#: Rows whose throughput is sound but whose power figure counts one pool only.
POWER_EXCLUDING_FLAGS = ("disagg_power_unversioned_semantics",)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that rows came from: its name as given, and the hash of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Observations:
    """Benchmark points, column by column; every array has shape ``(rows,)``.

    Floats are NaN and days NaT where the source says nothing. Columns come from the file except
    the derived ones:

    ========================  ==================================================================
    ``configuration``         `deployment_id` of the row
    ``fit``, ``power_fit``    the row's throughput (its ``board_w``) may enter the fit
    ``mean_*_tok``            reported mean lengths, else 0.9 x nominal
    ``gpu_s_per_query``       (mean_isl_tok + mean_osl_tok) / tok_s_per_gpu           [GPU-s]
    ``load``                  concurrency / gpus                           [requests per GPU]
    ``tpot_s``                1 / interactivity_tok_s                                      [s]
    ========================  ==================================================================

    ``sources`` are the files behind it all: one, or those that were united.
    """

    name: str
    sha256: str
    observation_id: Strings
    configuration: Strings
    model: Strings
    hardware: Strings
    precision: Strings
    framework: Strings
    spec_decoding: Strings
    disaggregated: Mask
    gpus: Floats
    prefill_gpus: Floats
    decode_gpus: Floats
    tp: Floats
    ep: Floats
    dp_attention: Floats
    isl_tok: Floats
    osl_tok: Floats
    mean_isl_tok: Floats
    mean_osl_tok: Floats
    concurrency: Floats
    tok_s_per_gpu: Floats
    output_tok_s_per_gpu: Floats
    interactivity_tok_s: Floats
    ttft_s: Floats
    e2e_s: Floats
    mean_interactivity_tok_s: Floats
    mean_e2e_s: Floats
    board_w: Floats
    board_w_kind: Strings
    joules_per_output_token: Floats
    aggregation: Strings
    observed_on: Days
    source_kind: Strings
    source: Strings
    source_on: Days
    flags: Strings
    fit: Mask
    power_fit: Mask
    gpu_s_per_query: Floats
    load: Floats
    tpot_s: Floats
    sources: tuple[Source, ...]

    def __len__(self) -> int:
        return len(self.observation_id)

    def rows(self, chosen: Mask | NDArray[np.intp]) -> "Observations":
        """Return the chosen rows, with the name and hash of the whole table.

        Parameters
        ----------
        chosen : ndarray of bool, shape (rows,), or of int
            Mask or positions.

        Returns
        -------
        Observations
        """
        columns = {
            f.name: getattr(self, f.name)[chosen]
            for f in fields(self)
            if f.name not in ("name", "sha256", "sources")
        }
        return replace(self, **columns)


def embedded_path() -> Path:
    """Return the table that ships with the package."""
    return Path(__file__).parent / "data" / "inferencemax.csv"


def load_observations(path: Path | None = None) -> Observations:
    """Read a table of benchmark rows and derive what the fit needs.

    Parameters
    ----------
    path : Path, optional
        CSV with the columns of `observation_schema.COLUMNS`; default: the embedded table.
        Columns ``configuration`` and ``fit`` may be absent; if present they must agree with what
        the row's other cells imply.

    Returns
    -------
    Observations

    Raises
    ------
    ObservationError
        Unreadable, malformed, or breaking a rule: names file, row, column, value and remedy.
    """
    table = read_table(embedded_path() if path is None else path)
    configuration = _configurations(table)
    fit = _may_enter_fit(table)
    _check_agrees(table, "configuration", configuration)
    _check_agrees(table, "fit", np.where(fit, "1", "0"))
    return _assemble(table, configuration, fit)


def _assemble(table: Table, configuration: Strings, fit: Mask) -> Observations:
    number = dict(table.number)
    isl, osl = number.pop("isl"), number.pop("osl")
    mean_isl = _reported_or(number.pop("mean_isl"), MEAN_LENGTH_FRACTION * isl)
    mean_osl = _reported_or(number.pop("mean_osl"), MEAN_LENGTH_FRACTION * osl)
    power_sound = ~_has_flag(table.text["flags"], POWER_EXCLUDING_FLAGS)
    with np.errstate(divide="ignore"):  # a throughput of 0 gives inf, and such a row is not fitted
        gpu_s_per_query = (mean_isl + mean_osl) / number["tok_s_per_gpu"]
    columns: dict[str, Any] = {
        **table.text,
        **table.day,
        **number,
        "disaggregated": number["disaggregated"] == 1,
        "configuration": configuration,
        "isl_tok": isl,
        "osl_tok": osl,
        "mean_isl_tok": mean_isl,
        "mean_osl_tok": mean_osl,
        "fit": fit,
        "power_fit": fit & power_sound & np.isfinite(number["board_w"]),
        "gpu_s_per_query": gpu_s_per_query,
        "load": number["concurrency"] / number["gpus"],
        "tpot_s": 1 / number["interactivity_tok_s"],
    }
    sources = (Source(table.name, table.sha256),)
    return Observations(name=table.name, sha256=table.sha256, sources=sources, **columns)


def _may_enter_fit(table: Table) -> Mask:
    number = table.number
    return (
        ~np.isin(table.text["source_kind"], EXCLUDED_SOURCE_KINDS)
        & ~_has_flag(table.text["flags"], EXCLUDING_FLAGS)
        & np.isfinite(number["concurrency"])
        & np.isfinite(number["gpus"])
        & (number["tok_s_per_gpu"] > 0)
    )


def _has_flag(flags: Strings, wanted: tuple[str, ...]) -> Mask:
    kinds, inverse = np.unique(flags, return_inverse=True)
    hit = np.array([not set(wanted).isdisjoint(kind.split("|")) for kind in kinds.tolist()])
    return hit[inverse]


def _configurations(table: Table) -> Strings:
    words = (table.text[name].tolist() for name in LABELS)
    disaggregated = table.number["disaggregated"].tolist()
    names = ("gpus", "prefill_gpus", "decode_gpus", "tp", "ep", "dp_attention")
    counts = (_blank_as_none(table.number[name]) for name in names)
    keys = list(zip(*words, disaggregated, *counts, strict=True))
    distinct = {key: deployment_id(Deployment(*key)) for key in set(keys)}
    return np.array([distinct[key] for key in keys], dtype=np.str_)


def _blank_as_none(values: Floats) -> list[int | None]:
    return [None if value != value else int(value) for value in values.tolist()]


def _reported_or(reported: Floats, otherwise: Floats) -> Floats:
    return np.where(np.isnan(reported), otherwise, reported)


def _check_agrees(table: Table, column: str, derived: Strings) -> None:
    stated = table.extra.get(column)
    if stated is None:
        return
    wrong = np.flatnonzero(stated != derived)
    if wrong.size:
        index = int(wrong[0])
        raise ObservationError(
            f"{table.name} row {index + 2} [{column}]: {str(stated[index])!r} contradicts the "
            f"row's other cells, which give {str(derived[index])!r}; drop the column, it is derived"
        )
