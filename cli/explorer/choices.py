"""What a page lets people choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.explorer.question import DRAWS, Knowledge
from wh_uncertainty.cli.simulation_report import BOUNDARY_WORDS
from wh_uncertainty.model.cost_posterior import load_cost_law
from wh_uncertainty.model.deployment import parse_deployment_id
from wh_uncertainty.model.posterior import PosteriorError, posterior_directory, posterior_names
from wh_uncertainty.model.scenario import EFFORTS, PRECISIONS, PROVIDERS
from wh_uncertainty.model.token_lengths.nominal_lengths import BENCHES
from wh_uncertainty.model.version import VERSION
from wh_uncertainty.model.workload import parse_workload, workload_choices
from wh_uncertainty.priors import ModelCard

__all__ = ["choices"]

Choice = dict[str, Any]

#: The question of the README.
_FIRST_QUESTION = {"model": "gpt-oss-120b", "workload": "1k/8k"}
_PROVIDER_WORDS = {
    "any": "any",
    "first-party": "first-party: a model maker serving its own",
    "third-party": "third-party: a host of many open models",
    "low-traffic": "low-traffic: rarely used models, dedicated endpoints",
}


def choices(knowledge: Knowledge) -> dict[str, Any]:
    """List the values of every control.

    Parameters
    ----------
    knowledge : Knowledge

    Returns
    -------
    dict
        Lists of ``value`` and ``label``; a model also has its ``deployments``, the accelerators
        and formats it was benchmarked with.

    Raises
    ------
    PosteriorError
        No model has a posterior, or one cannot be used.
    """
    catalogue = knowledge.catalogue
    fewest, usual, most = DRAWS
    models = _models(knowledge)
    return {
        "model": models,
        "workload": [*_lengths(), *_workloads(catalogue.release)],
        "hardware": [_choice(gpu.key, gpu.name) for gpu in catalogue.hardware.values()],
        "precision": [_choice(name) for name in PRECISIONS],
        "provider": [_choice(name, _PROVIDER_WORDS[name]) for name in PROVIDERS],
        "region": [_choice(region.key, region.name) for region in catalogue.regions.values()],
        "boundary": [_choice(name, f"{name}: {words}") for name, words in BOUNDARY_WORDS.items()],
        "effort": [_choice(name) for name in EFFORTS],
        "defaults": {
            **_FIRST_QUESTION,
            "model": _first_model(models),
            "provider": "any",
            "boundary": "facility",
            "draws": usual,
            "seed": knowledge.seed,
        },
        "draws": {"min": fewest, "max": most},
        "version": VERSION,
    }


def _choice(value: str, label: str | None = None) -> Choice:
    return {"value": value, "label": value if label is None else label}


def _models(knowledge: Knowledge) -> list[Choice]:
    fitted = posterior_names(_posterior(knowledge))
    cards = [card for card in knowledge.catalogue.models.values() if card.key in fitted]
    if not cards:
        raise PosteriorError(
            f"posterior directory {knowledge.posterior}: holds no model; fit one into it with "
            "`wh-uncertainty fit --out`"
        )
    return [
        {**_choice(card.key, card.name), "deployments": _deployments(card, knowledge)}
        for card in cards
    ]


def _deployments(card: ModelCard, knowledge: Knowledge) -> list[tuple[str, str]]:
    listed = load_cost_law(card.key, _posterior(knowledge)).record["deployments"]
    parsed = [parse_deployment_id(entry["name"]) for entry in listed]
    return sorted({(d.hardware, d.precision) for d in parsed})


def _posterior(knowledge: Knowledge) -> Path:
    return posterior_directory(knowledge.posterior, knowledge.catalogue.release)


def _first_model(models: Sequence[Choice]) -> str:
    """Return the first question's model; a posterior of the user's own may lack it."""
    known: list[str] = [model["value"] for model in models]
    return _FIRST_QUESTION["model"] if _FIRST_QUESTION["model"] in known else known[0]


def _lengths() -> Iterator[Choice]:
    for isl, osl in BENCHES.values():
        lengths = f"{isl // 1024}k/{osl // 1024}k"
        yield _choice(lengths, f"{lengths}: exactly {isl:,} in, {osl:,} out")


def _workloads(release: str) -> Iterator[Choice]:
    for name in workload_choices(release):
        yield _choice(name, f"{name}: {parse_workload(name, release).title}")
