"""Measured power in a result of InferenceX, schema version 2: energy, requests and tokens in one.

Since 2026-08-18 a result with ``power_valid`` 1 holds the energy of all boards over the serving
window, ``total_gpu_energy_j``, and the same per query and per token, from which their numbers
follow. Older results count other things under the same names and are not taken.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wh_uncertainty.model.files.bounded import read_within
from wh_uncertainty.model.intake.json_rows import is_object
from wh_uncertainty.model.metering.series import MeterError

__all__ = ["BenchmarkEnergy", "is_json", "read_benchmark_result"]

_SCHEMA = 2
_LEAST_J, _MOST_J = 1e-9, 1e24  # of a token, and more than all the world uses
_MAX_BYTES = 2**24  # one result has some kilobytes, with all its workers some hundred
_NEEDED = (
    "total_gpu_energy_j",
    "joules_per_successful_query",
    "joules_per_input_token",
    "joules_per_output_token",
)


@dataclass(frozen=True, slots=True)
class BenchmarkEnergy:
    """What a benchmark run took at its boards.

    Parameters
    ----------
    energy_j : float
    requests : int
        That succeeded.
    isl_tok, osl_tok : float
        Mean tokens in and out.
    """

    energy_j: float
    requests: int
    isl_tok: float
    osl_tok: float


def is_json(path: Path) -> bool:
    """Whether a file begins as JSON does."""
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip()[:1] in (b"{", b"[")
    except OSError as error:
        raise MeterError(
            f"{path.name}: cannot be read ({error.strerror}); check the path"
        ) from None


def read_benchmark_result(path: Path) -> BenchmarkEnergy:
    """Read one result.

    Parameters
    ----------
    path : Path
        A JSON object, or an array of one.

    Returns
    -------
    BenchmarkEnergy

    Raises
    ------
    MeterError
        No such result, or power that is missing, invalid or of another schema.
    """
    row = _only_row(path)
    schema, valid = row.get("power_metric_schema_version"), row.get("power_valid")
    if schema != _SCHEMA or valid != 1:
        raise MeterError(
            f"{path.name}: power_metric_schema_version {schema!r} and power_valid {valid!r}, must "
            f"be {_SCHEMA} and 1: older or invalid power counts something else; run it again"
        )
    energy, per_query, per_input, per_output = (_positive(path, row, key) for key in _NEEDED)
    return BenchmarkEnergy(
        energy_j=energy,
        requests=max(round(energy / per_query), 1),
        isl_tok=per_query / per_input,
        osl_tok=per_query / per_output,
    )


def _only_row(path: Path) -> Mapping[str, Any]:
    written = read_within(path, _MAX_BYTES)
    if written is None:
        raise MeterError(f"{path.name}: larger than {_MAX_BYTES // 2**20} MiB; give one result")
    try:
        content: Any = json.loads(written.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise MeterError(f"{path.name}: no JSON ({str(error)[:80]}); export it again") from None
    rows: list[Any] = content if isinstance(content, list) else [content]  # pyright: ignore
    if len(rows) != 1 or not is_object(rows[0]):
        raise MeterError(f"{path.name}: {len(rows)} results; give a file of one result")
    return rows[0]


def _positive(path: Path, row: Mapping[str, Any], key: str) -> float:
    value = row.get(key)
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
    if not _LEAST_J <= number <= _MOST_J:
        raise MeterError(
            f"{path.name} [{key}]: {str(value)[:40]!r} must be a number of joules above 0; run it "
            "again"
        )
    return float(number)
