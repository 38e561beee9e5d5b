import pytest

from wh_uncertainty.cli.numbers import interval, quantity, significant


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


def test_a_wide_interval_supports_two_digits_a_narrow_one_three() -> None:
    assert interval({"p05": 0.0317, "p95": 0.1938}, "p05", "p95") == "0.032 to 0.19"
    assert interval({"p05": 0.0759, "p95": 0.0810}, "p05", "p95") == "0.0759 to 0.0810"


def test_scale_goes_to_the_unit_shown() -> None:
    assert quantity({"p05": 0.068, "p50": 0.172, "p95": 0.432}, scale=1000) == "170"
