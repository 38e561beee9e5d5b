"""The sketch of all models on disk, beside the posteriors."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from wh_uncertainty.model.hierarchy import NUMBERS
from wh_uncertainty.model.kin.evidence import Evidence
from wh_uncertainty.model.kin.sketch import Sketch
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.posterior import (
    Posterior,
    embedded_directory,
    load_posterior,
    posterior_names,
    write_posterior,
)
from wh_uncertainty.model.version import VERSION
from wh_uncertainty.priors import DEFAULT_RELEASE, Catalogue

__all__ = ["SKETCH_NAME", "load_sketch", "sketch_on_disk", "unpacked", "write_sketch"]

SKETCH_NAME = "all-models"

_UPPER = np.triu_indices(len(NUMBERS))


def write_sketch(
    directory: Path, sketch: Sketch, observations: Observations, catalogue: Catalogue
) -> None:
    """Write a sketch as single-precision arrays; both files appear complete or not at all.

    The pull is stored relative to the point, where it is small, so that rounding does not matter
    in directions of little information.

    Parameters
    ----------
    directory : Path
    sketch : Sketch
    observations : Observations
        That it was made of.
    catalogue : Catalogue

    Raises
    ------
    PosteriorError
        The directory cannot be written to.
    """
    information = sketch.evidence.information.astype(np.float32)
    numbers = sketch.numbers.astype(np.float32)
    at = np.einsum("dij,dj->di", information.astype(np.float64), numbers.astype(np.float64))
    arrays = {
        "deployment": np.array(sketch.deployments, dtype=np.bytes_),
        "numbers": numbers,
        "information": information[:, *_UPPER],
        "pull": (sketch.evidence.pull - at).astype(np.float32),
        "load_range": sketch.load_range,
        "median_day": sketch.median_day.astype("datetime64[D]").astype(np.int32),
    }
    record = {
        "observations": {
            "name": Path(observations.name).name,
            "sha256": observations.sha256,
            "rows_fitted": int(observations.fit.sum()),
        },
        "priors": {"release": catalogue.release, "sha256": catalogue.sha256},
        "versions": {"wh-uncertainty": VERSION, "numpy": np.__version__},
    }
    write_posterior(directory, SKETCH_NAME, arrays, record)


def load_sketch(directory: Path | None = None, release: str = DEFAULT_RELEASE) -> Sketch:
    """Read a sketch (see `sketch_on_disk`).

    Parameters
    ----------
    directory : Path, optional
        Default: the embedded posteriors.
    release : str

    Returns
    -------
    Sketch

    Raises
    ------
    PosteriorError
        Unreadable, truncated or altered.
    """
    return unpacked(sketch_on_disk(directory, release))


def sketch_on_disk(directory: Path | None = None, release: str = DEFAULT_RELEASE) -> Posterior:
    """Read the file of a sketch; a directory without one has the sketch of a release.

    Rows of other models change little of what a posterior says of its own deployments, and fitting
    one model makes no sketch.

    Parameters
    ----------
    directory : Path, optional
        Default: the embedded posteriors.
    release : str

    Returns
    -------
    Posterior
        Its record says what it was made of.

    Raises
    ------
    PosteriorError
        Unreadable, truncated or altered.
    """
    of_its_own = directory is not None and SKETCH_NAME in posterior_names(directory)
    return load_posterior(SKETCH_NAME, directory if of_its_own else embedded_directory(release))


def unpacked(file: Posterior) -> Sketch:
    """Return the sketch that a file holds.

    Parameters
    ----------
    file : Posterior

    Returns
    -------
    Sketch
    """
    arrays = file.arrays
    numbers, upper, pull, load_range = (
        arrays[part].astype(np.float64) for part in ("numbers", "information", "pull", "load_range")
    )
    information = np.zeros((len(numbers), len(NUMBERS), len(NUMBERS)))
    information[:, *_UPPER] = upper
    information[:, *_UPPER[::-1]] = upper
    pull = pull + np.einsum("dij,dj->di", information, numbers)
    names = tuple(name.decode() for name in arrays["deployment"].tolist())
    days = arrays["median_day"].astype("datetime64[D]")
    return Sketch(names, numbers, Evidence(information, pull), load_range, days)
