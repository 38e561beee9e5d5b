"""Fonts of pictures: one that every machine has, and others for the letters that it lacks."""

from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["FONT", "choose_fonts", "drawable", "more_fonts"]

FONT = "DejaVu Sans"  # comes with matplotlib, so every machine draws the same
# For letters that it lacks, where one is installed: each has Chinese, Japanese or Korean.
_MORE_FONTS = (
    *("Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans CJK KR", "Source Han Sans"),
    *("PingFang SC", "Hiragino Sans", "Apple SD Gothic Neo"),
    *("Microsoft YaHei", "Yu Gothic", "Malgun Gothic"),
    *("WenQuanYi Zen Hei", "IPAGothic", "NanumGothic"),
)
_NO_GLYPH = "?"


@cache
def more_fonts() -> tuple[str, ...]:
    """List the fonts of this machine that have what `FONT` lacks.

    Returns
    -------
    tuple of str
    """
    manager = _font_manager()
    # What was installed since matplotlib was first used here is not on its list.
    listed = {entry.fname for entry in manager.ttflist}
    for path in set(import_module("matplotlib.font_manager").findSystemFonts()) - listed:
        with suppress(OSError, RuntimeError):  # a font of a kind that it does not read
            manager.addfont(path)
    installed = {entry.name for entry in manager.ttflist}
    return tuple(name for name in _MORE_FONTS if name in installed)


@cache
def _letters(family: str) -> frozenset[int]:
    """Return the letters that a font has."""
    path = _font_manager().findfont(family)
    return frozenset(import_module("matplotlib.font_manager").get_font(path).get_charmap())


def _font_manager() -> Any:
    return import_module("matplotlib.font_manager").fontManager


def choose_fonts(figure: Any) -> None:
    """Give every text fonts that have its letters: a name may be in any script.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        All of it is there.
    """
    for text in figure.findobj(import_module("matplotlib.text").Text):
        said = text.get_text()
        legible, families = drawable(said)
        if (legible, families) != (said, [FONT]):
            text.set(text=legible, fontfamily=families)


def drawable(text: str) -> tuple[str, list[str]]:
    """Replace what no font has, which matplotlib would warn of and draw as a box.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    list of str
        Names of the fonts that draw it.
    """
    letters = _letters(FONT)
    missing = {char for char in text if ord(char) not in letters and char != "\n"}
    families = [FONT]
    for name in more_fonts() if missing else ():
        if found := {char for char in missing if ord(char) in _letters(name)}:
            families.append(name)
            missing -= found
    return text.translate(dict.fromkeys(map(ord, missing), _NO_GLYPH)), families
