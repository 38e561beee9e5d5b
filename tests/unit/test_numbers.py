import pytest

from wh_uncertainty.cli.numbers import interval, quantity, significant, stated


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (0.0, 3, "0"),
        (0.0784, 2, "0.078"),
        (0.0996, 2, "0.10"),  # the rounding carries into the next digit
        (0.30, 2, "0.30"),
        (99.6, 2, "100"),
        (1234.5, 3, "1,230"),
        (1_267_000.0, 2, "1,300,000"),
        (0.00012, 2, "0.00012"),
        (0.0000123, 2, "0.000012"),
        (0.00000123, 2, "1.2e-06"),
    ],
)
def test_significant_digits(value: float, digits: int, written: str) -> None:
    assert significant(value, digits) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (20_000_000.0, "20,000,000"),
        (1_000_020_000_123.0, "1,000,020,000,123"),
        (1e18, "1,000,000,000,000,000,000"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (-0.25, "-0.25"),
    ],
)
def test_what_is_stated_is_written_in_full(value: float, written: str) -> None:
    assert stated(value) == written


def test_a_wide_interval_supports_two_digits_a_narrow_one_three() -> None:
    assert interval({"p05": 0.0317, "p95": 0.1938}, "p05", "p95") == "0.032 to 0.19"
    assert interval({"p05": 0.0759, "p95": 0.0810}, "p05", "p95") == "0.0759 to 0.0810"


def test_scale_goes_to_the_unit_shown() -> None:
    assert quantity({"p05": 0.068, "p50": 0.172, "p95": 0.432}, scale=1000) == "170"
