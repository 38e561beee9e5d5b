"""Pictures of the page on validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from calibration.page import PICTURES, stored_beside
from calibration.studies import PREDICTORS, STUDIES
from calibration.tables import COVERED, HELD_OUT, QUANTITIES, coverage_rows
from wh_uncertainty.cli.canvas import (
    BLUE,
    FAINT,
    INK,
    MARGIN,
    Axes,
    Line,
    new_axes,
    new_page,
    wrapped_lines,
)
from wh_uncertainty.cli.log_axis import dress_log_axis
from wh_uncertainty.cli.plot_references import draw_references
from wh_uncertainty.model.scoring.calibration import stored_calibration
from wh_uncertainty.model.scoring.published import references_result

__all__ = ["draw_pictures"]

_PALE = "#e4e4e4"
_ORANGE, _GREEN = "#D55E00", "#009E73"  # of Okabe and Ito, as the blue
_MARKS: dict[str, tuple[str, str]] = dict(
    zip(PREDICTORS, (("o", BLUE), ("s", _ORANGE), ("D", _GREEN), ("x", FAINT)), strict=True)
)
_ROW, _LABELS, _PANEL, _GAP, _AXIS = 0.27, 3.6, 2.9, 0.4, 0.6  # inches


def draw_pictures(directory: Path = PICTURES) -> None:
    """Draw all pictures.

    Parameters
    ----------
    directory : Path
    """
    studies = stored_calibration()["studies"]
    draw_references(directory / "references.svg", references_result(stored_beside()))
    _draw_studies(directory / "studies.svg", studies)
    _draw_coverage(directory / "coverage.svg", studies["gpu_seconds.deployments"])


def _draw_studies(path: Path, studies: Mapping[str, Any]) -> None:
    labels = [
        f"{QUANTITIES[STUDIES[n].quantity]}: {HELD_OUT[STUDIES[n].held_out]}" for n in studies
    ]
    panels = {
        words: {p: [study[p]["overall"][key] for study in studies.values()] for p in PREDICTORS}
        for key, words in (("ln_mae", "error, ln"), ("interval_score_90", "interval score, 90 %"))
    }
    _dots(path, "Held-out error and interval score; lower is better", labels, panels)


def _draw_coverage(path: Path, study: Mapping[str, Any]) -> None:
    chosen = [(by, n) for by in ("by_model", "by_hardware") for n in coverage_rows(study, by)]
    values = {p: [study[p][by][n]["coverage_90"] for by, n in chosen] for p in PREDICTORS}
    title = "Share of held-out rows inside the 90 % interval; required: the grey band"
    panels = {"90 % interval covers": values}
    _dots(path, title, [name for _, name in chosen], panels, band=COVERED)


def _dots(
    path: Path,
    title: str,
    labels: Sequence[str],
    panels: Mapping[str, Mapping[str, Sequence[float]]],
    *,
    band: tuple[float, float] | None = None,
) -> None:
    """Draw panels beside each other, with a row per label and a mark per predictor."""
    tall = _ROW * len(labels)
    width = 2 * MARGIN + _LABELS + len(panels) * (_PANEL + _GAP)
    header = wrapped_lines(title, width - 2 * MARGIN, 12, weight="bold")
    room_for_legend = [Line(" ", 12, FAINT)]
    with new_page(path, width, tall + _AXIS, header, room_for_legend) as (figure, top):
        handles: list[Any] = []
        for number, (words, values) in enumerate(panels.items()):
            left = MARGIN + _LABELS + number * (_PANEL + _GAP)
            axes = new_axes(figure, left, top, _PANEL, tall)
            if band is not None:
                axes.axvspan(*band, color=_PALE, lw=0)
            handles = _mark(axes, values)
            _dress(axes, words, labels if number == 0 else [""] * len(labels), log=band is None)
        figure.legend(handles=handles, loc="lower left", ncols=len(handles), frameon=False)


def _mark(axes: Axes, values: Mapping[str, Sequence[float]]) -> list[Any]:
    handles: list[Any] = []
    for predictor, numbers in values.items():
        mark, colour = _MARKS[predictor]
        rows = np.arange(len(numbers))
        handles += axes.plot(numbers, rows, mark, color=colour, ms=5, label=predictor)
    return handles


def _dress(axes: Axes, words: str, labels: Sequence[str], *, log: bool) -> None:
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(words, color=INK)
    if log:
        axes.set_xscale("log")
        low, high = axes.dataLim.intervalx
        axes.set_xlim(*(float(f"{end:.1g}") for end in (low / 1.3, high * 1.3)))
        dress_log_axis(axes.xaxis)
    axes.grid(axis="y", color=_PALE, lw=0.6)
    axes.set_axisbelow(True)
