"""The embedded table is the collected one: row counts, sources and a few cells by hand."""

import csv

import numpy as np
import pytest

from wh_uncertainty.model.observations import Observations, embedded_path, load_observations


@pytest.fixture(scope="module")
def observations() -> Observations:
    return load_observations()


def test_every_collected_row_is_there(observations: Observations) -> None:
    assert len(observations) == 9457
    assert len(np.unique(observations.configuration)) == 1147
    assert len(np.unique(observations.hardware)) == 9


def test_ten_models_have_enough_rows_for_a_fit(observations: Observations) -> None:
    names, rows = np.unique(observations.model[observations.fit], return_counts=True)
    assert int((rows > 50).sum()) == 10
    assert dict(zip(names.tolist(), rows.tolist(), strict=True))["gpt-oss-120b"] == 866


def test_what_the_rule_excludes(observations: Observations) -> None:
    anchors = observations.source_kind == "published_anchor"
    assert int(anchors.sum()) == 27
    assert not observations.fit[anchors].any()
    assert int((~observations.fit).sum()) == 163
    assert int(observations.power_fit.sum()) == 1246
    assert np.isfinite(observations.load[observations.fit]).all()


def test_every_row_names_a_known_source(observations: Observations) -> None:
    with embedded_path().with_name("sources.csv").open(encoding="utf-8", newline="") as file:
        sources = {row["source"]: row for row in csv.DictReader(file)}
    assert set(observations.source.tolist()) == set(sources)
    assert not np.isnat(observations.source_on).any()
    assert all(row["title"] and row["licence"] for row in sources.values())


def test_one_row_by_hand(observations: Observations) -> None:
    row = observations.rows(observations.observation_id == "ix10302")
    name = "gpt-oss-120b|mi325x|fp4|vllm|none|agg|g8|tp8|ep1|dp0"
    assert row.configuration.tolist() == [name]
    assert row.tok_s_per_gpu.tolist() == [1086.7]
    assert row.interactivity_tok_s.tolist() == [124.02]
    assert row.load.tolist() == [8.0]


def test_size_stays_reasonable() -> None:
    assert embedded_path().stat().st_size < 2_500_000
