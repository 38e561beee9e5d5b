"""Every language says all that the first one says, with the same places to fill in."""

import re
import string
from pathlib import Path

import pytest

from wh_uncertainty.cli.briefing import briefing_document
from wh_uncertainty.cli.briefing.language import LANGUAGES, Language, load_language
from wh_uncertainty.model.analyses.groups import GROUPS
from wh_uncertainty.model.scenario import Scenario

SOURCES = Path(briefing_document.__file__).parent
OTHERS = [code for code in LANGUAGES if code != "en"]


def _places(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


@pytest.fixture(scope="module")
def english() -> Language:
    return load_language("en")


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_missing(code: str, english: Language) -> None:
    assert list(load_language(code).words) == list(english.words)


@pytest.mark.parametrize("code", OTHERS)
def test_sentences_have_the_same_places(code: str, english: Language) -> None:
    words = load_language(code).words
    differing = [key for key in words if _places(words[key]) != _places(english.words[key])]
    assert differing == []


@pytest.mark.parametrize("code", OTHERS)
def test_sentences_are_translated(code: str, english: Language) -> None:
    words = load_language(code).words
    sentences = {key: said for key, said in english.words.items() if len(_own_words(said)) > 1}
    same = [key for key, said in sentences.items() if words[key] == said]
    assert [key for key in same if not key.startswith("everyday.playstation")] == []


def _own_words(sentence: str) -> list[str]:
    """Words that are not put in."""
    return re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", sentence))


def test_every_word_is_said_somewhere(english: Language) -> None:
    code = "".join(path.read_text("utf-8") for path in SOURCES.rglob("*.py"))
    composed = set(re.findall(r'f"(\w+)\.\{', code))
    silent = [
        key
        for key in english.words
        if key.partition(".")[0] not in composed and f'"{key}"' not in code
    ]
    assert silent == []


def test_what_the_model_names_has_words(english: Language) -> None:
    assert {f"group.{group.key}" for group in GROUPS} <= english.words.keys()
    assert {f"asked.{key}" for key in Scenario.__slots__} <= english.words.keys()


@pytest.mark.parametrize(
    ("code", "thousand", "percent"),
    [
        ("en", "1,234.5", "42.0%"),
        ("ja", "1,234.5", "42.0%"),
        ("ko", "1,234.5", "42.0%"),
        ("de", "1.234,5", "42,0\u00a0%"),
        ("fr", "1\u202f234,5", "42,0\u00a0%"),
    ],
)
def test_numbers_are_written_as_the_language_does(code: str, thousand: str, percent: str) -> None:
    language = load_language(code)
    assert language.number(1234.5, 5) == thousand
    assert language.percent(0.42, 1) == percent


def test_a_huge_count_is_written_in_full() -> None:
    assert load_language("de").stated(1.00002e12) == "1.000.020.000.000"


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0%"), (0.001, "< 1%"), (0.999, "> 99%"), (1, "100%")]
)
def test_a_share_is_not_rounded_to_none_or_all(share: float, said: str, english: Language) -> None:
    assert english.percent(share) == said


def test_what_is_put_in_is_not_read_for_places(english: Language) -> None:
    ends = {"low": "1", "middle": "2", "high": "3"}
    assert "{low}" in english.say("summary.lead", name="{low}", **ends)
