"""A user's description of a model or an accelerator that the release does not know.

One TOML file with one table, ``[model.NAME]`` or ``[hardware.NAME]``, whose keys are those of the
release; what the roofline and the power need must be there. Anybody may have written it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from wh_uncertainty.priors.catalogue import Catalogue
from wh_uncertainty.priors.files import parse_toml
from wh_uncertainty.priors.names import bare_name
from wh_uncertainty.priors.parse import HARDWARE_FIELDS, MODEL_FIELDS
from wh_uncertainty.priors.records import PRECISIONS, Hardware, ModelCard, SpecFile
from wh_uncertainty.priors.spec import PriorError
from wh_uncertainty.priors.tables import Field, read_table, table_of, text, texts

__all__ = ["read_hardware_spec", "read_model_spec"]

# A generation is known if the release says how far its deployments stand apart.
_GENERATION_PRIOR = "deployment_spread_"
_UNKNOWN_GENERATION_PRIOR = _GENERATION_PRIOR + "unknown"

_LARGEST_BYTES = 100_000
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_CACHE_PRIORS = "kv_over_roofline"
_SPECULATION = ("mtp",)  # kinds that were benchmarked

_MODEL_NEEDS = ("total_params_b", "active_params_b", "native_precision")
_HARDWARE_NEEDS = (
    "vendor",
    "tdp_w",
    "bf16_dense_tflops",
    "fp8_dense_tflops",
    "hbm_gb",
    "hbm_tbps",
)
_UNSAID: Mapping[str, Any] = {"aliases": (), "source": ()}

# Far outside of what is built, so that a slip of units is told and no number overflows.
_RANGES: Mapping[str, tuple[float, float, str]] = {
    "total_params_b": (0.01, 1e5, "10^9 parameters"),
    "active_params_b": (0.01, 1e5, "10^9 parameters"),
    "layers": (1, 1e4, "layers"),
    "kv_bytes_per_token_bf16": (10, 1e8, "bytes per token"),
    "price_usd_per_mtok_input": (0, 1e5, "USD per 10^6 tokens"),
    "price_usd_per_mtok_output": (0, 1e5, "USD per 10^6 tokens"),
    "tdp_w": (10, 1e5, "W"),
    "bf16_dense_tflops": (1, 1e6, "TFLOP/s"),
    "fp8_dense_tflops": (1, 1e6, "TFLOP/s"),
    "fp4_dense_tflops": (1, 1e6, "TFLOP/s"),
    "hbm_gb": (1, 1e5, "GB"),
    "hbm_tbps": (0.01, 1e4, "TB/s"),
    "provisioned_2025_12_kw": (0.01, 1e3, "kW"),
    "provisioned_2026_07_kw": (0.01, 1e3, "kW"),
}


def read_model_spec(path: Path, catalogue: Catalogue) -> tuple[ModelCard, SpecFile]:
    """Read and check the description of a model.

    Parameters
    ----------
    path
        TOML file with one table ``[model.NAME]``.
    catalogue
        Whose names are taken, and whose priors it may name.

    Raises
    ------
    PriorError
        Unreadable, or a rule is broken: one line with file, key, value and remedy.
    """

    def model(key: str, table: object) -> ModelCard:
        fields = {**MODEL_FIELDS, "speculation": (texts, False)}
        values = _values(f"model.{key}", table, fields, _MODEL_NEEDS)
        taken = {name: card.aliases for name, card in catalogue.models.items()}
        _check_names("model", key, values, taken)
        values.setdefault("precision_order", (values["native_precision"],))
        unsaid: dict[str, Any] = {"name": key, "attention": "", "status": "", **_UNSAID}
        card = ModelCard(key=key, **{**unsaid, **values})
        _check_model(card, catalogue)
        return card

    return _read(path, "model", model)


def read_hardware_spec(path: Path, catalogue: Catalogue) -> tuple[Hardware, SpecFile]:
    """Read and check the description of an accelerator (see `read_model_spec`).

    Parameters
    ----------
    path
        TOML file with one table ``[hardware.NAME]``.
    catalogue

    Raises
    ------
    PriorError
        Unreadable, or a rule is broken.
    """
    known = [
        name.removeprefix(_GENERATION_PRIOR)
        for name in catalogue.priors
        if name.startswith(_GENERATION_PRIOR) and name != _UNKNOWN_GENERATION_PRIOR
    ]

    def hardware(key: str, table: object) -> Hardware:
        fields = {**HARDWARE_FIELDS, "generation": (text, False)}
        values = _values(f"hardware.{key}", table, fields, _HARDWARE_NEEDS)
        taken = {name: gpu.aliases for name, gpu in catalogue.hardware.items()}
        _check_names("hardware", key, values, taken)
        generation = values.get("generation")
        if generation is not None and generation not in known:
            raise PriorError(
                f"[hardware.{key}].generation: {generation!r} was not benchmarked; use one of "
                f"{', '.join(known)}, or leave the key out for a generation of its own"
            )
        _check_speeds(key, values)
        unsaid: dict[str, Any] = {"name": key, "locator": "", **_UNSAID}
        return Hardware(key=key, **{**unsaid, **values})

    return _read(path, "hardware", hardware)


def _read[T](path: Path, kind: str, record: Callable[[str, object], T]) -> tuple[T, SpecFile]:
    content = _content(path)
    tables = parse_toml(str(path), content)
    try:
        key, table = _only_table(tables, kind)
        made = record(key, table)
    except PriorError as error:
        raise PriorError(f"{path} {error}") from error
    return made, SpecFile(kind, key, path.name, sha256(content).hexdigest())


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe or a device may never end
            raise PriorError(f"{path}: is not a file; name a TOML file that describes one thing")
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except OSError as error:
        raise PriorError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST_BYTES:
        raise PriorError(f"{path}: a description of one thing stays below {_LARGEST_BYTES:,} bytes")
    return content


def _only_table(tables: Mapping[str, object], kind: str) -> tuple[str, object]:
    for name in tables:
        if name != kind:
            other = {"model": "hardware", "hardware": "model"}[kind]
            remedy = f"give it to --{other}-spec" if name == other else f"write [{kind}.NAME]"
            raise PriorError(f"[{name}]: is no description of a {kind}; {remedy}")
    found = table_of(f"[{kind}]", tables.get(kind, {}))
    if len(found) != 1:
        raise PriorError(
            f"[{kind}]: describes {len(found)}; a file has one table, [{kind}.NAME], with its facts"
        )
    key, table = next(iter(found.items()))
    if not _NAME.fullmatch(key):
        raise PriorError(
            f"[{kind}.{key:.60}]: a name has up to 60 of a-z, 0-9, '.', '_' and '-', and starts "
            "with a letter or digit; rename it"
        )
    return key, table


def _values(
    name: str, table: object, fields: Mapping[str, Field], needed: Iterable[str]
) -> dict[str, Any]:
    for key, value in table_of(f"[{name}]", table).items():
        if isinstance(value, dict):
            kind, _, stem = name.partition(".")
            raise PriorError(
                f"[{name}.{key}]: is a table within a table; put a name with dots in quotes, "
                f'[{kind}."{stem}.{key}"]'
            )
    required = {key: (read, key in needed) for key, (read, _) in fields.items()}
    values = read_table(name, table, required)
    for key, (low, high, unit) in _RANGES.items():
        if key in values and not low <= values[key] <= high:
            raise PriorError(
                f"[{name}].{key}: {values[key]!s:.20} is not between {low:g} and {high:g} {unit}; "
                "check the unit"
            )
    return values


def _check_names(
    kind: str, key: str, values: Mapping[str, Any], taken: Mapping[str, tuple[str, ...]]
) -> None:
    owners = {bare_name(alias): name for name, more in taken.items() for alias in (name, *more)}
    for alias in (key, *values.get("aliases", ())):
        owner = owners.get(bare_name(alias))
        if owner is not None:
            raise PriorError(
                f"[{kind}.{key}]: {alias!r} is {owner!r} of the release, whose facts stay; choose "
                "another name, or replace its priors with --priors"
            )


def _check_speeds(key: str, values: Mapping[str, Any]) -> None:
    """Refuse a narrower format that computes more slowly: no unit of any accelerator does."""
    stated = [f"{name}_dense_tflops" for name in ("bf16", "fp8", "fp4")]
    stated = [name for name in stated if values.get(name) is not None]
    for wider, narrower in pairwise(stated):
        if values[narrower] < values[wider]:
            raise PriorError(
                f"[hardware.{key}].{narrower}: {values[narrower]:g} is less than {wider}, "
                f"{values[wider]:g}; state dense speeds, the wider format's where there is no "
                "unit for the narrower"
            )


def _check_model(card: ModelCard, catalogue: Catalogue) -> None:
    where = f"[model.{card.key}]"
    if card.active_params_b > card.total_params_b:
        raise PriorError(
            f"{where}.active_params_b: {card.active_params_b:g} is more than total_params_b, "
            f"{card.total_params_b:g}; active are those that one token passes through"
        )
    for precision in (card.native_precision, *card.precision_order):
        if precision not in PRECISIONS:
            raise PriorError(
                f"{where}.native_precision, precision_order: {precision!r} is not one of "
                f"{', '.join(PRECISIONS)}; name the closest"
            )
    if card.precision_order[:1] != (card.native_precision,):
        raise PriorError(
            f"{where}.precision_order: starts with another than the native one; put "
            f"{card.native_precision!r} first"
        )
    known = [name for name in catalogue.priors if name.startswith(_CACHE_PRIORS)]
    if card.cache_prior not in known:
        raise PriorError(
            f"{where}.cache_prior: {card.cache_prior!r} is no prior of cache reads; use one of "
            f"{', '.join(known)}"
        )
    for kind in card.speculation:
        if kind not in _SPECULATION:
            raise PriorError(
                f"{where}.speculation: {kind!r} was not benchmarked; use one of "
                f"{', '.join(_SPECULATION)}, or leave the key out"
            )
