"""What a result was made from: version, seed, hashes."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from wh_uncertainty.model.context import Context
from wh_uncertainty.model.version import VERSION

__all__ = ["provenance"]


def provenance(context: Context, seed: int, draws: int) -> dict[str, Any]:
    """State everything needed to repeat a result.

    Parameters
    ----------
    context : Context
    seed, draws : int

    Returns
    -------
    dict
        JSON-ready; ``posterior_sha256`` covers the cost law's and the board power's files,
        ``observations_sha256`` is that of the rows the posterior was fitted to; ``release``
        is the one of all data that nothing of the user's own overrides; ``site`` is there where a
        measured one was given.
    """
    catalogue, site = context.catalogue, context.site
    posterior = hashlib.sha256((context.cost.sha256 + context.power.sha256).encode()).hexdigest()
    return {
        "version": VERSION,
        "seed": seed,
        "draws": draws,
        "observations_sha256": context.cost.record["observations"]["sha256"],
        "posterior_sha256": posterior,
        "posterior_overridden": context.posterior_overridden,
        "priors_sha256": catalogue.sha256,
        "priors_release": catalogue.release,
        "priors_overridden": list(catalogue.overridden),
        "release": catalogue.release,
        "specs": [asdict(spec) for spec in catalogue.specs],
        **({} if site is None else {"site": {"file": site.file, "sha256": site.sha256}}),
    }
