"""TOML that anybody may have written: parsed in a time that grows no faster than the text."""

from __future__ import annotations

import re

__all__ = ["MOST_KEY_PARTS", "parse_toml_text"]

#: Ours have three. Parsing takes time as their square: for a megabyte of one key, hours.
MOST_KEY_PARTS = 32

_PART = r"(?:[A-Za-z0-9_-]++|\"[^\"\n]*+\"|'[^'\n]*+')"
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MOST_KEY_PARTS}}}")


def parse_toml_text(text: str) -> dict[str, object]:
    """Parse TOML.

    Parameters
    ----------
    text
        Of bounded length.

    Raises
    ------
    ValueError
        Malformed, nested too deep, or with a key of too many parts.
    """
    import tomllib  # not everybody has a file

    if found := _LONG_KEY.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise ValueError(f"a key of more than {MOST_KEY_PARTS} parts (at line {line})")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("lists or tables nest too deep") from None
