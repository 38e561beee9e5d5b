"""Points in the columns of the project's table, interpreted but not yet judged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.intake.board_power import BoardPower, board_power
from wh_uncertainty.model.intake.columns import CHECKED_TEXTS, Columns
from wh_uncertainty.model.intake.findings import Group, Outcome
from wh_uncertainty.model.intake.formats import Format
from wh_uncertainty.model.intake.gpu_counts import GpuCounts, count_gpus
from wh_uncertainty.model.intake.identity import Identity, identify, misnamed
from wh_uncertainty.model.intake.inputs import RawFile
from wh_uncertainty.model.intake.latencies import latencies
from wh_uncertainty.model.intake.points import Points
from wh_uncertainty.model.intake.throughput import Throughput, cluster_throughput
from wh_uncertainty.priors import Catalogue

__all__ = ["ONE_POOL_FLAG", "columns_of"]

Floats = NDArray[np.float64]

_LENGTHS_IN_NAME = re.compile(r"(?:^|[_\-/ ])(\d{1,3})k(\d{1,3})k(?=[_\-./ ]|$)", re.IGNORECASE)
#: Joules that count one pool only: the power of the row is no part of a fit.
ONE_POOL_FLAG = "disagg_power_unversioned_semantics"


def columns_of(
    points: Points, file: RawFile, index: int, form: Format, catalogue: Catalogue
) -> tuple[Columns, list[Group]]:
    """Interpret points.

    Parameters
    ----------
    points : Points
    file : RawFile
        They are of.
    index : int
        Its number.
    form : Format
    catalogue : Catalogue

    Returns
    -------
    tuple of Columns and list of Group
        With a finding for whatever was corrected or cannot be used.
    """
    points = _with_lengths(points, file.name)
    identity = identify(points, catalogue)
    with np.errstate(all="ignore"):  # hostile numbers give infinities, which the rules find
        counts = count_gpus(points, identity.framework)
        throughput = cluster_throughput(points, counts)
        power = board_power(points, throughput.output_tok_s_per_gpu, counts.disaggregated)
        times, wrong_times = latencies(points)
    days, wrong_days = _days(points.text["date"])
    number = {**_layout(points, counts, throughput), **times, **_measured(points, power)}
    text = _texts(points, identity, power, file, form)
    text["observed_on"] = days
    groups = [
        *misnamed(points, identity),
        *counts.groups,
        *throughput.groups,
        *power.groups,
        *wrong_times,
        *wrong_days,
    ]
    at = np.full(len(points), index, dtype=np.intp)
    return Columns(at, points.place, text, number), groups


def _with_lengths(points: Points, name: str) -> Points:
    """Fill lengths in from the file's name: rows state them since #249 (2025-11-21)."""
    isl, osl = points.number["isl"], points.number["osl"]
    unsaid = np.isnan(isl) & np.isnan(osl)
    if not unsaid.any():
        return points
    isl_named, osl_named = _lengths_in(name)
    lengths = {"isl": np.where(unsaid, isl_named, isl), "osl": np.where(unsaid, osl_named, osl)}
    return replace(points, number={**points.number, **lengths})


def _lengths_in(name: str) -> tuple[float, float]:
    found = _LENGTHS_IN_NAME.findall(name)
    if not found:
        return np.nan, np.nan
    isl, osl = found[-1]  # the file's own name says more than its folder's
    return float(isl) * 1024, float(osl) * 1024


def _layout(points: Points, counts: GpuCounts, throughput: Throughput) -> dict[str, Floats]:
    """Return what ran. Degrees of parallelism of pools stay blank, as in the shipped table."""
    n, one_pool = points.number, ~counts.disaggregated
    dp = np.where(np.isnan(n["decode_dp_attention"]), n["dp_attention"], n["decode_dp_attention"])
    tp = np.where(np.isnan(n["tp"]), n["prefill_tp"], n["tp"])
    ep = np.where(np.isnan(n["ep"]), n["prefill_ep"], n["ep"])
    return {
        "disaggregated": counts.disaggregated.astype(np.float64),
        "gpus": counts.gpus,
        "prefill_gpus": throughput.prefill,
        "decode_gpus": throughput.decode,
        "tp": np.where(one_pool, tp, np.nan),
        "ep": np.where(one_pool, ep, np.nan),
        "dp_attention": dp,
        "isl": n["isl"],
        "osl": n["osl"],
        "concurrency": n["concurrency"],
        "tok_s_per_gpu": n["tok_s_per_gpu"],
        "output_tok_s_per_gpu": throughput.output_tok_s_per_gpu,
    }


def _measured(points: Points, power: BoardPower) -> dict[str, Floats]:
    n = points.number
    failed = np.where(np.isnan(n["failed"]), n["requested"] - n["completed"], n["failed"])
    return {
        "mean_isl": power.mean_isl,
        "mean_osl": power.mean_osl,
        "board_w": power.board_w,
        "joules_per_output_token": power.joules_per_output_token,
        "tpot_s": np.fmin(n["tpot_s"], n["mean_tpot_s"]),
        "failed": failed,
        "run_error": n["run_error"],
        "requested": np.where(np.isnan(n["requested"]), n["completed"] + failed, n["requested"]),
    }


def _texts(
    points: Points, identity: Identity, power: BoardPower, file: RawFile, form: Format
) -> dict[str, list[str]]:
    rows = len(points)
    kinds = np.where(power.reported, "reported", "derived")
    return {
        "model": identity.model,
        "hardware": identity.hardware,
        "precision": identity.precision,
        "framework": identity.framework,
        "spec_decoding": identity.spec_decoding,
        "source_on": [file.day.isoformat()] * rows,
        "board_w_kind": np.where(np.isnan(power.board_w), "", kinds).tolist(),
        "aggregation": ["single_run"] * rows,
        "source_kind": [form.value] * rows,
        "source": [file.name] * rows,
        "flags": np.where(power.one_pool, ONE_POOL_FLAG, "").tolist(),
        **{name: [cell or "" for cell in points.text[name]] for name in CHECKED_TEXTS[:-1]},
        "dcp": [f"{degree:g}" for degree in points.number["dcp"].tolist()],
        "observation_id": [""] * rows,  # made from what is kept
    }


def _days(texts: Sequence[str | None]) -> tuple[list[str], list[Group]]:
    """Keep the day of a date or of a time stamp."""
    known = {text: _day(text) for text in set(texts)}
    days = [known[text] or "" for text in texts]
    at = np.flatnonzero([known[text] is None for text in texts])
    if not at.size:
        return days, []
    value = [texts[i] for i in at.tolist()]
    return days, [Group("schema", "date", at, value, "YYYY-MM-DD", Outcome.CELL_DROPPED)]


def _day(text: str | None) -> str | None:
    if not text:
        return ""
    try:
        return date.fromisoformat(text[:10]).isoformat() if text[10:11] in ("", "T", " ") else None
    except ValueError:
        return None
