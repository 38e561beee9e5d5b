"""What the columns of a request log mean: a map in TOML, own or ready made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from wh_uncertainty.cli.accounting.preset_maps import map_path, preset_path
from wh_uncertainty.model.accounts.services import SITE_ANSWERS, Site
from wh_uncertainty.model.files.answers_file import parse_answers, read_small_file
from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.model.scenario import check_answers

__all__ = ["RequestMap", "read_request_map"]

_TIME_UNITS = ("timestamp", "s", "ms", "us", "ns")
_COLUMNS = ("input_tokens", "output_tokens", "cached_tokens", "model", "time", "site")
_NEEDED = ("input_tokens", "output_tokens", "model")
_KEYS = (
    *("extends", "cached_within_input", "time_unit", "group_by", "rows"),
    *("columns", "labels", "models", "defaults", "sites", "skip"),
)
_OWN_SITE = "all"  # where the log tells no sites apart
_LARGEST_FACTOR_G = 1e4
_NAMES_SHOWN, _MOST_LEVELS = 5, 8

Table = dict[str, Any]
#: Where a value is, tried in turn: names from the outermost column inwards.
Places = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class RequestMap:
    """A map that has been read and checked.

    Parameters
    ----------
    name : str
        As it was asked for.
    sha256 : str
        Of the file, and of the preset that it extends.
    columns : mapping of str to Places
        Of `_COLUMNS`, those that the log has.
    labels : mapping of str to Places
        Further columns to group by.
    skip : mapping of str to tuple of str
        Rows where a column holds one of these texts are no requests to a model.
    rows : tuple of str
        Lists inside of lists whose innermost elements are the requests; empty where rows are.
    cached_within_input : bool
        Whether input tokens include cached ones.
    time_unit : str
    group_by : tuple of str
    models : mapping of str to str
    sites : mapping of str to Site
        By the names that the log has for them.
    defaults : Site
        What a site is like where the map lists none; those of `sites` have it within already.
    """

    name: str
    sha256: str
    columns: Mapping[str, Places]
    labels: Mapping[str, Places]
    skip: Mapping[str, tuple[str, ...]]
    rows: tuple[str, ...]
    cached_within_input: bool
    time_unit: str
    group_by: tuple[str, ...]
    models: Mapping[str, str]
    sites: Mapping[str, Site]
    defaults: Site

    @property
    def counts_cache(self) -> bool:
        """Whether the log knows which prompt tokens a cache served."""
        return "cached_tokens" in self.columns

    def sites_of(self, names: Iterable[str]) -> dict[str, Site]:
        """Return what is known of the sites of a log.

        Parameters
        ----------
        names : iterable of str

        Returns
        -------
        dict of str to Site

        Raises
        ------
        ScenarioError
            The map lists sites, and not all of these.
        """
        wanted = dict.fromkeys(names)
        strange = [name for name in wanted if self.sites and name not in self.sites]
        if strange:
            shown = ", ".join(map(repr, strange[:_NAMES_SHOWN]))
            more = f" and {len(strange) - _NAMES_SHOWN} more" if len(strange) > _NAMES_SHOWN else ""
            raise ScenarioError(
                f"{self.name}: requests of sites that have no table: {shown}{more}; add "
                f"[sites.{_quoted(strange[0])}] and so on, empty if nothing is known of one"
            )
        return {name: self.sites.get(name) or self._unlisted(name) for name in wanted}

    def _unlisted(self, name: str) -> Site:
        """Return a site of a map that lists none."""
        base = self.defaults
        operator = base.operator if base.operator != _OWN_SITE else name
        return replace(base, name=name, operator=operator)


def read_request_map(name: str, measured: Path | None = None) -> RequestMap:
    """Read a map by its path, or a preset by its name.

    Parameters
    ----------
    name : str
    measured : Path, optional
        Site file of sites that state none of their own.

    Returns
    -------
    RequestMap

    Raises
    ------
    ScenarioError
        Unreadable, malformed, an unknown key, or a value that breaks a rule.
    """
    path = map_path(name)
    written = read_small_file(path, "map")
    content, digest = parse_answers(path, written), sha256(written)
    base = content.pop("extends", None)
    if base is not None:
        preset = preset_path(base, f"{path} [extends]")
        written = read_small_file(preset, "map")
        digest.update(written)
        content = _laid_over(parse_answers(preset, written), content)
    if measured is not None and "defaults" not in content:
        content["defaults"] = {}
    if measured is not None and isinstance(content["defaults"], dict):
        content["defaults"] = {"measured": str(measured.absolute()), **content["defaults"]}
    return _checked(path, name, digest.hexdigest(), content)


def _laid_over(base: Table, own: Table) -> Table:
    """Let own keys replace those of a preset, inside of tables one by one."""
    merged = {**base, **own}
    for key in base.keys() & own.keys():
        if isinstance(base[key], dict) and isinstance(own[key], dict):
            merged[key] = {**base[key], **own[key]}
    return merged


def _checked(path: Path, name: str, digest: str, content: Table) -> RequestMap:
    _check_keys(path, "", content, _KEYS)
    columns = {
        key: _places(path, f"columns.{key}", v) for key, v in _table(path, content, "columns")
    }
    _check_keys(path, "columns.", columns, _COLUMNS)
    for key in _NEEDED:
        if key not in columns:
            raise ScenarioError(f'{path} [columns.{key}]: is missing; name it, {key} = "..."')
    labels = {key: _places(path, f"labels.{key}", v) for key, v in _table(path, content, "labels")}
    defaults = _site(path, "defaults", _OWN_SITE, dict(_table(path, content, "defaults")))
    return RequestMap(
        name=name,
        sha256=digest,
        columns=columns,
        labels=labels,
        skip={key: _texts(path, f"skip.{key}", v) for key, v in _table(path, content, "skip")},
        rows=_levels(path, content["rows"]) if "rows" in content else (),
        cached_within_input=_within(path, content),
        time_unit=_choice(path, "time_unit", content.get("time_unit", "timestamp"), _TIME_UNITS),
        group_by=_group_by(path, content.get("group_by", ["model"]), columns, labels),
        models={key: _text(path, f"models.{key}", v) for key, v in _table(path, content, "models")},
        sites={
            key: _site(
                path, f"sites.{key}", key, {**content.get("defaults", {}), **_is(path, key, v)}
            )
            for key, v in _table(path, content, "sites")
        },
        defaults=defaults,
    )


def _check_keys(
    path: Path, within: str, content: Mapping[str, Any], known: tuple[str, ...]
) -> None:
    for key in content:
        if key not in known:
            raise ScenarioError(f"{path} [{within}{key}]: unknown key; keys are {', '.join(known)}")


def _table(path: Path, content: Table, key: str) -> list[tuple[str, Any]]:
    return list(_is(path, key, content.get(key, {})).items())


def _is(path: Path, key: str, value: Any) -> Table:
    if not isinstance(value, dict):
        raise ScenarioError(f"{path} [{key}]: {value!r} must be a table")
    return value  # pyright: ignore[reportUnknownVariableType]


def _text(path: Path, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ScenarioError(f"{path} [{key}]: {value!r} must be a text")
    return value


def _texts(path: Path, key: str, value: Any) -> tuple[str, ...]:
    listed: list[Any] = value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
    if not listed:
        raise ScenarioError(f"{path} [{key}]: is empty; name a column, or leave it out")
    return tuple(_text(path, key, text) for text in listed)


def _places(path: Path, key: str, value: Any) -> Places:
    """Read ``a/b``: b inside of column a; ``~1`` is a slash and ``~0`` a tilde, as in RFC 6901."""
    return tuple(
        tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/"))
        for text in _texts(path, key, value)
    )


def _within(path: Path, content: Table) -> bool:
    given = content.get("cached_within_input")
    if isinstance(given, bool):
        return given
    if given is None and "cached_tokens" not in content.get("columns", {}):
        return True
    raise ScenarioError(
        f"{path} [cached_within_input]: must be true where input tokens include cached ones "
        "(OpenAI, vLLM), false where cache reads are counted apart"
    )


def _levels(path: Path, value: Any) -> tuple[str, ...]:
    levels = _texts(path, "rows", value)
    if len(levels) > _MOST_LEVELS:
        raise ScenarioError(
            f"{path} [rows]: {len(levels)} lists inside of lists, at most {_MOST_LEVELS}; name "
            "those that lead to the requests"
        )
    if len(set(levels)) < len(levels):
        raise ScenarioError(f"{path} [rows]: names a list twice; each is inside of the one before")
    return levels


def _choice(path: Path, key: str, value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ScenarioError(f"{path} [{key}]: {value!r} must be one of {', '.join(known)}")
    return str(value)


def _group_by(path: Path, value: Any, columns: Table, labels: Table) -> tuple[str, ...]:
    keys = dict.fromkeys(_texts(path, "group_by", value)) if value != [] else {}
    known = ("model", *(("site",) if "site" in columns else ()))
    known += ("day",) if "time" in columns else ()
    for label in labels:
        if label in ("model", "site", "day"):
            raise ScenarioError(f"{path} [labels.{label}]: is a column; name the label otherwise")
    for key in keys:
        _choice(path, "group_by", key, (*known, *labels))
    return tuple(keys)


def _site(path: Path, where: str, name: str, table: Table) -> Site:
    operator = _text(path, f"{where}.operator", table.pop("operator", name))
    factor = table.pop("market_based_g_per_kwh", None)
    if factor is not None and (
        isinstance(factor, bool)
        or not isinstance(factor, (int, float))
        or not 0 <= factor <= _LARGEST_FACTOR_G
    ):
        raise ScenarioError(
            f"{path} [{where}.market_based_g_per_kwh]: {factor!r} must be a number from 0 to "
            f"{_LARGEST_FACTOR_G:g} (gCO2e/kWh, of the contract)"
        )
    measured = table.pop("measured", None)
    if measured is not None:
        measured = path.parent / _text(path, f"{where}.measured", measured)
    known = (*SITE_ANSWERS, "operator", "market_based_g_per_kwh", "measured")
    _check_keys(path, f"{where}.", table, known)
    answers = check_answers(path, table, f"{where}.")
    return Site(name, operator, answers, None if factor is None else float(factor), measured)


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
