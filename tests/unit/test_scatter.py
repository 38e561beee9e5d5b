"""How far rows and meters scatter, read from the priors that say so."""

import numpy as np
import pytest

from wh_uncertainty.model.kin.evidence import expected_scatter
from wh_uncertainty.model.metering.series import MeterError
from wh_uncertainty.model.rows import ERROR_CLASSES
from wh_uncertainty.model.sites.reading import meter_ln_sd
from wh_uncertainty.priors import load_catalogue

CATALOGUE = load_catalogue()


def test_rows_of_separate_pools_err_by_their_own_prior() -> None:
    found = dict(zip(ERROR_CLASSES, expected_scatter(CATALOGUE).row_sd, strict=True))
    one, two = (
        CATALOGUE.priors[f"row_error_sd{of_pools}"].stated("p50")
        for of_pools in ("", "_disaggregated")
    )
    assert one != two
    for name, sd in found.items():
        assert sd == pytest.approx(two if name.endswith("_disaggregated") else one, rel=1e-6)


def test_a_stated_accuracy_is_the_half_width_of_a_uniform_error() -> None:
    assert meter_ln_sd(CATALOGUE, "it", 0.03) == pytest.approx(0.03 / np.sqrt(3))
    stood_in = CATALOGUE.priors["meter_factor_it"].parameters["sigma"]
    assert meter_ln_sd(CATALOGUE, "it", None) == stood_in
    with pytest.raises(MeterError, match="between 0 and 1"):
        meter_ln_sd(CATALOGUE, "it", 1.5)
