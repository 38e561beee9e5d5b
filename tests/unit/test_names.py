"""Which names are close to what somebody wrote."""

import pytest

from wh_uncertainty.priors.names import close_names

REGIONS = ("japan-tokyo", "tokyo", "sweden", "france")


@pytest.mark.parametrize(
    ("written", "close"),
    [
        ("sweeden", ("sweden",)),
        ("JapanTokio", ("japan-tokyo",)),
        ("toky", ("tokyo",)),
        ("foo", ()),
        ("", ()),
    ],
)
def test_names_are_close_that_share_most_letters(written: str, close: tuple[str, ...]) -> None:
    assert close_names(written, REGIONS) == close


def test_no_more_names_than_are_wanted_and_the_closest_first() -> None:
    names = ("cached_shares", "cached_share_", "cached", "model")
    assert close_names("cached_share", names, most=1) == ("cached_share_",)
    assert close_names("cached_share", names) == ("cached_share_", "cached_shares", "cached")
    assert close_names("cached_share", names, alike=0.99) == ("cached_share_",)
