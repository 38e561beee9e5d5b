"""Forgiving names: what a user writes, matched to what the catalogue calls it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wh_uncertainty.priors.names import bare_name, close_names

if TYPE_CHECKING:
    from wh_uncertainty.priors import Catalogue

__all__ = ["ScenarioError", "canonical_name", "model_named"]


class ScenarioError(ValueError):
    """A scenario cannot be understood; names what, the rule and the remedy."""


def canonical_name(what: str, text: str, choices: Mapping[str, Iterable[str]], listing: str) -> str:
    """Match a name regardless of case, punctuation and maker.

    Parameters
    ----------
    what : str
        What is named, for the message: ``model``.
    text : str
    choices : mapping of str to iterable of str
        Canonical names and their aliases.
    listing : str
        Command that shows all choices.

    Returns
    -------
    str

    Raises
    ------
    ScenarioError
        No such name; proposes the closest.
    """
    known = {
        bare_name(alias): name for name, aliases in choices.items() for alias in (name, *aliases)
    }
    for wanted in (bare_name(text), bare_name(text.rsplit("/", 1)[-1])):
        if wanted in known:
            return known[wanted]
    close = dict.fromkeys(known[near] for near in close_names(text, known))
    hint = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(choices)}."
    shown = text if len(text) <= 60 else f"{text[:60]}..."
    raise ScenarioError(f"unknown {what} {shown!r}: {hint} `{listing}` shows all")


def model_named(catalogue: Catalogue, text: str, *, or_described: bool = False) -> str:
    """Return the model that a user means.

    Parameters
    ----------
    catalogue : Catalogue
    text : str
        ``dsr1``, ``openai/gpt-oss-120b`` ...
    or_described : bool
        Whether a user may describe another, which the message then says.

    Returns
    -------
    str

    Raises
    ------
    ScenarioError
        There is none; the message proposes the closest.
    """
    choices = {key: card.aliases for key, card in catalogue.models.items()}
    try:
        return canonical_name("model", text, choices, "wh-uncertainty list models")
    except ScenarioError as error:
        if not or_described:
            raise
        raise ScenarioError(f"{error}; --model-spec states what is known of another") from None
