"""Ask our model the questions behind published figures, and draw Microsoft's Monte Carlo.

    python scripts/compare_others.py

Writes ``docs/validation/beside-others.json`` in a minute; ``scripts/write_validation.py`` makes a
page of it.
"""

from __future__ import annotations

import json

from calibration.beside_others import microsoft_figures, reference_figures
from calibration.page import BESIDE_OTHERS
from wh_uncertainty.priors import load_catalogue


def main() -> None:
    """Store both."""
    found = {"references": reference_figures(load_catalogue()), "microsoft": microsoft_figures(0)}
    BESIDE_OTHERS.write_text(json.dumps(found, indent=1, allow_nan=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
