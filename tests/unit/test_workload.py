from pathlib import Path

import numpy as np
import pytest

from wh_uncertainty.model.token_lengths.lengths import Lengths, Moments
from wh_uncertainty.model.workload import (
    WorkloadError,
    fixed_workload,
    is_trace,
    parse_workload,
    scaled_output,
    uncached_tok,
    workload_choices,
)


@pytest.mark.parametrize(
    ("text", "isl", "osl"),
    [
        ("1k/8k", 1024, 8192),
        ("8K/1K", 8192, 1024),
        (" 1024 / 8192 ", 1024, 8192),
        ("1.5k/1", 1536, 1),
        ("1m/10000000", 1048576, 10**7),
    ],
)
def test_fixed_lengths(text: str, isl: int, osl: int) -> None:
    workload = parse_workload(text)
    assert workload.kind == "fixed"
    assert workload.name == f"{isl}/{osl}"
    assert workload.moments == Moments(isl, None, osl, isl * osl, osl * osl)
    drawn = workload.sample(3, rng=np.random.default_rng(0))
    assert drawn.isl_tok.tolist() == [isl] * 3
    assert drawn.osl_tok.tolist() == [osl] * 3


@pytest.mark.parametrize("text", ["0/0", "0/5", "5/0", "-1/5", "5/-1", "20000000/1", "1/20m"])
def test_lengths_out_of_range(text: str) -> None:
    with pytest.raises(WorkloadError, match="a query has from 1 to 10000000 each way"):
        parse_workload(text)


@pytest.mark.parametrize("text", ["nan/5", "5/inf", "a/b", "1.5/2", "/5", "5/", "1kk/2"])
def test_lengths_that_are_no_numbers(text: str) -> None:
    with pytest.raises(WorkloadError, match="is not a whole number of tokens; write it like"):
        parse_workload(text)


@pytest.mark.parametrize(
    ("text", "close"),
    [("chatt", "did you mean chat"), ("code_complete", "code-completion"), ("bench1k8k", "bench-")],
)
def test_misspelt_name(text: str, close: str) -> None:
    with pytest.raises(WorkloadError, match=close) as caught:
        parse_workload(text)
    assert "\n" not in str(caught.value)


def test_unlike_anything_lists_the_choices() -> None:
    with pytest.raises(WorkloadError, match=r"known are bench-1k1k, .*chat"):
        parse_workload("zzz")


@pytest.mark.parametrize("name", ["chat", "Chat", "code_completion", "BENCH-8K1K", "agent call"])
def test_names_are_forgiving(name: str) -> None:
    assert parse_workload(name).kind in ("named", "bench")


def test_benchmark_draw_has_the_means_of_the_harness() -> None:
    moments = parse_workload("bench-8k1k").moments
    assert (moments.isl_tok, moments.osl_tok) == (7372.5, 921.5)
    lengths = np.arange(819, 1025)
    assert moments.osl2_tok2 == pytest.approx((lengths**2).mean())
    drawn = parse_workload("bench-8k1k").sample(5000, rng=np.random.default_rng(1))
    assert drawn.isl_tok.min() >= 6553
    assert drawn.isl_tok.max() <= 8192


def test_choices_can_all_be_asked_for() -> None:
    assert {"bench-1k1k", "chat", "agent-call", "reasoning"} <= set(workload_choices())
    for name in workload_choices():
        assert parse_workload(name).name == name


def test_a_workload_that_counts_its_hits_needs_no_prior() -> None:
    assert parse_workload("agent-call").cached_prior is None
    assert parse_workload("agent-call").moments.uncached_tok == pytest.approx(10_279.9, rel=1e-3)
    assert parse_workload("rag").moments.uncached_tok == pytest.approx(2_018.4, rel=1e-3)
    assert parse_workload("chat").cached_prior == "prefix_cache_fraction_chat"


def test_uncached_tokens() -> None:
    own = Moments(100, 20, 1, 100, 1)
    unknown = Moments(100, None, 1, 100, 1)
    assert uncached_tok(own, None) == 20
    assert uncached_tok(own, 0.5) == 50
    assert uncached_tok(unknown, None) == 100
    drawn = Lengths(np.array([10.0, 20.0]), None, np.ones(2))
    assert uncached_tok(drawn, np.array([0.5, 0.25])).tolist() == [5, 15]


def test_effort_scales_the_response_only() -> None:
    scaled = scaled_output(fixed_workload(10, 4), 2.5)
    assert scaled.moments == Moments(10, None, 10, 100, 100)
    assert scaled.sample(1, rng=np.random.default_rng(0)).osl_tok.tolist() == [10]


@pytest.mark.parametrize("factor", [0, -1, float("nan"), float("inf")])
def test_effort_must_be_positive(factor: float) -> None:
    with pytest.raises(WorkloadError, match="must be positive and finite"):
        scaled_output(fixed_workload(10, 4), factor)


def test_a_trace_is_a_file_whatever_its_name_and_no_known_name(tmp_path: Path) -> None:
    requests = tmp_path / "requests.txt"
    requests.write_text("isl,osl\n10,20\n")
    assert is_trace(str(requests))
    assert is_trace(f" {tmp_path}/none.PARQUET ")
    assert not is_trace(str(tmp_path))
    assert not any(map(is_trace, ("chat", "Bench 8k1k", "1k/8k", "")))


def test_missing_trace_is_called_a_trace(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match=r"none.csv: cannot be read"):
        parse_workload(str(tmp_path / "none.csv"))
