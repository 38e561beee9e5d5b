"""When a fit need not be run again."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.model.diagnostics import Diagnostics
from wh_uncertainty.model.fit import fit_record
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.posterior import write_posterior
from wh_uncertainty.model.resumption import finished_fit
from wh_uncertainty.model.sampling import Settings
from wh_uncertainty.priors import load_catalogue

ROWS, CATALOGUE, SETTINGS = load_observations(), load_catalogue(), Settings()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    good = Diagnostics(1.0, 900.0, 900.0, 0.0, "base", "base")
    record = fit_record(ROWS, 3, SETTINGS, good, CATALOGUE)
    write_posterior(tmp_path, "m", {"base": np.zeros(3)}, record)
    return tmp_path


def test_the_same_fit_is_found(directory: Path) -> None:
    found = finished_fit(directory, "m", ROWS, CATALOGUE, SETTINGS)
    assert found is not None
    assert found.record["observations"]["rows_fitted"] == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda rows, priors, settings: (replace(rows, sha256="other"), priors, settings),
        lambda rows, priors, settings: (rows, replace(priors, sha256="other"), settings),
        *(
            lambda rows, priors, settings, key=key: (rows, priors, replace(settings, **{key: 7}))
            for key in ("chains", "tune", "draws", "seed")
        ),
    ],
)
def test_another_fit_is_not(directory: Path, change: Callable[..., Any]) -> None:
    assert finished_fit(directory, "m", *change(ROWS, CATALOGUE, SETTINGS)) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda where: (where / "m.json").unlink(),
        lambda where: (where / "m.npz").unlink(),
        lambda where: (where / "m.npz").write_bytes(b"half of it"),
        lambda where: (where / "m.json").write_text("{"),
        lambda where: _rewrite(where, "versions", {"wh-uncertainty": "0.0.1"}),
        lambda where: _rewrite(where, "versions", None),
        lambda where: _rewrite(where, "settings", {}),
    ],
)
def test_what_is_damaged_or_of_another_version_is_made_anew(
    directory: Path, damage: Callable[[Path], object]
) -> None:
    damage(directory)
    assert finished_fit(directory, "m", ROWS, CATALOGUE, SETTINGS) is None


def _rewrite(where: Path, key: str, value: object) -> None:
    record = json.loads((where / "m.json").read_text("utf-8"))
    (where / "m.json").write_text(json.dumps({**record, key: value}), "utf-8")


def test_nothing_there(tmp_path: Path) -> None:
    assert finished_fit(tmp_path / "gone", "m", ROWS, CATALOGUE, SETTINGS) is None
