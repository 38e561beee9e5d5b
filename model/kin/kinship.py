"""How alike two deployments are: the correlation of what their labels' effects leave over.

Two layouts of one pool of accelerators have more in common than hardware, format, engine and
speculation say one by one. The kernel is a product over what a deployment is made of: numbers
count by their distance, labels by whether they are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.deployment import Deployment
from wh_uncertainty.model.layout import log2_gpus, logit_prefill_share
from wh_uncertainty.model.roofline import architecture

__all__ = ["kinship", "kinship_basis"]

Floats = NDArray[np.float64]

# Own judgement, then compared with a Gaussian stand-in of the fit on splits 2 to 5 (the published
# scores are of split 1, which took part in a first look): half or twice a length, or another
# likeness of labels, moves the mean absolute error there by at most 0.004.
_NUMBERS: tuple[tuple[Callable[[Deployment], float], float], ...] = (
    (log2_gpus, 1.5),
    (lambda d: logit_prefill_share(d) if d.disaggregated else 0.0, 1.5),
    (lambda d: float(np.log2(d.ep or 1)), 2.0),
    (lambda d: float(d.dp_attention or 0), 1.5),
)
_LABELS: tuple[tuple[Callable[[Deployment], object], float], ...] = (
    (lambda d: d.hardware, 0.6),
    (lambda d: d.precision, 0.5),
    (lambda d: d.framework, 0.5),
    (lambda d: d.spec_decoding, 0.85),
    (lambda d: d.disaggregated, 0.0),
)
_OTHER_GENERATION = 0.5
_KEPT_VARIANCE = 0.95


def kinship(
    deployments: Sequence[Deployment],
    others: Sequence[Deployment],
    stated: Mapping[str, str] | None = None,
) -> Floats:
    """Correlation between deployments' own effects, as far as it comes from likeness.

    ``K = prod_numbers exp(-(x - x')^2 / 2 length^2) prod_labels (1 if same else r)``; each factor
    is a correlation, so their product is one.

    Parameters
    ----------
    deployments, others : sequence of Deployment
    stated : mapping of str to str, optional
        Generations that users state (`stated_architectures`).

    Returns
    -------
    ndarray of shape (deployment, other)
    """
    alike = np.ones((len(deployments), len(others)))
    for number, length in _NUMBERS:
        ours, theirs = (np.array([number(d) for d in group]) for group in (deployments, others))
        alike *= np.exp(-0.5 * ((ours[:, None] - theirs) / length) ** 2)

    def generation(d: Deployment) -> str:
        return architecture(d.hardware, stated)

    for label, otherwise in (*_LABELS, (generation, _OTHER_GENERATION)):
        ours, theirs = (np.array([str(label(d)) for d in group]) for group in (deployments, others))
        alike *= np.where(ours[:, None] == theirs, 1.0, otherwise)
    return alike


def kinship_basis(deployments: Sequence[Deployment]) -> Floats:
    """Columns ``B`` with ``B B'`` close to the kinship, the leading ones only.

    Their weights are independent given well-measured deployments, which is what a sampler likes.

    Parameters
    ----------
    deployments : sequence of Deployment

    Returns
    -------
    ndarray of shape (deployment, column)
    """
    variance, axes = np.linalg.eigh(kinship(deployments, deployments))
    variance, axes = variance[::-1], axes[:, ::-1]
    enough = np.searchsorted(np.cumsum(variance), _KEPT_VARIANCE * variance.sum()) + 1
    basis: Floats = axes[:, :enough] * np.sqrt(variance[:enough])
    return basis
