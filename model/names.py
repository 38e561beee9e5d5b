"""Forgiving names: what a user writes, matched to what the catalogue calls it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wh_uncertainty.priors.names import bare_name

__all__ = ["ScenarioError", "canonical_name"]


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
    from difflib import get_close_matches  # only when there is something to complain about

    close = dict.fromkeys(
        known[c] for c in get_close_matches(bare_name(text), known, n=3, cutoff=0.5)
    )
    hint = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(choices)}."
    shown = text if len(text) <= 60 else f"{text[:60]}..."
    raise ScenarioError(f"unknown {what} {shown!r}: {hint} `{listing}` shows all")
