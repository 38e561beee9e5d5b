"""The published arithmetic: benchmark rows times provisioned power give the printed figures."""

from typing import Any

import numpy as np
import pytest

from wh_uncertainty.model.deployment import less_specified, parse_deployment_id
from wh_uncertainty.model.observations import Observations, load_observations
from wh_uncertainty.model.power import provisioned_wh
from wh_uncertainty.priors import load_catalogue

SINGLE_RUNS = ("official_api_row", "official_ci_artifact")


@pytest.fixture(scope="module")
def december() -> Observations:
    """Return single runs of December 2025; copies of the CI's results carry no day."""
    table = load_observations()
    month = table.observed_on.astype("datetime64[M]") == np.datetime64("2025-12")
    undated = np.isnat(table.observed_on)
    return table.rows(np.isin(table.source_kind, SINGLE_RUNS) & (month | undated))


def article_wh(row: Observations) -> float:
    """Nominal lengths over throughput, times the all-in power of the vintage."""
    gpu = load_catalogue().hardware[str(row.hardware[0])]
    gpu_s = float(row.isl_tok[0] + row.osl_tok[0]) / float(row.tok_s_per_gpu[0])
    return float(provisioned_wh(gpu_s, gpu.provisioned_2025_12_kw))


def same_machines(anchors: Observations, i: int, runs: Observations) -> Observations:
    """Runs of the deployment, lengths and load that a row of the article describes."""
    described = parse_deployment_id(str(anchors.configuration[i]))
    names = [
        name
        for name in np.unique(runs.configuration).tolist()
        if less_specified(described, parse_deployment_id(name))
    ]
    return runs.rows(
        np.isin(runs.configuration, names)
        & (runs.isl_tok == anchors.isl_tok[i])
        & (runs.osl_tok == anchors.osl_tok[i])
        & (runs.concurrency == anchors.concurrency[i])
    )


def test_provisioned_power_is_that_of_the_article(published: dict[str, Any]) -> None:
    hardware = load_catalogue().hardware
    for gpu, kw in published["article"]["provisioned_kw"].items():
        assert hardware[gpu].provisioned_2025_12_kw == kw


def test_the_table_of_anchors_is_the_articles(
    published: dict[str, Any], anchors: Observations
) -> None:
    rows = published["article"]["row"]
    assert len(rows) == len(anchors) == 27
    assert set(anchors.source_kind.tolist()) == {"published_anchor"}
    assert not anchors.fit.any()
    printed = [row["wh"] for row in rows]
    backed_out = [article_wh(anchors.rows(np.array([i]))) for i in range(len(anchors))]
    assert backed_out == pytest.approx(printed, rel=1e-4)


def test_runs_of_the_articles_day_give_its_figures(
    published: dict[str, Any], anchors: Observations, december: Observations
) -> None:
    article = published["article"]
    same_day = december.rows(december.observed_on == np.datetime64(article["day"]))
    found: dict[str, float] = {}
    for i, row in enumerate(article["row"]):
        runs = same_machines(anchors, i, same_day)
        assert len(runs) <= 1
        if len(runs):
            found[row["anchor"]] = article_wh(runs) / row["wh"] - 1
    assert len(found) == article["same_day_rows"]
    assert found == pytest.approx(dict.fromkeys(found, 0.0), abs=article["relative_tolerance"])


def test_the_figures_without_a_run_of_that_day_are_near_other_runs(
    published: dict[str, Any], anchors: Observations, december: Observations
) -> None:
    """The best of the month's runs: within 2 % for DeepSeek-R1 on one pool of GPUs.

    The CI copies of gpt-oss-120b are of an older release (14 to 39 % above the article), and
    those of GB200 name other pools; they are left to the posterior.
    """
    nearest: dict[str, float] = {}
    for i, row in enumerate(published["article"]["row"]):
        runs = same_machines(anchors, i, december)
        if len(runs) and anchors.model[i] == "deepseek-r1-0528":
            each = [article_wh(runs.rows(np.array([j]))) / row["wh"] - 1 for j in range(len(runs))]
            nearest[row["anchor"]] = min(each, key=abs)
    assert len(nearest) == 15
    assert nearest == pytest.approx(dict.fromkeys(nearest, 0.0), abs=0.02)
    within = [anchor for anchor, error in nearest.items() if abs(error) <= 0.005]
    assert len(within) == 13  # the twelve and one CI copy


def test_the_five_model_cards_exactly(published: dict[str, Any]) -> None:
    cards = published["model_cards"]
    for card in cards["row"]:
        gpu_s = (8192 + 1024) / (card["tok_s"] / card["gpus"])
        wh = provisioned_wh(gpu_s, cards["provisioned_kw"])
        assert round(wh, cards["decimals"]) == card["wh"], card["model"]


def test_the_five_model_cards_from_the_table(published: dict[str, Any]) -> None:
    table = load_observations()
    for card in published["model_cards"]["row"]:
        row = table.rows(table.observation_id == card["observation"])
        assert row.model.tolist() == [card["model"]]
        assert row.gpus.tolist() == [card["gpus"]]
        assert row.source_kind.tolist() == ["third_party_run"]
        assert round(article_wh(row), 2) == card["wh"]
