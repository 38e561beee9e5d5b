"""What is believed of deployments' coefficients before their rows are seen, and how alike they are.

The five numbers of every deployment of every model are one Gaussian process over what the
deployments are made of. Each term of its covariance is a kernel between deployments times a
covariance between numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import Deployment
from wh_uncertainty.model.design import GROUPS, feature_matrix, group_label
from wh_uncertainty.model.hierarchy import COEFFICIENTS, NUMBERS
from wh_uncertainty.model.kin.gaussian import Covariance
from wh_uncertainty.model.kin.kinship import kinship
from wh_uncertainty.model.roofline import architecture, ln_roofline, stated_architectures
from wh_uncertainty.priors import Catalogue

__all__ = ["prior_covariance", "prior_mean"]

Floats = NDArray[np.float64]

# What counts as one unit of each of `FEATURES`: about the standard deviation over the benchmarked
# deployments that have the number.
_FEATURE_UNITS = np.array([1.5, 1.5, 0.5, 0.5, 1.5, 1.0, 1.5])
# Labels move the stall share by half of what they move a coefficient, on its logit.
_LABEL_WEIGHTS = np.array([1.0, 1.0, 1.0, 1.0, 0.5])


def prior_mean(deployments: Sequence[Deployment], catalogue: Catalogue) -> Floats:
    """Return the numbers expected of a deployment of which no rows are known.

    ``ln c = ln roofline + ln (c over roofline)`` for the four coefficients, and the typical
    ``logit phi``.

    Parameters
    ----------
    deployments : sequence of Deployment
    catalogue : Catalogue

    Returns
    -------
    ndarray of shape (deployment, 5)
    """
    typical = {d.model: _typical(d.model, "mu", "mean", catalogue) for d in deployments}
    rows = [
        np.append(ln_roofline(catalogue, d.model, d.hardware, d.precision), 0.0) + typical[d.model]
        for d in deployments
    ]
    return np.array(rows).reshape(-1, len(NUMBERS))


def prior_covariance(
    deployments: Sequence[Deployment], others: Sequence[Deployment], catalogue: Catalogue
) -> Covariance:
    """Return the covariance between the numbers of deployments.

    With M = 1 for two deployments of one model, L = the number of labels they share plus the
    product of their features, K their `kinship`, s the spread of their generation, model and
    accelerator, and I = 1 for one deployment with itself::

        M diag(typical sd^2) + (M own_label_sd^2 + shared_label_sd^2) L R
        + (shared_kin_sd^2 + M deployment_sd^2 kinship_share) s s' K R
        + deployment_sd^2 (1 - kinship_share) s s' I R

    R has 1 on its diagonal and ``effect_correlation`` between coefficients; the stall share is
    uncorrelated with them, has no kin and its own sd.

    Parameters
    ----------
    deployments, others : sequence of Deployment
        Of any models; the same object twice for the covariance among themselves. In two sequences
        no deployment is taken for another's double, whatever their names.
    catalogue : Catalogue

    Returns
    -------
    Covariance
    """
    return Covariance(tuple(_terms(deployments, others, catalogue)))


def _terms(
    deployments: Sequence[Deployment], others: Sequence[Deployment], catalogue: Catalogue
) -> Iterator[tuple[Floats, Floats]]:
    """Kernels between deployments and, for each, the covariance between numbers."""
    related = _correlation(catalogue)
    model = _same(lambda d: d.model, deployments, others).astype(float)
    stated = stated_architectures(catalogue)
    labels = _likeness(deployments, others, stated)
    ours, theirs = (_spread(group, catalogue) for group in (deployments, others))
    apart = ours[:, None] * theirs
    kin = apart * kinship(deployments, others, stated)
    own = np.array([_median(f"deployment_sd_{name}", catalogue) for name in COEFFICIENTS])
    share = _value("kinship_share", catalogue)
    yield from _levels(deployments, model, catalogue)
    of_labels = model * _value("own_label_sd", catalogue) ** 2
    of_labels = of_labels + _value("shared_label_sd", catalogue) ** 2
    yield of_labels * labels, related * np.outer(_LABEL_WEIGHTS, _LABEL_WEIGHTS)
    common = np.append(np.full(len(own), _value("shared_kin_sd", catalogue)), 0.0)
    yield kin, related * np.outer(common, common)
    of_kin = np.append(own * np.sqrt(share), 0.0)
    yield model * kin, related * np.outer(of_kin, of_kin)
    alone = np.append(own * np.sqrt(1 - share), _median("stall_logit_sd", catalogue))
    if deployments is others:
        yield np.diag(np.diag(apart)), related * np.outer(alone, alone)


def _levels(
    deployments: Sequence[Deployment], same_model: Floats, catalogue: Catalogue
) -> Iterator[tuple[Floats, Floats]]:
    """Typical numbers of a model; models of one kind of attention spread alike."""
    sd = [tuple(_typical(d.model, "sigma", "sd", catalogue)) for d in deployments]
    for of_kind in dict.fromkeys(sd):
        mine = np.array([own == of_kind for own in sd])
        yield same_model * mine[:, None], np.diag(np.square(of_kind))


def _likeness(
    deployments: Sequence[Deployment], others: Sequence[Deployment], stated: Mapping[str, str]
) -> Floats:
    """Count the labels that two deployments share, and add the product of their features."""
    ours, theirs = (feature_matrix(group) / _FEATURE_UNITS for group in (deployments, others))
    alike: Floats = ours @ theirs.T
    for group in GROUPS:
        alike = alike + _same(partial(group_label, group=group, stated=stated), deployments, others)
    return alike


def _spread(deployments: Sequence[Deployment], catalogue: Catalogue) -> Floats:
    """How far deployments stand apart, relative to a common scale: generation, model, accelerator.

    An accelerator of which nothing is said is like the rest of its generation.
    """
    stated, priors = stated_architectures(catalogue), catalogue.priors

    def factor(kind: str, label: str) -> float:
        known, unknown = (f"{kind}_spread_{name}" for name in (label, "unknown"))
        return _value(known if known in priors else unknown, catalogue)

    def own(accelerator: str) -> float:
        name = f"accelerator_spread_{accelerator}"
        return _value(name, catalogue) if name in priors else 1.0

    return np.array(
        [
            factor("deployment", architecture(d.hardware, stated))
            * factor("model", d.model)
            * own(d.hardware)
            for d in deployments
        ]
    )


def _same(
    label: Callable[[Deployment], object],
    deployments: Sequence[Deployment],
    others: Sequence[Deployment],
) -> NDArray[np.bool_]:
    ours, theirs = (np.array([str(label(d)) for d in group]) for group in (deployments, others))
    same: NDArray[np.bool_] = ours[:, None] == theirs
    return same


def _correlation(catalogue: Catalogue) -> Floats:
    rho = _value("effect_correlation", catalogue)
    related = np.full((len(NUMBERS), len(NUMBERS)), rho)
    related[-1, :-1] = related[:-1, -1] = 0.0
    np.fill_diagonal(related, 1.0)
    return related


def _typical(model: str, of_lognormal: str, of_normal: str, catalogue: Catalogue) -> Floats:
    """One parameter of the priors of a model's typical numbers."""
    cache = catalogue.models[model].cache_prior
    names = [*(f"{name}_over_roofline" for name in COEFFICIENTS[:-1]), cache]
    values = [catalogue.priors[name].parameters[of_lognormal] for name in names]
    return np.array([*values, catalogue.priors["stall_logit"].parameters[of_normal]])


def _value(name: str, catalogue: Catalogue) -> float:
    return catalogue.priors[name].parameters["value"]


def _median(name: str, catalogue: Catalogue) -> float:
    return catalogue.priors[name].quantiles["p50"]
