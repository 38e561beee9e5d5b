"""Whether a directory already holds the posterior that a fit would make."""

from __future__ import annotations

import os
from pathlib import Path

from wh_uncertainty.model.fitting.sampling import Settings
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.posterior import Posterior, PosteriorError, load_posterior
from wh_uncertainty.model.version import VERSION
from wh_uncertainty.priors import Catalogue

__all__ = ["finished_fit"]


def finished_fit(
    directory: Path,
    name: str,
    observations: Observations,
    catalogue: Catalogue,
    settings: Settings,
) -> Posterior | None:
    """Return the posterior of the same rows, priors, settings and version, if it is there.

    Parameters
    ----------
    directory : Path
    name : str
    observations : Observations
    catalogue : Catalogue
    settings : Settings

    Returns
    -------
    Posterior or None
        None too for one that is damaged, or whose record says less than records do today: it is
        to be made anew.
    """
    if not os.path.isfile(directory / f"{name}.json"):
        return None
    try:
        held = load_posterior(name, directory)
        record = held.record
        made_of = (
            record["observations"]["sha256"],
            record["priors"]["sha256"],
            record["settings"],
            record["versions"]["wh-uncertainty"],
        )
    except (PosteriorError, KeyError, TypeError):
        return None
    wanted = (observations.sha256, catalogue.sha256, settings.to_dict(), VERSION)
    return held if made_of == wanted else None
