"""Which columns the hierarchy gets."""

import numpy as np
import pytest

from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.design import FEATURES, design_of, feature_matrix, group_label
from wh_uncertainty.model.roofline import ln_roofline
from wh_uncertainty.priors import load_catalogue

AGG = "gpt-oss-120b|b200|fp4|vllm|none|agg|g4|tp4|ep2|dp1"
POOLS = "gpt-oss-120b|gb200|fp4|dynamo-trt|mtp|disagg|g48|p16|d32|tp?|ep?|dp?"


def row(name: str) -> dict[str, float]:
    values = feature_matrix([parse_deployment_id(name)])[0].tolist()
    return dict(zip(FEATURES, values, strict=True))


def test_features_of_one_pool_by_hand() -> None:
    expected = dict.fromkeys(FEATURES, 0.0)
    expected |= {"log2_gpus": -1.0, "log2_ep": 1.0, "dp_attention": 1.0}
    assert row(AGG) == pytest.approx(expected)
    speculative = row(AGG.replace("|none|", "|mtp|"))
    assert speculative["log2_gpus_speculative"] == pytest.approx(-1.0)


def test_features_of_two_pools_by_hand() -> None:
    expected = dict.fromkeys(FEATURES, 0.0)
    expected |= {
        "disaggregated": 1.0,
        "log2_gpus_disaggregated": 1.0,  # 48 over the pooled 24
        "logit_prefill_share": np.log(0.5),  # 16 of 48
    }
    assert row(POOLS) == pytest.approx(expected)
    unknown = row(POOLS.replace("|p16|d32|", "|p?|d?|"))
    assert unknown["logit_prefill_share"] == pytest.approx(np.log(0.5))


def test_what_is_not_said_is_neutral() -> None:
    assert row("m|b200|fp4|vllm|none|agg|g?|tp?|ep?|dp?") == dict.fromkeys(FEATURES, 0.0)


def test_labels_name_what_a_grouping_shares() -> None:
    d = parse_deployment_id(POOLS)
    assert group_label(d, "hardware") == "gb200"
    assert group_label(d, "precision") == "fp4|blackwell"
    assert group_label(d, "speculation") == "mtp|dynamo-trt"


def names(*hardware_and_framework: str) -> list[str]:
    parts = (text.split() for text in hardware_and_framework)
    return [f"gpt-oss-120b|{h}|fp4|{f}|none|agg|g{g}|tp1|ep1|dp0" for h, f, g in parts]


def test_only_groupings_that_tell_deployments_apart_are_kept() -> None:
    design = design_of(names("b200 vllm 1", "b200 vllm 2", "b200 trt 1", "h100 vllm 1"))
    # Formats split them as hardware does, speculation as frameworks do.
    assert set(design.levels) == {"hardware", "framework"}
    assert design.levels["hardware"] == ("b200", "h100")
    assert design.members["framework"].tolist() == [0, 0, 1, 0]


def test_groupings_that_split_all_or_nothing_are_left_out() -> None:
    assert design_of(names("b200 vllm 1", "h100 vllm 1")).levels == {}


def test_features_are_standardised_and_constant_ones_left_out() -> None:
    design = design_of(names("b200 vllm 1", "b200 vllm 2", "b200 vllm 4"))
    assert [f for f, kept in zip(FEATURES, design.kept, strict=True) if kept] == ["log2_gpus"]
    assert design.features.mean(axis=0) == pytest.approx([0.0])
    assert design.features.std(axis=0) == pytest.approx([1.0])
    assert design.features[:, 0] * design.scale + design.centre == pytest.approx([-3, -2, -1])


def test_rooflines_by_hand() -> None:
    catalogue = load_catalogue()
    gpu, card = catalogue.hardware["b200"], catalogue.models["gpt-oss-120b"]
    alpha, weight, step, kv = np.exp(ln_roofline(catalogue, "gpt-oss-120b", "b200", "fp4"))
    assert gpu.fp4_dense_tflops is not None
    assert alpha == pytest.approx(2e9 * card.active_params_b / (gpu.fp4_dense_tflops * 1e12))
    assert weight == step == pytest.approx(card.active_params_b * 0.5e9 / (gpu.hbm_tbps * 1e12))
    assert card.kv_bytes_per_token_bf16 is not None
    assert kv == pytest.approx(card.kv_bytes_per_token_bf16 / (gpu.hbm_tbps * 1e12))


def test_four_bit_weights_without_four_bit_units_compute_as_eight() -> None:
    catalogue = load_catalogue()
    fp4, fp8 = (ln_roofline(catalogue, "gpt-oss-120b", "h100", p) for p in ("fp4", "fp8"))
    assert fp4[0] == fp8[0]
    assert fp4[1] == pytest.approx(fp8[1] - np.log(2))
