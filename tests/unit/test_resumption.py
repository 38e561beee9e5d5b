"""When a fit need not be run again."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wh_uncertainty.model.fit import fit_record
from wh_uncertainty.model.fitting.diagnostics import Diagnostics
from wh_uncertainty.model.fitting.resumption import finished_fit
from wh_uncertainty.model.fitting.sampling import Settings
from wh_uncertainty.model.observations import load_observations
from wh_uncertainty.model.posterior import write_posterior
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


def test_another_table_is_another_fit(directory: Path) -> None:
    changed = replace(ROWS, sha256="other")
    assert finished_fit(directory, "m", changed, CATALOGUE, SETTINGS) is None


def test_other_priors_are_another_fit(directory: Path) -> None:
    changed = replace(CATALOGUE, sha256="other")
    assert finished_fit(directory, "m", ROWS, changed, SETTINGS) is None


@pytest.mark.parametrize("key", ["chains", "tune", "draws", "seed"])
def test_other_settings_are_another_fit(directory: Path, key: str) -> None:
    changed = replace(SETTINGS, **{key: 7})
    assert finished_fit(directory, "m", ROWS, CATALOGUE, changed) is None


@pytest.mark.parametrize("suffix", ["json", "npz"])
def test_half_of_it_is_made_anew(directory: Path, suffix: str) -> None:
    (directory / f"m.{suffix}").unlink()
    assert finished_fit(directory, "m", ROWS, CATALOGUE, SETTINGS) is None


@pytest.mark.parametrize("suffix", ["json", "npz"])
def test_what_is_damaged_is_made_anew(directory: Path, suffix: str) -> None:
    (directory / f"m.{suffix}").write_bytes(b"{")
    assert finished_fit(directory, "m", ROWS, CATALOGUE, SETTINGS) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [("versions", {"wh-uncertainty": "0.0.1"}), ("versions", None), ("settings", {})],
)
def test_what_another_version_made_is_made_anew(directory: Path, key: str, value: object) -> None:
    record = json.loads((directory / "m.json").read_text("utf-8"))
    (directory / "m.json").write_text(json.dumps({**record, key: value}), "utf-8")
    assert finished_fit(directory, "m", ROWS, CATALOGUE, SETTINGS) is None


def test_nothing_there(tmp_path: Path) -> None:
    assert finished_fit(tmp_path / "gone", "m", ROWS, CATALOGUE, SETTINGS) is None
