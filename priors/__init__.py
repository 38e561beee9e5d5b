"""Priors as data: every uncertain number with its unit, spread, evidence and argument.

``load_catalogue`` gives a release; ``sample``, ``quantile`` and ``cdf`` evaluate a prior. Names
are imported when first used, so that starting a command does not pay for what it does not need.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wh_uncertainty.priors.catalogue import (
        Catalogue,
        load_catalogue,
        read_workload,
        workload_names,
    )
    from wh_uncertainty.priors.current import DEFAULT_RELEASE
    from wh_uncertainty.priors.elicit import misfit, solve
    from wh_uncertainty.priors.extended import with_specs
    from wh_uncertainty.priors.families import cdf, ln_scale, pymc_distribution, quantile, sample
    from wh_uncertainty.priors.records import Hardware, ModelCard, Region, SpecFile
    from wh_uncertainty.priors.release import check_release
    from wh_uncertainty.priors.spec import PriorError, PriorSpec, Source

__all__ = [
    "DEFAULT_RELEASE",
    "Catalogue",
    "Hardware",
    "ModelCard",
    "PriorError",
    "PriorSpec",
    "Region",
    "Source",
    "SpecFile",
    "cdf",
    "check_release",
    "ln_scale",
    "load_catalogue",
    "misfit",
    "pymc_distribution",
    "quantile",
    "read_workload",
    "sample",
    "solve",
    "with_specs",
    "workload_names",
]

_HOMES = {
    "catalogue": (
        "Catalogue",
        "load_catalogue",
        "read_workload",
        "workload_names",
    ),
    "current": ("DEFAULT_RELEASE",),
    "elicit": ("misfit", "solve"),
    "extended": ("with_specs",),
    "families": ("cdf", "ln_scale", "pymc_distribution", "quantile", "sample"),
    "records": ("Hardware", "ModelCard", "Region", "SpecFile"),
    "release": ("check_release",),
    "spec": ("PriorError", "PriorSpec", "Source"),
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module (PEP 562)."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
