"""Posterior predictive draws of benchmark rows: what the fit expects a run to report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.cost_law import Coefficients, gpu_s_per_query, inter_token_time_s
from wh_uncertainty.model.cost_posterior import known_coefficients
from wh_uncertainty.model.hierarchy import RUN_EFFECTS, run_adjusted
from wh_uncertainty.model.kin.new_deployments import learnt_from, new_coefficients
from wh_uncertainty.model.kin.sketch import Sketch
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.posterior import Posterior
from wh_uncertainty.model.rows import CostRows, cost_rows
from wh_uncertainty.model.token_lengths.measured_lengths import measured_lengths
from wh_uncertainty.model.token_lengths.unmeasured_lengths import with_error_of_lengths
from wh_uncertainty.priors import Catalogue

__all__ = ["predict_rows"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def predict_rows(
    posterior: Posterior,
    observations: Observations,
    sketch: Sketch,
    catalogue: Catalogue,
    *,
    repeats: int = 2,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Draw what a benchmark run would report for rows of one model.

    A deployment in the fit keeps its posterior, with an error where the fit has no rows of it at
    such lengths; any other is drawn from what is known of its kin; a series in the fit keeps its
    run effect, any other draws one; every row draws its measurement error.

    Parameters
    ----------
    posterior : Posterior
    observations : Observations
        Rows of the posterior's model.
    sketch : Sketch
        Of all models.
    catalogue : Catalogue
    repeats : int
        Predictive draws per posterior draw.
    rng : numpy.random.Generator

    Returns
    -------
    ln_gpu_s, ln_tpot : ndarray of shape (draw, row)
    """
    rows = cost_rows(observations)
    draw = np.tile(np.arange(posterior.draws), repeats)
    law = _row_coefficients(posterior, rows, sketch, catalogue, draw, rng)
    run = _run_effects(posterior, rows.series, draw, rng)[:, rows.run]
    law = run_adjusted(law, run[..., 0], run[..., 1], run[..., 2], rows.load)
    law = _at_other_lengths(law, posterior, rows, catalogue, rng)
    prefill, decode = gpu_s_per_query(law, rows.tokens, rows.load)
    tpot = inter_token_time_s(law, rows.tokens, rows.load)
    dof = catalogue.priors["row_error_dof"].parameters["value"]

    def error(name: str) -> Floats:
        sd = posterior.arrays[f"{name}_error_sd"][draw][:, rows.error_class]
        return sd * rng.standard_t(dof, size=sd.shape)

    return np.log(prefill + decode) + error("cost"), np.log(tpot) + error("tpot")


def _row_coefficients(
    posterior: Posterior,
    rows: CostRows,
    sketch: Sketch,
    catalogue: Catalogue,
    draw: Indices,
    rng: np.random.Generator,
) -> Coefficients:
    position = {d["name"]: i for i, d in enumerate(posterior.record["deployments"])}
    known = [name for name in rows.deployments if name in position]
    new = [name for name in rows.deployments if name not in position]
    parts: list[Coefficients] = []
    if known:
        law = known_coefficients(posterior, [position[name] for name in known])
        parts.append(law.map(lambda c: c[draw]))
    if new:
        siblings = learnt_from(sketch, catalogue, without=posterior.name)
        parts.append(new_coefficients(posterior, new, siblings, catalogue, draw=draw, rng=rng))
    column = {name: i for i, name in enumerate(known + new)}
    at = np.array([column[name] for name in rows.deployments])[rows.deployment]

    def at_rows(name: str) -> Floats:
        return np.concatenate([getattr(part, name) for part in parts], axis=1)[:, at]

    return Coefficients(
        *(at_rows(n) for n in ("alpha", "beta_weight", "beta_step", "gamma", "phi"))
    )


def _at_other_lengths(
    law: Coefficients,
    posterior: Posterior,
    rows: CostRows,
    catalogue: Catalogue,
    rng: np.random.Generator,
) -> Coefficients:
    """Let rows of one deployment at one pair of lengths err together where the fit has none."""
    seen = {d["name"]: d["load_max_by_lengths"] for d in posterior.record["deployments"]}
    lengths = measured_lengths([seen.get(rows.deployments[d], {}) for d in rows.deployment])
    steps = lengths.steps_outside(rows.isl_tok, rows.osl_tok)
    if not steps.any():
        return law
    pairs = np.column_stack([rows.deployment, rows.isl_tok, rows.osl_tok])
    _, pair = np.unique(pairs, axis=0, return_inverse=True)
    z = rng.standard_normal((len(law.alpha), int(pair.max()) + 1))[:, pair]
    return with_error_of_lengths(law, list(steps), z, catalogue)


def _run_effects(
    posterior: Posterior, series: Sequence[str], draw: Indices, rng: np.random.Generator
) -> Floats:
    """Run effects, shape (n, series, 3): the stored mean and spread, or new ones."""
    position = {name: i for i, name in enumerate(posterior.record["series"])}
    z = rng.standard_normal((len(draw), len(series), len(RUN_EFFECTS)))
    effects = posterior.arrays["run_sd"][draw][:, None, :] * z
    known = [i for i, name in enumerate(series) if name in position]
    at = [position[series[i]] for i in known]
    mean, sd = posterior.arrays["run_mean"][at], posterior.arrays["run_deviation_sd"][at]
    effects[:, known] = mean + sd * z[:, known]
    return effects
