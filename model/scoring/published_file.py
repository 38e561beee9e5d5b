"""The file of published figures: a closed set of keys, and errors that name table and key."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wh_uncertainty.model.analyses.groups import ESTIMANDS
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.scenario import create_scenario
from wh_uncertainty.model.scoring.published import EXPECTATIONS, Published
from wh_uncertainty.model.validate import ValidationError
from wh_uncertainty.priors import Catalogue, PriorError, Source
from wh_uncertainty.priors.tables import Field, number, read_table, table_of, text, texts

__all__ = ["published_path", "read_published"]


def published_path() -> Path:
    """Return the published figures that ship with the package."""
    return Path(__file__).parents[1] / "data" / "references.toml"


def read_published(catalogue: Catalogue, path: Path | None = None) -> tuple[Published, ...]:
    """Read published figures, in the order of the file.

    Parameters
    ----------
    catalogue : Catalogue
        Whose references a figure may cite besides those of the file, and that knows the models.
    path : Path, optional
        Default: the file that ships with the package.

    Returns
    -------
    tuple of Published

    Raises
    ------
    ValidationError
        A rule of the file is broken; names file, table, key, value and remedy.
    """
    path = published_path() if path is None else path
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        tables = read_table(path.stem, content, _FILE)
        sources = {key: _source(key, table) for key, table in tables.get("source", {}).items()}
        if twice := sorted(set(sources) & set(catalogue.references)):
            raise PriorError(f"[source.{twice[0]}]: is a source of the priors; cite that one")
        known = {**catalogue.references, **sources}
        return tuple(_figure(k, t, catalogue, known) for k, t in tables["figure"].items())
    except OSError as error:
        raise ValidationError(f"{path}: {error.strerror}; check the path") from error
    except (PriorError, ValueError) as error:
        raise ValidationError(f"{path.name} {error}") from error


def _tables(where: str, value: object) -> dict[str, dict[str, object]]:
    return {key: table_of(f"{where}.{key}", item) for key, item in table_of(where, value).items()}


def _boolean(where: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise PriorError(f"{where}: {value!r} is neither true nor false; write one of them")
    return value


def _positive(where: str, value: object) -> float:
    wh = number(where, value)
    if not 0 < wh < math.inf:
        raise PriorError(f"{where}: {wh!r} is no energy; write positive watt-hours")
    return wh


def _words(where: str, value: object) -> str:
    words = text(where, value)
    if not words.strip():
        raise PriorError(f"{where}: is empty; every figure states it")
    return words


_FILE: Mapping[str, Field] = {"source": (_tables, False), "figure": (_tables, True)}
_SOURCE: Mapping[str, Field] = dict.fromkeys(
    ("title", "author", "date", "where", "access"), (text, True)
)
_FIGURE: Mapping[str, Field] = {
    **dict.fromkeys(("who", "what", "published", "locator", "differs"), (_words, True)),
    **dict.fromkeys(("estimand", "expectation"), (text, True)),
    "theirs_wh": (_positive, True),
    "theirs_low_wh": (_positive, False),
    "theirs_high_wh": (_positive, False),
    "source": (texts, True),
    "question": (table_of, True),
    "same_model": (_boolean, True),
}


def _source(key: str, table: object) -> Source:
    return Source(key=key, **read_table(f"source.{key}", table, _SOURCE))


def _figure(
    key: str, table: object, catalogue: Catalogue, known: Mapping[str, Source]
) -> Published:
    where = f"figure.{key}"
    found: dict[str, Any] = dict.fromkeys(("theirs_low_wh", "theirs_high_wh"))
    found |= read_table(where, table, _FIGURE)
    for name, choices in (("estimand", ESTIMANDS), ("expectation", EXPECTATIONS)):
        if found[name] not in choices:
            raise PriorError(f"[{where}].{name}: {found[name]!r}; use one of {', '.join(choices)}")
    _check_range(where, found)
    found["source"] = _cited(where, found["source"], known)
    try:
        found["question"] = create_scenario(catalogue, **found["question"])
    except ScenarioError as error:
        raise PriorError(f"[{where}].question: {error}") from error
    return Published(key=key, **found)


def _cited(where: str, keys: tuple[str, ...], known: Mapping[str, Source]) -> tuple[Source, ...]:
    missing = [key for key in keys if key not in known]
    if missing or not keys:
        fault = f"{missing[0]!r} is not a source" if missing else "is empty"
        raise PriorError(f"[{where}].source: {fault}; add [source.KEY] or cite one of the priors")
    return tuple(known[key] for key in keys)


def _check_range(where: str, found: Mapping[str, Any]) -> None:
    low, high = found["theirs_low_wh"], found["theirs_high_wh"]
    if (low is None) != (high is None):
        raise PriorError(f"[{where}]: has one end of a range; state both or neither")
    if low is not None and not low <= found["theirs_wh"] <= high:
        raise PriorError(f"[{where}].theirs_wh: lies outside its range {low:g} to {high:g}")
