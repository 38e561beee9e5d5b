"""What a scenario asks, answer by answer, and what its open answers come to."""

from collections.abc import Callable, Mapping
from typing import Any

from wh_uncertainty.cli.briefing.document import Column, Table
from wh_uncertainty.cli.briefing.language import Language
from wh_uncertainty.model.scenario import Scenario

__all__ = ["question_table"]

Result = Mapping[str, Any]

_ALWAYS = ("model", "workload", "hardware", "precision", "interactivity_tok_s", "provider")
_OPEN = (None, "any")


def question_table(position: int, s: Result, language: Language) -> Table:
    """State the question of a scenario.

    Parameters
    ----------
    position : int
        Of the scenario, from 1.
    s : mapping
        A scenario of `Briefing.to_dict`.
    language : Language

    Returns
    -------
    Table
    """
    asked = s["scenario"]
    shown = [key for key in Scenario.__slots__ if key in _ALWAYS or asked[key] not in _OPEN]
    rows = tuple((language.say(f"asked.{key}"), _answer(key, s, language)) for key in shown)
    columns = Column(language.say("table.question")), Column(language.say("table.answer"))
    return Table(f"{position} question", language.say("scenario.question"), columns, rows)


def _answer(key: str, s: Result, language: Language) -> str:
    value = s["scenario"][key]
    if key in _WORDS:
        return _WORDS[key](s, language)
    if value in _OPEN:
        return language.say("asked.open")
    if isinstance(value, float):
        return language.stated(value)
    return language.words.get(f"value.{value}", str(value))


def _workload(s: Result, language: Language) -> str:
    resolved = s["scenario"]["resolved"]
    tokens = {"input": resolved["mean_isl_tok"], "output": resolved["mean_osl_tok"]}
    said = {place: language.whole(value) for place, value in tokens.items()}
    name, title = s["scenario"]["workload"], resolved["workload_title"]
    named = name if title == name else f"{name} ({title})"
    tokens_said = language.say("asked.tokens", **said)
    return language.say("asked.workload_said", name=named, tokens=tokens_said)


def _hardware(s: Result, language: Language) -> str:
    mix = language.listing(
        f"{part['hardware'].upper()} {language.percent(part['share'])}"
        for part in sorted(s["scenario"]["resolved"]["hardware_mix"], key=lambda p: -p["share"])
        if part["share"]
    )
    pinned = s["scenario"]["hardware"]
    return language.say("asked.mix", mix=mix) if pinned is None else pinned.upper()


def _precision(s: Result, language: Language) -> str:
    mix = language.listing(s["scenario"]["resolved"]["precision"])
    pinned = s["scenario"]["precision"]
    return language.say("asked.mix", mix=mix) if pinned is None else pinned


def _speed(s: Result, language: Language) -> str:
    pinned = s["scenario"]["interactivity_tok_s"]
    if pinned is None:
        return language.say("asked.open")
    return language.say("asked.tok_s", value=language.stated(pinned))


def _region(s: Result, language: Language) -> str:
    return s["emissions"]["region"] if s["emissions"] else language.say("asked.open")


def _cached(s: Result, language: Language) -> str:
    pinned = s["scenario"]["cached_share"]
    return language.say("asked.open") if pinned is None else language.percent(pinned)


_WORDS: Mapping[str, Callable[[Result, Language], str]] = {
    "workload": _workload,
    "hardware": _hardware,
    "precision": _precision,
    "interactivity_tok_s": _speed,
    "region": _region,
    "cached_share": _cached,
}
