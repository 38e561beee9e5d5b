"""A catalogue with what a user describes beside what the release knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from wh_uncertainty.priors.catalogue import Catalogue
from wh_uncertainty.priors.files import digest
from wh_uncertainty.priors.records import SpecFile
from wh_uncertainty.priors.spec_file import read_hardware_spec, read_model_spec
from wh_uncertainty.priors.unmeasured_power import power_priors

__all__ = ["with_specs"]


def with_specs(
    catalogue: Catalogue, *, model_spec: Path | None = None, hardware_spec: Path | None = None
) -> Catalogue:
    """Add a model, an accelerator, or both, of which nothing was benchmarked.

    Parameters
    ----------
    catalogue
    model_spec, hardware_spec
        TOML files with one table each (`read_model_spec`, `read_hardware_spec`).

    Returns
    -------
    Catalogue
        Its digest covers the files; ``specs`` names them.

    Raises
    ------
    PriorError
        A file cannot be read or breaks a rule.
    """
    if model_spec is not None:
        card, file = read_model_spec(Path(model_spec), catalogue)
        models = {**catalogue.models, card.key: card}
        catalogue = _noted(replace(catalogue, models=models), file)
    if hardware_spec is not None:
        gpu, file = read_hardware_spec(Path(hardware_spec), catalogue)
        priors = {**catalogue.priors, **power_priors(gpu, catalogue)}
        hardware = {**catalogue.hardware, gpu.key: gpu}
        catalogue = _noted(replace(catalogue, priors=priors, hardware=hardware), file)
    return catalogue


def _noted(catalogue: Catalogue, file: SpecFile) -> Catalogue:
    """Say in provenance that a file was added; the file's name is no part of the digest."""
    return replace(
        catalogue,
        sha256=digest({file.kind: file.sha256.encode()}, base=catalogue.sha256),
        specs=(*catalogue.specs, file),
    )
