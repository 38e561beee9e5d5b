"""Files that describe a model or an accelerator, as answers to which model and which hardware."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wh_uncertainty.priors import Catalogue

__all__ = ["SPEC_OF", "laid_over", "with_described"]

Answers = dict[str, Any]

#: A name and a file are two ways to answer one question.
SPEC_OF = {"model": "model_spec", "hardware": "hardware_spec"}


def laid_over(answers: Mapping[str, Any], own: Mapping[str, Any]) -> Answers:
    """Let later answers replace earlier ones; a name replaces a file, and a file a name.

    Parameters
    ----------
    answers, own : mapping

    Returns
    -------
    dict
    """
    replaced = {key for pair in SPEC_OF.items() if own.keys() & set(pair) for key in pair}
    return {key: value for key, value in answers.items() if key not in replaced} | dict(own)


def with_described(
    answers: Mapping[str, Any], catalogue: "Catalogue"
) -> tuple[Answers, "Catalogue"]:
    """Turn files into names that an extended catalogue knows.

    Parameters
    ----------
    answers : mapping
        For `create_scenario`, and perhaps ``model_spec`` and ``hardware_spec``.
    catalogue : Catalogue

    Returns
    -------
    answers : dict
        For `create_scenario` alone.
    catalogue : Catalogue

    Raises
    ------
    PriorError
        A file breaks a rule.
    ScenarioError
        A file describes something else than what is asked about.
    """
    files = {spec: Path(answers[spec]) for spec in SPEC_OF.values() if spec in answers}
    rest = {key: value for key, value in answers.items() if key not in files}
    if not files:
        return rest, catalogue
    from wh_uncertainty.model.scenario import ScenarioError
    from wh_uncertainty.priors import with_specs

    extended = with_specs(catalogue, **files)
    for spec in extended.specs:
        asked = rest.setdefault(spec.kind, spec.key)
        if asked != spec.key:
            raise ScenarioError(
                f"{spec.kind} {asked!r} is asked for, and {spec.file} describes {spec.key!r}; give "
                "one of them"
            )
    return rest, extended
