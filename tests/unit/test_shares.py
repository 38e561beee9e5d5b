"""Shares as people write them."""

import math

import pytest

from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.model.shares import read_share
from wh_uncertainty.priors import load_catalogue


@pytest.mark.parametrize(
    ("written", "share"),
    [("40%", 0.4), (" 40 % ", 0.4), ("0.4", 0.4), (0.4, 0.4), (1, 1.0), ("150%", 1.5)],
)
def test_a_share_is_written_in_two_ways(written: object, share: float) -> None:
    assert read_share(written) == share


@pytest.mark.parametrize("written", ["", "%", "4O%", "40%%", "ten"])
def test_what_is_no_share(written: str) -> None:
    with pytest.raises(ValueError, match="could not convert"):
        read_share(written)
    assert math.isnan(read_share("nan%"))


def test_a_scenario_takes_both_ways() -> None:
    asked = {"model": "gpt-oss-120b", "workload": "1k/8k"}
    written, numbers = (
        create_scenario(load_catalogue(), **asked, efficiency=one, cached_share=other)
        for one, other in (("40%", "10%"), (0.4, 0.1))
    )
    assert written == numbers
