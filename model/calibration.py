"""The stored scores of the calibration studies, and what is required of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["calibration_path", "stored_calibration"]


def calibration_path() -> Path:
    """Return where the scores are stored: ``scripts/calibrate.py`` writes them."""
    return Path(__file__).parent / "data" / "calibration.json"


def stored_calibration() -> dict[str, Any]:
    """Return the stored scores.

    Returns
    -------
    dict
        ``studies``, by quantity and what was held out (``gpu_seconds.deployments``): of each
        predictor ``overall``, ``by_split``, ``by_model`` and ``by_hardware``, as `summarise` gives
        them; ``provenance``: seed, hashes and versions.
    """
    scores: dict[str, Any] = json.loads(calibration_path().read_text("utf-8"))
    return scores
