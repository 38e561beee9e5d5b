"""What every draw of a cost law expects of the rows it was fitted to."""

from __future__ import annotations

import numpy as np

from wh_uncertainty.model.cost_law import Coefficients, gpu_s_per_query, inter_token_time_s
from wh_uncertainty.model.fitting.cost_sample import CostSample
from wh_uncertainty.model.fitting.likelihood import Likelihood, spread_draws
from wh_uncertainty.model.hierarchy import run_adjusted
from wh_uncertainty.model.rows import ERROR_CLASSES
from wh_uncertainty.priors import Catalogue

__all__ = ["cost_likelihoods"]


def cost_likelihoods(sample: CostSample, catalogue: Catalogue) -> tuple[Likelihood, Likelihood]:
    """Hold the rows of a fit against its draws; every deployment and run keeps its own effects.

    Parameters
    ----------
    sample : CostSample
    catalogue : Catalogue

    Returns
    -------
    cost, tpot : Likelihood
        ln GPU-seconds per query; ln inter-token time, of the rows that report it.
    """
    posterior, rows = sample.trace["posterior"].to_dataset(), sample.rows
    law = _on_the_day(sample)
    prefill, decode = gpu_s_per_query(law, rows.tokens, rows.load)
    tpot = inter_token_time_s(law, rows.tokens, rows.load)
    label = np.array(ERROR_CLASSES)[rows.error_class]
    dof = catalogue.priors["row_error_dof"].parameters["value"]

    def of(name: str, measured: np.ndarray, expected: np.ndarray) -> Likelihood:
        seen = np.flatnonzero(np.isfinite(measured))
        sd = spread_draws(posterior, f"{name}_error_sd")[..., rows.error_class[seen]]
        mean = np.log(expected[..., seen])
        return Likelihood(
            name, sample.usable.rows(seen), measured[seen], mean, sd, label[seen], dof
        )

    return of("cost", rows.ln_gpu_s, prefill + decode), of("tpot", rows.ln_tpot, tpot)


def _on_the_day(sample: CostSample) -> Coefficients:
    """Coefficients at every row, each of shape (chain, draw, row)."""
    posterior, rows = sample.trace["posterior"].to_dataset(), sample.rows
    own = spread_draws(posterior, "deployment")
    alpha, weight, step, kv = np.moveaxis(np.exp(own[..., :4]), -1, 0)
    phi = ~rows.disaggregated / (1 + np.exp(-own[..., 4]))
    law = Coefficients(alpha, weight, step, kv, phi).map(lambda c: c[..., rows.deployment])
    speed, decode, tilt = np.moveaxis(spread_draws(posterior, "run_effect"), -1, 0)
    at = rows.run
    return run_adjusted(law, speed[..., at], decode[..., at], tilt[..., at], rows.load)
