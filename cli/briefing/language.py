"""A language: the words of the documents, and how it writes numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from typing import Any

from wh_uncertainty.cli.charts.vega import Signs
from wh_uncertainty.cli.numbers import significant, stated, supported_digits

__all__ = ["LANGUAGES", "Language", "document_words", "load_language"]

Quantiles = Mapping[str, float]

LANGUAGES = ("en", "ja", "ko", "de", "fr")


@dataclass(frozen=True, slots=True)
class Language:
    """Words by their key, and signs of numbers.

    Parameters
    ----------
    code : str
    words : mapping of str to str
        Keys are ``table.key`` of the language's file.
    signs : Signs
    """

    code: str
    words: Mapping[str, str]
    signs: Signs

    def say(self, key: str, **parts: object) -> str:
        """Return a sentence with its parts put in.

        Parameters
        ----------
        key : str
        **parts
            What the places in braces hold; they are not read for braces themselves.
        """
        return self.words[key].format_map(parts)

    def number(self, value: float, digits: int = 3) -> str:
        """Write a number with significant digits."""
        return self._localised(significant(value, digits))

    def stated(self, value: float) -> str:
        """Write a number as somebody stated it, with no digit more."""
        return self._localised(stated(value))

    def whole(self, value: float) -> str:
        """Write a count."""
        return self._localised(f"{value:,.0f}")

    def listing(self, texts: Iterable[str]) -> str:
        """Write texts one after the other."""
        return self.say("number.list").join(texts)

    def quantity(self, quantiles: Quantiles, key: str = "p50", scale: float = 1) -> str:
        """Write one quantile with the digits that its interval supports."""
        return self.number(scale * quantiles[key], supported_digits(quantiles))

    def interval(self, quantiles: Quantiles, low: str = "p05", high: str = "p95") -> str:
        """Write an interval."""
        ends = {"low": self.quantity(quantiles, low), "high": self.quantity(quantiles, high)}
        return self.say("number.range", **ends)

    def percent(self, share: float, decimals: int = 0) -> str:
        """Write a share per cent; what is neither none nor all is not rounded to it."""
        least = 0.5 * 10.0 ** -(decimals + 2)
        if 0 < share < least:
            return f"< {self._localised(f'{10.0**-decimals:.{decimals}f}')}{self.signs.percent}"
        if 1 - least < share < 1:
            return (
                f"> {self._localised(f'{100 - 10.0**-decimals:.{decimals}f}')}{self.signs.percent}"
            )
        return f"{self._localised(f'{100 * share:.{decimals}f}')}{self.signs.percent}"

    def _localised(self, text: str) -> str:
        """Exchange the signs of an English number."""
        signs = {",": self.signs.group, ".": self.signs.decimal}
        return "".join(signs.get(char, char) for char in text)


def document_words(language: Language) -> dict[str, str]:
    """Return what renderers say themselves."""
    return {
        "contents": language.say("document.contents"),
        "intervals": language.say("table.median_interval"),
    }


def load_language(code: str) -> Language:
    """Read a language that ships with the package.

    Parameters
    ----------
    code : str
        One of `LANGUAGES`.

    Returns
    -------
    Language
    """
    import tomllib

    text = files(__package__).joinpath("languages", f"{code}.toml").read_text("utf-8")
    words = {
        f"{table}.{key}": sentence
        for table, sentences in tomllib.loads(text).items()
        for key, sentence in sentences.items()
    }
    return Language(code, words, _signs(code))


def _signs(code: str) -> Signs:
    numbers: Any = import_module("babel.numbers")
    decimal: str = numbers.get_decimal_symbol(code)
    group: str = numbers.get_group_symbol(code)
    percent: str = numbers.format_percent(1, locale=code).removeprefix("100")
    return Signs(decimal, group, percent)
