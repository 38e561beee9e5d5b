"""Pictures of the page on validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from calibration.page import PICTURES, stored_beside
from calibration.studies import PREDICTORS, STUDIES
from calibration.tables import COVERED, HELD_OUT, QUANTITIES, coverage_rows
from wh_uncertainty.cli.canvas import BLUE, FAINT, INK, Line, new_axes, new_page, wrapped_lines
from wh_uncertainty.cli.plot_references import draw_references
from wh_uncertainty.model.calibration import stored_calibration
from wh_uncertainty.model.published import references_result

__all__ = ["draw_pictures"]

_ORANGE, _GREEN = "#D55E00", "#009E73"  # of Okabe and Ito, as the blue
_MARKS = dict(
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
    _dots(path, "Held-out error and interval score; lower is better", labels, panels, log=True)


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
    log: bool = False,
) -> None:
    tall = _ROW * len(labels)
    width = 0.6 + _LABELS + len(panels) * (_PANEL + _GAP)
    header = wrapped_lines(title, width - 0.6, 12, weight="bold")
    with new_page(path, width, tall + _AXIS, header, [Line(" ", 12, FAINT)]) as (figure, top):
        for number, (words, values) in enumerate(panels.items()):
            left = 0.3 + _LABELS + number * (_PANEL + _GAP)
            axes = new_axes(figure, left, top, _PANEL, tall)
            if band is not None:
                axes.axvspan(*band, color="#e4e4e4", lw=0)
            for predictor, numbers in values.items():
                mark, colour = _MARKS[predictor]
                axes.plot(
                    numbers, np.arange(len(labels)), mark, color=colour, ms=5, label=predictor
                )
            axes.set_ylim(len(labels) - 0.5, -0.5)
            axes.set_yticks(range(len(labels)), labels if number == 0 else [""] * len(labels))
            axes.tick_params(axis="y", length=0)
            if log:
                axes.set_xscale("log")
                axes.set_xticks(
                    [0.05, 0.1, 0.2, 0.5, 1, 2, 5], ["0.05", "0.1", "0.2", "0.5", "1", "2", "5"]
                )
                axes.minorticks_off()
                every = [v for numbers in values.values() for v in numbers]
                axes.set_xlim(min(every) / 1.2, max(every) * 1.2)
            axes.set_xlabel(words, color=INK)
            axes.grid(axis="y", color="#e4e4e4", lw=0.6)
            axes.set_axisbelow(True)
        figure.legend(*axes.get_legend_handles_labels(), loc="lower left", ncols=4, frameon=False)
