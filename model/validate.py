"""Scores of the posterior on rows: those kept from a fit, or a user's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wh_uncertainty.model.board_power.posterior import POWER_NAME, load_board_power
from wh_uncertainty.model.board_power.rows import predict_board_power
from wh_uncertainty.model.data_release import data_release
from wh_uncertainty.model.kin.sketch import Sketch
from wh_uncertainty.model.kin.sketch_file import SKETCH_NAME, load_sketch
from wh_uncertainty.model.observations import Observations
from wh_uncertainty.model.posterior import (
    Posterior,
    load_posterior,
    posterior_directory,
    posterior_names,
)
from wh_uncertainty.model.scenario import PRECISIONS
from wh_uncertainty.model.scoring.predict import predict_rows
from wh_uncertainty.model.scoring.scores import (
    RowScores,
    joined,
    score_rows,
    summarise,
    summarise_by,
)
from wh_uncertainty.priors import DEFAULT_RELEASE, Catalogue, load_catalogue

__all__ = ["ValidationError", "score_posteriors", "stored_scores", "stored_scores_path", "validate"]

Strings = NDArray[np.str_]

_SEED = 0


class ValidationError(ValueError):
    """There is nothing to score; says why."""


def stored_scores_path(release: str = DEFAULT_RELEASE) -> Path:
    """Return the scores of the held-out split that ship with the package."""
    return data_release(release).directory / "validation.json"


def stored_scores(release: str = DEFAULT_RELEASE) -> dict[str, Any]:
    """Read the scores of the held-out split.

    Parameters
    ----------
    release : str

    Returns
    -------
    dict
        As `validate`, with ``split``: how the deployments were chosen and fitted.

    Raises
    ------
    ValidationError
        This build ships none.
    """
    try:
        scores: dict[str, Any] = json.loads(stored_scores_path(release).read_text("utf-8"))
    except FileNotFoundError:
        raise ValidationError(
            "this build ships no scores of the held-out split; "
            "`python scripts/score_held_out.py` makes them, --observations FILE scores your rows"
        ) from None
    return scores


def validate(
    observations: Observations | None = None,
    *,
    posterior_dir: Path | None = None,
    catalogue: Catalogue | None = None,
) -> dict[str, Any]:
    """Score predictions of benchmark rows.

    Parameters
    ----------
    observations : Observations, optional
        Rows to score; those that the fit's own rule would exclude are not scored. A deployment in
        the fit keeps its posterior, any other is treated as new. Default: return the stored scores
        of the split in which 15 % of the deployments were left out.
    posterior_dir : Path, optional
        Default: the posteriors of the catalogue's release.
    catalogue : Catalogue, optional

    Returns
    -------
    dict
        ``overall``, ``by_model``, ``by_hardware`` of ln GPU-seconds per query, and the same three
        under ``interactivity`` and ``board_power``; each ``{n, ln_mae, coverage_50, coverage_90,
        ln_width_90, interval_score_90}``. ``not_scored`` counts rows left out, by reason.

    Raises
    ------
    ValidationError
        No row can be scored.
    """
    catalogue = load_catalogue() if catalogue is None else catalogue
    if observations is None:
        return stored_scores(catalogue.release)
    directory = posterior_directory(posterior_dir, catalogue.release)
    models = [name for name in posterior_names(directory) if name not in (POWER_NAME, SKETCH_NAME)]
    fitted = np.isin(observations.model, models)
    known = np.isin(observations.hardware, list(catalogue.hardware))
    known &= np.isin(observations.precision, PRECISIONS)
    usable = observations.rows(observations.fit & fitted & known)
    if not len(usable):
        raise ValidationError(
            f"{observations.name}: no row can be scored; rows need load, throughput, no excluding "
            f"flag, and a model with a posterior: {', '.join(models) or 'none found'}"
        )
    laws = {name: load_posterior(name, directory) for name in np.unique(usable.model).tolist()}
    power, sketch = load_board_power(directory), load_sketch(directory, catalogue.release)
    scores = score_posteriors(usable, laws, power, sketch, catalogue)
    excluded = {
        "excluded_by_the_fit_rule": int((~observations.fit).sum()),
        "model_without_posterior": int((observations.fit & ~fitted).sum()),
        "hardware_or_precision_unknown": int((observations.fit & fitted & ~known).sum()),
    }
    return {**scores, "not_scored": excluded}


def score_posteriors(
    observations: Observations,
    laws: Mapping[str, Posterior],
    power: Posterior,
    sketch: Sketch,
    catalogue: Catalogue,
) -> dict[str, Any]:
    """Score cost, interactivity and board power of usable rows.

    Parameters
    ----------
    observations : Observations
        Rows of models that all have a law.
    laws : mapping of str to Posterior
    power : Posterior
    sketch : Sketch
    catalogue : Catalogue

    Returns
    -------
    dict
        As `validate`, without ``not_scored``.
    """
    rng = np.random.default_rng(_SEED)
    cost: list[RowScores] = []
    tpot: list[RowScores] = []
    order: list[Observations] = []
    for model, law in laws.items():
        of_model = observations.rows(observations.model == model)
        ln_gpu_s, ln_tpot = predict_rows(law, of_model, sketch, catalogue, repeats=4, rng=rng)
        cost.append(score_rows(ln_gpu_s, np.log(of_model.gpu_s_per_query)))
        tpot.append(score_rows(ln_tpot, np.log(of_model.tpot_s)))
        order.append(of_model)
    models, hardware = _labels(order, "model"), _labels(order, "hardware")
    measured = observations.rows(observations.power_fit)
    return {
        **_report(joined(cost), models, hardware),
        "interactivity": _report(joined(tpot), models, hardware),
        "board_power": _power_report(measured, power, catalogue, rng),
    }


def _power_report(
    measured: Observations, power: Posterior, catalogue: Catalogue, rng: np.random.Generator
) -> dict[str, Any]:
    if not len(measured):
        return {"overall": {"n": 0}, "by_model": {}, "by_hardware": {}}
    draws, ln_fraction = predict_board_power(power, measured, catalogue, repeats=4, rng=rng)
    return _report(score_rows(draws, ln_fraction), measured.model, measured.hardware)


def _report(scores: RowScores, model: Strings, hardware: Strings) -> dict[str, Any]:
    return {
        "overall": summarise(scores),
        "by_model": summarise_by(scores, model),
        "by_hardware": summarise_by(scores, hardware),
    }


def _labels(parts: list[Observations], column: str) -> Strings:
    return np.concatenate([getattr(part, column) for part in parts])
