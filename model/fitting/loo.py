"""Leave-one-out cross-validation of a fit's rows without fitting again: PSIS-LOO."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import numpy as np

from wh_uncertainty.model.fitting.likelihood import Likelihood, log_density

__all__ = ["HIGH_K", "leave_one_out"]

#: Vehtari et al. 2024: above, the importance weights of a row tell little of a fit without it.
HIGH_K = 0.7
_SURPRISING = 5  # rows named, whatever they are


def leave_one_out(likelihood: Likelihood, posterior: Any) -> dict[str, Any]:
    """Estimate how well each row's measurement would be predicted by a fit without it.

    A row's other measurement, of pace or of cost, stays in the fit.

    Parameters
    ----------
    likelihood : Likelihood
    posterior : xarray.Dataset
        Hyperparameters of the same draws: how far apart these are says how much they weigh.

    Returns
    -------
    dict
        ``likelihood``, ``rows``, ``elpd`` with its standard error ``elpd_se``, ``p_loo`` effective
        parameters; ``k_high``, the rows with a Pareto k above `HIGH_K`, worst first; and
        ``surprising``, those with the least predictive density, with their ln measured over
        expected as ``residual``.

    References
    ----------
    Vehtari, Gelman & Gabry 2017, Stat. Comput. 27; Vehtari et al. 2024, JMLR 25
    """
    az: Any = import_module("arviz")
    count = len(likelihood.measured)
    groups = {"log_likelihood": {"ln": log_density(likelihood)}}
    data = az.from_dict(groups, dims={"ln": ["row"]}, coords={"row": np.arange(count)})
    data["posterior"] = posterior
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, message=".*Pareto.*")
        found = az.loo(data, var_name="ln", pointwise=True)
    k, expected = found.pareto_k.to_numpy(), found.elpd_i.to_numpy()
    residual = likelihood.measured - likelihood.mean.mean(axis=(0, 1))
    return {
        "likelihood": likelihood.name,
        "rows": count,
        "elpd": float(found.elpd),
        "elpd_se": float(found.se),
        "p_loo": float(found.p),
        "k_high": [
            {**_row(likelihood, i), "k": float(k[i])} for i in np.argsort(-k) if not k[i] <= HIGH_K
        ],
        "surprising": [
            {**_row(likelihood, i), "elpd": float(expected[i]), "residual": float(residual[i])}
            for i in np.argsort(expected)[:_SURPRISING]
        ],
    }


def _row(likelihood: Likelihood, i: int) -> dict[str, Any]:
    rows = likelihood.rows
    columns = ("observation_id", "configuration")
    return {
        **{column: str(getattr(rows, column)[i]) for column in columns},
        "load": float(rows.load[i]),
    }
