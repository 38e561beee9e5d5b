"""Observations as the fit sees them."""

import numpy as np
import pytest

from wh_uncertainty.model.board_power.rows import power_rows
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.rows import ERROR_CLASSES, cost_rows, series_labels
from wh_uncertainty.priors import load_catalogue


@pytest.fixture(scope="module")
def observations() -> Observations:
    return load_observations()


def test_one_row_by_hand(observations: Observations) -> None:
    row = observations.rows(observations.observation_id == "ix10302")
    rows = cost_rows(row)
    isl, osl = (0.9 * float(length[0]) for length in (row.isl_tok, row.osl_tok))
    assert rows.deployments == ("gpt-oss-120b|mi325x|fp4|vllm|none|agg|g8|tp8|ep1|dp0",)
    assert rows.ln_gpu_s == pytest.approx([np.log((isl + osl) / 1086.7)])
    assert rows.ln_tpot == pytest.approx([-np.log(124.02)])
    assert rows.load.tolist() == [8.0]
    assert rows.tokens.context_tok2 == pytest.approx([osl * (isl + osl / 2)])
    assert rows.tokens.uncached_tok == pytest.approx([isl])  # the benchmark caches nothing


def test_indices_lead_back_to_the_names(observations: Observations) -> None:
    chosen = observations.rows(observations.fit & (observations.model == "deepseek-r1-0528"))
    rows = cost_rows(chosen)
    back = np.array(rows.deployments)[rows.deployment]
    assert back.tolist() == chosen.configuration.tolist()
    assert np.array(rows.series)[rows.run].tolist() == series_labels(chosen)
    assert rows.disaggregated[rows.deployment].tolist() == chosen.disaggregated.tolist()
    assert np.isfinite(rows.ln_gpu_s).all()
    assert not np.isnat(rows.day).any()


def test_error_classes_name_what_they_are(observations: Observations) -> None:
    chosen = observations.rows(observations.fit & (observations.model == "deepseek-r1-0528"))
    labels = np.array(ERROR_CLASSES)[cost_rows(chosen).error_class]
    median = chosen.aggregation == "median_of_runs"
    assert np.char.startswith(labels, "median").tolist() == median.tolist()
    assert np.char.endswith(labels, "disaggregated").tolist() == chosen.disaggregated.tolist()


def test_a_day_is_one_series_and_so_is_a_median_at_one_length(observations: Observations) -> None:
    chosen = observations.rows(observations.fit & (observations.model == "gpt-oss-120b"))
    labels = np.array(series_labels(chosen))
    dated = ~np.isnat(chosen.observed_on)
    assert np.char.endswith(labels[dated], chosen.observed_on[dated].astype(str)).all()
    for label in np.unique(labels[~dated]):
        assert len(np.unique(chosen.isl_tok[labels == label])) == 1


def test_power_rows_are_fractions_of_tdp(observations: Observations) -> None:
    catalogue = load_catalogue()
    measured = observations.rows(observations.power_fit)
    rows = power_rows(measured, catalogue)
    ceiling = catalogue.priors["board_power_ceiling_fraction"].parameters["value"]
    assert np.exp(rows.ln_fraction).max() <= ceiling
    assert np.exp(rows.ln_fraction).min() > 0.05
    assert rows.load[:, 0] == pytest.approx(np.log(measured.load / 4))  # a typical load
