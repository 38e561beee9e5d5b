"""The rows that a fit starts from: those shipped, a user's, or both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.fitting.union import repeats, united
from wh_uncertainty.model.observations import ObservationError, Observations
from wh_uncertainty.model.scenario import PRECISIONS
from wh_uncertainty.priors import Catalogue

__all__ = ["FitRows", "fit_rows"]


@dataclass(frozen=True, slots=True, eq=False)
class FitRows:
    """Rows for the fit, and what became of a user's.

    Parameters
    ----------
    observations : Observations
    added, repeated, unknown : int
        A user's rows: in the table; left out because a shipped row says the same; left out because
        the catalogue lacks their model, accelerator or precision.
    """

    observations: Observations
    added: int = 0
    repeated: int = 0
    unknown: int = 0


def fit_rows(
    catalogue: Catalogue, own: Observations, embedded: Observations | None = None
) -> FitRows:
    """Choose the rows of a user that the fit can read, and add them to those shipped.

    Parameters
    ----------
    catalogue : Catalogue
    own : Observations
    embedded : Observations, optional
        Left out, the user's rows stand alone.

    Returns
    -------
    FitRows

    Raises
    ------
    ObservationError
        The catalogue knows none of the user's rows.
    """
    known = _known(own, catalogue)
    unknown = int((~known).sum())
    if not known.any():
        raise ObservationError(
            f"{own.name}: no row is of a model, accelerator and precision of the catalogue; "
            "`wh-uncertainty list models` and `list hardware` show them"
        )
    own = own.rows(known)
    if embedded is None:
        return FitRows(own, len(own), unknown=unknown)
    repeated = int(repeats(embedded, own).sum())
    return FitRows(united(embedded, own), len(own) - repeated, repeated, unknown)


def _known(o: Observations, catalogue: Catalogue) -> NDArray[np.bool_]:
    return (
        np.isin(o.model, list(catalogue.models))
        & np.isin(o.hardware, list(catalogue.hardware))
        & np.isin(o.precision, PRECISIONS)
    )
