"""Which deployments are kept from a fit, to score it on machines it has never seen."""

from collections.abc import Sequence

import numpy as np

from wh_uncertainty.model.deployment import UNKNOWN, less_specified, parse_deployment_id
from wh_uncertainty.model.observations import Observations

__all__ = ["SPLIT_FRACTION", "SPLIT_SEED", "held_out_deployments", "surely_unseen", "vaguer_names"]

#: The split that scores are published of, chosen before anything was scored on it.
SPLIT_FRACTION, SPLIT_SEED = 0.15, 1


def held_out_deployments(
    observations: Observations, fraction: float = SPLIT_FRACTION, *, seed: int
) -> tuple[str, ...]:
    """Pick whole deployments to keep from the fit, the same share of every model.

    Drawn without replacement among the fit's deployments of each model. A deployment that one
    source describes less fully (``ep?``) may be the same machines, so it is never drawn while a
    fuller description exists, and it follows every deployment it may be identical with. What it may
    be identical with besides can still be in the fit: see `surely_unseen`.

    Parameters
    ----------
    observations : Observations
    fraction : float
        Share of each model's deployments, in (0, 1).
    seed : int
        The same seed and the same deployments give the same choice, in any order of rows.

    Returns
    -------
    tuple of str
        Sorted names (`deployment_id`), to compare with ``observations.configuration``.

    Raises
    ------
    ValueError
        `fraction` is not in (0, 1).
    """
    if not 0 < fraction < 1:
        raise ValueError(f"fraction {fraction!r} must lie between 0 and 1, both excluded")
    rng = np.random.default_rng(seed)
    fitted = observations.fit
    chosen: set[str] = set()
    for model in np.unique(observations.model[fitted]).tolist():
        of_model = fitted & (observations.model == model)
        vaguer = vaguer_names(np.unique(observations.configuration[of_model]).tolist())
        followers = set[str]().union(*vaguer.values())
        eligible = [name for name in vaguer if name not in followers]
        order: list[int] = rng.permutation(len(eligible)).tolist()
        for position in order[: round(fraction * len(eligible))]:
            name = eligible[position]
            chosen |= {name} | vaguer[name]
    return tuple(sorted(chosen))


def surely_unseen(held: Sequence[str], observations: Observations) -> tuple[str, ...]:
    """Pick what surely is of machines that no row of the fit is of.

    Parameters
    ----------
    held : sequence of str
        `held_out_deployments`.
    observations : Observations
        The whole table.

    Returns
    -------
    tuple of str
        Without the vague descriptions that also suit a deployment of the fit.
    """
    fitted = np.unique(observations.configuration[observations.fit])
    kept = fitted[~np.isin(fitted, list(held))].tolist()
    vaguer = vaguer_names([*kept, *held])
    doubles = set[str]().union(*(vaguer[name] for name in kept))
    return tuple(name for name in held if name not in doubles)


def vaguer_names(names: list[str]) -> dict[str, set[str]]:
    """Map each name to those that may be the same machines, described less fully.

    Parameters
    ----------
    names : list of str
        Of any models.

    Returns
    -------
    dict of str to set of str
    """
    parsed = {name: parse_deployment_id(name) for name in names}
    vague = [name for name in names if UNKNOWN in name]
    return {
        name: {other for other in vague if less_specified(parsed[other], parsed[name])}
        for name in names
    }
