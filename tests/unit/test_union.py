"""Rows of a user beside those shipped: what repeats them, what is new, what it is called."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from wh_uncertainty.model.fit import fit_record
from wh_uncertainty.model.fitting.diagnostics import Diagnostics
from wh_uncertainty.model.fitting.fit_rows import fit_rows
from wh_uncertainty.model.fitting.sampling import Settings
from wh_uncertainty.model.fitting.union import repeats, united
from wh_uncertainty.model.observations import (
    ObservationError,
    Observations,
    Source,
    load_observations,
)
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()


@pytest.fixture(scope="module")
def table() -> Observations:
    return load_observations()


@pytest.fixture
def base(table: Observations) -> Observations:
    return replace(table.rows(np.arange(20)), name="base.csv", sha256="b", sources=(SHIPPED,))


@pytest.fixture
def own(table: Observations) -> Observations:
    rows = table.rows(np.arange(20, 26))
    return replace(rows, name="folder/own.csv", sha256="o", sources=(OWN,))


SHIPPED, OWN = Source("base.csv", "b"), Source("folder/own.csv", "o")


def test_rows_that_are_new_follow_by_name(base: Observations, own: Observations) -> None:
    backwards = own.rows(np.arange(len(own))[::-1])
    both = united(base, backwards)
    assert len(both) == 26
    assert both.observation_id.tolist() == [*base.observation_id, *sorted(own.observation_id)]
    for field in fields(Observations):
        if field.name not in ("name", "sha256", "sources"):
            assert getattr(both, field.name).dtype.kind == getattr(base, field.name).dtype.kind
    assert both.sources == (SHIPPED, OWN)
    assert both.sha256 not in (base.sha256, own.sha256)


def test_what_holds_nothing_new_changes_nothing(base: Observations) -> None:
    again = replace(base.rows(np.arange(5)), name="again.csv", sha256="a")
    assert united(base, again) is base


@pytest.mark.parametrize(
    ("change", "repeated"),
    [
        ({}, True),
        ({"tok_s_per_gpu": 1 + 1e-7}, True),  # the shipped table keeps five digits
        ({"tok_s_per_gpu": 1.001}, False),
        ({"concurrency": 2}, False),
        ({"isl_tok": 2}, False),
        ({"osl_tok": 2}, False),
    ],
)
def test_a_point_repeats_whatever_its_name(
    base: Observations, change: dict[str, float], repeated: bool
) -> None:
    renamed = replace(base, observation_id=np.char.add("my-", base.observation_id))
    factors: dict[str, Any] = {key: getattr(base, key) * factor for key, factor in change.items()}
    assert repeats(base, replace(renamed, **factors)).tolist() == [repeated] * len(base)


def test_a_run_of_another_day_is_another_run(base: Observations) -> None:
    renamed = np.char.add("my-", base.observation_id)
    next_day = base.observed_on + np.timedelta64(1, "D")
    dated = np.isfinite(base.observed_on)
    assert dated.any()
    again = repeats(base, replace(base, observation_id=renamed, observed_on=next_day))
    assert again.tolist() == (~dated).tolist()


def test_one_name_is_one_row(base: Observations) -> None:
    assert repeats(base, replace(base, tok_s_per_gpu=2 * base.tok_s_per_gpu)).all()


def test_the_record_names_both_files_and_no_folder(base: Observations, own: Observations) -> None:
    good = Diagnostics(1.0, 900.0, 900.0, 0.0, "base", "base")
    both = united(base, own)
    said = fit_record(both, 3, Settings(), good, CATALOGUE)["observations"]
    assert said["name"] == "base.csv and own.csv"
    assert said["sha256"] == both.sha256
    sources = [{"name": "base.csv", "sha256": "b"}, {"name": "own.csv", "sha256": "o"}]
    assert said["sources"] == sources


def test_what_became_of_a_users_rows_adds_up(base: Observations, own: Observations) -> None:
    models = own.model.astype("U40")
    models[:2] = "some-model-of-next-year"
    half = replace(own, model=models)
    mixed = united(replace(base, sources=()), half)
    chosen = fit_rows(CATALOGUE, mixed, base)
    assert (chosen.added, chosen.repeated, chosen.unknown) == (4, 20, 2)
    assert len(chosen.observations) == 24
    alone = fit_rows(CATALOGUE, mixed)
    assert (alone.added, alone.repeated, alone.unknown) == (24, 0, 2)
    assert len(alone.observations) == 24


@pytest.mark.parametrize("column", ["model", "hardware", "precision"])
def test_rows_that_the_catalogue_does_not_know_are_refused(own: Observations, column: str) -> None:
    changed: dict[str, Any] = {column: np.full(len(own), "unheard-of")}
    foreign = replace(own, **changed)
    with pytest.raises(ObservationError, match=r"own\.csv: no row is of a model"):
        fit_rows(CATALOGUE, foreign)


def test_a_file_is_its_own_source(table: Observations) -> None:
    assert table.sources == (Source(table.name, table.sha256),)
