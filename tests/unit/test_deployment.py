from dataclasses import replace

import pytest

from wh_uncertainty.model.deployment import (
    Deployment,
    deployment_id,
    less_specified,
    parse_deployment_id,
)

AGGREGATED = Deployment(
    "gpt-oss-120b", "b200", "fp4", "vllm", "none", False, 8, None, None, 8, 1, False
)
DISAGGREGATED = Deployment(
    "deepseek-r1-0528", "gb200", "fp8", "dynamo-trt", "mtp", True, 64, 16, 48, None, None, True
)


def test_name_of_an_aggregated_deployment() -> None:
    assert deployment_id(AGGREGATED) == "gpt-oss-120b|b200|fp4|vllm|none|agg|g8|tp8|ep1|dp0"


def test_name_of_a_disaggregated_deployment_has_its_pools() -> None:
    name = deployment_id(DISAGGREGATED)
    assert name == "deepseek-r1-0528|gb200|fp8|dynamo-trt|mtp|disagg|g64|p16|d48|tp?|ep?|dp1"


def test_unknown_differs_from_zero_and_one() -> None:
    attention = (None, False, True)
    assert len({deployment_id(replace(AGGREGATED, dp_attention=x)) for x in attention}) == 3


@pytest.mark.parametrize("deployment", [AGGREGATED, DISAGGREGATED])
def test_name_reads_back(deployment: Deployment) -> None:
    assert parse_deployment_id(f" {deployment_id(deployment)} ") == deployment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gpt-oss-120b",
        "m|h|p|f|s|agg|g8|tp8|ep1|dp2",
        "m|h|p|f|s|agg|g8|p4|d4|tp8|ep1|dp0",
        "m|h|p|f|s|disagg|g8|tp8|ep1|dp0",
        "m|h|p|f|s|agg|g-8|tp8|ep1|dp0",
    ],
)
def test_other_text_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a deployment name; write one like 'gpt-oss-120b"):
        parse_deployment_id(text)


def test_less_specified_needs_agreement_where_both_speak() -> None:
    vague = replace(AGGREGATED, ep=None)
    assert less_specified(vague, AGGREGATED)
    assert not less_specified(AGGREGATED, vague)
    assert not less_specified(AGGREGATED, AGGREGATED)
    assert not less_specified(replace(vague, tp=4), AGGREGATED)
