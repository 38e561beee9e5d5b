"""Variables of a fit that depend on no other, and what their elements are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.board_power.posterior import POWER_GROUPS, POWER_NUMBERS
from wh_uncertainty.model.design import FEATURES, Design
from wh_uncertainty.model.hierarchy import COEFFICIENTS, RUN_EFFECTS
from wh_uncertainty.model.rows import ERROR_CLASSES

__all__ = ["cost_hyperparameters", "power_hyperparameters", "scalars"]

Floats = NDArray[np.float64]

#: In the order of the graph's slopes.
_POWER_SLOPES = ("log2_nodes", "disaggregated", "ln_load", "ln_load_squared", "ln_length_ratio")


def cost_hyperparameters(design: Design) -> Mapping[str, tuple[str, ...]]:
    """Name the hyperparameters of a cost law.

    Parameters
    ----------
    design : Design

    Returns
    -------
    mapping of str to tuple of str
        Elements of each variable, in the order of its last axes; none for a scalar.
    """
    features = [name for name, kept in zip(FEATURES, design.kept, strict=True) if kept]
    slopes = tuple(f"{feature}, {name}" for feature in features for name in COEFFICIENTS)
    return {
        "ln_over_roofline": COEFFICIENTS,
        **{f"{group}_sd": COEFFICIENTS for group in design.levels},
        **({"slope": slopes} if slopes else {}),
        "deployment_sd": COEFFICIENTS,
        "stall_logit": (),
        "stall_logit_sd": (),
        "run_sd": RUN_EFFECTS,
        "cost_error_sd": ERROR_CLASSES,
        "tpot_error_sd": ERROR_CLASSES,
    }


def power_hyperparameters() -> Mapping[str, tuple[str, ...]]:
    """Name the hyperparameters of board power (see `cost_hyperparameters`)."""
    return {
        "typical_centred": (),
        "slope": _POWER_SLOPES,
        **{f"{group}_sd": () for group in (*POWER_GROUPS, "load", "deployment")},
        "kin_sd": POWER_NUMBERS,
        "row_error_sd": (),
    }


def scalars(
    draws: Mapping[str, Floats], elements: Mapping[str, Sequence[str]], axes: int = 1
) -> dict[str, Floats]:
    """Take variables apart into their elements.

    Parameters
    ----------
    draws : mapping of str to ndarray
    elements : mapping of str to sequence of str
        Names of the elements of each variable; none for a scalar.
    axes : int
        How many of the first axes count draws.

    Returns
    -------
    dict of str to ndarray
        ``variable`` or ``variable[element]``.
    """
    found: dict[str, Floats] = {}
    for variable, labels in elements.items():
        values = draws[variable]
        flat = values.reshape(*values.shape[:axes], -1)
        names = [f"{variable}[{label}]" for label in labels] or [variable]
        found |= {name: flat[..., i] for i, name in enumerate(names)}
    return found
