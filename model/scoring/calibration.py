"""The stored scores of the calibration studies, and what is required of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wh_uncertainty.model.data_release import data_release
from wh_uncertainty.priors import DEFAULT_RELEASE

__all__ = ["calibration_path", "stored_calibration"]


def calibration_path(release: str = DEFAULT_RELEASE) -> Path:
    """Return where the scores of a release are: ``scripts/calibrate.py`` writes the newest."""
    return data_release(release).directory / "calibration.json"


def stored_calibration(release: str = DEFAULT_RELEASE) -> dict[str, Any]:
    """Return the stored scores.

    Parameters
    ----------
    release : str

    Returns
    -------
    dict
        ``studies``, by quantity and what was held out (``gpu_seconds.deployments``): of each
        predictor ``overall``, ``by_split``, ``by_model`` and ``by_hardware``, as `summarise` gives
        them; ``provenance``: seed, hashes and versions.
    """
    scores: dict[str, Any] = json.loads(calibration_path(release).read_text("utf-8"))
    return scores
