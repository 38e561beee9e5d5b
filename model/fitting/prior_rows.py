"""What a cost law would expect of its rows had it not seen them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.design import Design
from wh_uncertainty.model.fitting.contraction import prior_draws
from wh_uncertainty.model.fitting.cost_likelihood import cost_likelihoods
from wh_uncertainty.model.fitting.cost_sample import CostSample, rooflines
from wh_uncertainty.model.fitting.hyperparameters import cost_hyperparameters
from wh_uncertainty.model.fitting.likelihood import replicates
from wh_uncertainty.model.hierarchy import correlation_factor, own_share
from wh_uncertainty.priors import Catalogue

__all__ = ["prior_coefficients", "prior_predictive"]

Floats = NDArray[np.float64]


def prior_predictive(
    sample: CostSample, catalogue: Catalogue, *, rng: np.random.Generator, draws: int = 500
) -> Mapping[str, Floats]:
    """Draw the rows of a fit from its priors alone.

    Parameters
    ----------
    sample : CostSample
        Its trace is not looked at.
    catalogue : Catalogue
    rng : numpy.random.Generator
    draws : int
        At most 500 are kept.

    Returns
    -------
    mapping of str to ndarray of shape (1, draw, row)
        ln GPU-seconds per query as ``cost``, ln inter-token time as ``tpot``.
    """
    names = list(cost_hyperparameters(sample.design))
    seed = int(rng.integers(2**31))
    prior = {key: v[:draws] for key, v in prior_draws(sample.graph, names, seed).items()}
    z = rng.standard_normal((draws, len(sample.rows.series), prior["run_sd"].shape[1]))
    drawn = {
        "deployment": prior_coefficients(sample, prior, catalogue, rng),
        "run_effect": prior["run_sd"][:, None] * z,
        **{key: prior[key] for key in ("cost_error_sd", "tpot_error_sd")},
    }
    az: Any = import_module("arviz")
    trace = az.from_dict({"posterior": {key: values[None] for key, values in drawn.items()}})
    likelihoods = cost_likelihoods(replace(sample, trace=trace), catalogue)
    return {one.name: replicates(one, rng) for one in likelihoods}


def prior_coefficients(
    sample: CostSample,
    prior: Mapping[str, Floats],
    catalogue: Catalogue,
    rng: np.random.Generator,
) -> Floats:
    """Draw each deployment's numbers from the hierarchy of `cost_law_graph`.

    Parameters
    ----------
    sample : CostSample
    prior : mapping of str to ndarray
        Hyperparameters, draws along the first axis.
    catalogue : Catalogue
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (draw, deployment, 5)
        Four ln coefficients and the logit of the stall share.
    """
    design = sample.design
    factor = correlation_factor(catalogue)
    sd = prior["deployment_sd"][:, None]

    def correlated(levels: int) -> Floats:
        z: Floats = rng.standard_normal((len(sd), levels, len(factor))) @ factor.T
        return z

    share = catalogue.priors["kinship_share"].parameters["value"]
    of_kin = design.basis @ correlated(design.basis.shape[1])
    ln_c = rooflines(sample.rows, catalogue) + prior["ln_over_roofline"][:, None]
    ln_c = ln_c + _centred(sd * np.sqrt(share) * of_kin)
    for group, levels in design.levels.items():
        effect = prior[f"{group}_sd"][:, None] * correlated(len(levels))
        ln_c = ln_c + _centred(effect[:, design.members[group]])
    ln_c = ln_c + _slopes(design, prior)
    own = np.sqrt(own_share(design.basis, catalogue))[:, None]
    ln_c = ln_c + sd * own * correlated(len(design.deployments))
    stall = rng.standard_normal((len(sd), len(design.deployments)))
    stall = prior["stall_logit"][:, None] + prior["stall_logit_sd"] * stall
    return np.concatenate([ln_c, stall[..., None]], axis=-1)


def _centred(effect: Floats) -> Floats:
    centred: Floats = effect - effect.mean(axis=1, keepdims=True)
    return centred


def _slopes(design: Design, prior: Mapping[str, Floats]) -> Floats | float:
    return design.features @ prior["slope"] if "slope" in prior else 0.0
