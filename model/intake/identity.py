"""What ran, under the names of the catalogue: models, accelerators, formats and engines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wh_uncertainty.model.deployment import LABELS
from wh_uncertainty.model.intake.findings import Group, Outcome
from wh_uncertainty.model.intake.points import Points
from wh_uncertainty.priors import Catalogue
from wh_uncertainty.priors.names import bare_name
from wh_uncertainty.priors.records import PRECISIONS

__all__ = [
    "NOT_STATED",
    "Identity",
    "identify",
    "misnamed",
    "name_findings",
]

NOT_STATED = "unknown"  # stands in the table where a source names no precision or engine

# Renames of engines over time, and the labels of the dashboard.
_FRAMEWORKS = {
    "dynamo-trtllm": "dynamo-trt",
    "dynamo-trt-llm": "dynamo-trt",
    "sglang-disagg": "mori-sglang",
    "trtllm": "trt",
    "trt-llm": "trt",
    "tensorrt-llm": "trt",
}
_ENGINES = ("vllm", "sglang", "trt", "atom")
_PRECISION_IN_NAME = re.compile(r"[-_](?:nv|mx)?(fp4|fp8|bf16|int4)(?=[-_.]|$)", re.IGNORECASE)
_AFTER_NAME = re.compile(r"([-_](?:nv|mx)?(?:fp4|fp8|bf16|int4).*|[-_]preview)$", re.IGNORECASE)
_USABLE = re.compile(r"[a-z0-9][a-z0-9._+-]*")
_JOINTS = re.compile(r"[\s/:]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """Names, one per row; empty where the source says nothing usable.

    Parameters
    ----------
    model, hardware, precision, framework, spec_decoding : list of str
    """

    model: list[str]
    hardware: list[str]
    precision: list[str]
    framework: list[str]
    spec_decoding: list[str]


def identify(points: Points, catalogue: Catalogue) -> Identity:
    """Give every row the names that the catalogue and the other rows use.

    Parameters
    ----------
    points : Points
    catalogue : Catalogue

    Returns
    -------
    Identity
        What the catalogue does not know keeps its own name, in lower case.
    """
    text = points.text
    models = {key: card.aliases for key, card in catalogue.models.items()}
    gpus = {key: gpu.aliases for key, gpu in catalogue.hardware.items()}
    find_model, find_gpu = _finder(models), _finder(gpus)

    def model(name: str | None, prefix: str | None) -> str:
        found = find_model(_model_part(name)) or find_model(prefix or "")
        return found or _plain(_model_part(name) or prefix)

    def hardware(name: str | None, key: str | None) -> str:
        bare = _machine(key or name)
        base = re.split(r"[-_\s(]", bare)[0]  # b200-trt, h200-dgxc, mi355x-amds
        with_number = any(char.isdigit() for char in base)
        return find_gpu(bare) or find_gpu(base) or _plain(base if with_number else bare)

    named = _each(model, text["model"], text["model_prefix"])
    return Identity(
        model=named,
        hardware=_each(hardware, text["hardware"], text["hardware_key"]),
        precision=_each(_precision, text["precision"], text["model"]),
        framework=_each(_framework, text["framework"], text["hardware"]),
        spec_decoding=_each(_speculation, text["spec_decoding"], _mtp(points), named),
    )


def _each(name: Callable[..., str], *columns: Sequence[str | None]) -> list[str]:
    """Name rows, working only once on what stands in many."""
    known: dict[tuple[str | None, ...], str] = {}
    return [
        known[cells] if cells in known else known.setdefault(cells, name(*cells))
        for cells in zip(*columns, strict=True)
    ]


def _finder(choices: Mapping[str, Iterable[str]]) -> Callable[[str], str]:
    """Return a search that ignores case, punctuation and maker, and finds nothing for nothing."""
    known: dict[str, str] = {}
    for name, aliases in choices.items():
        for alias in (name, *aliases):
            known[bare_name(alias)] = known[bare_name(alias.rsplit("/", 1)[-1])] = name
    return lambda text: known.get(bare_name(text), "")


def _model_part(name: str | None) -> str:
    """Drop folder, maker and number format: `model` may be a path on the benchmark's machine."""
    return _AFTER_NAME.sub("", (name or "").rstrip("/").rsplit("/", 1)[-1])


def _machine(name: str | None) -> str:
    return (name or "").strip().lower().removeprefix("cluster:")


def _plain(name: str | None) -> str:
    text = _JOINTS.sub("-", (name or "").strip().lower())
    return text if _USABLE.fullmatch(text) else ""


def _precision(stated: str | None, model: str | None) -> str:
    if stated:
        return _plain(stated).removeprefix("nv").removeprefix("mx")
    found = _PRECISION_IN_NAME.search(model or "")
    return found[1].lower() if found else NOT_STATED


def _framework(stated: str | None, hardware: str | None) -> str:
    if stated:
        name = _plain(stated)
        return _FRAMEWORKS.get(name, name)
    suffixes = re.split(r"[-_]", _machine(hardware))[1:]  # b200-trt
    return next((engine for engine in _ENGINES if engine in suffixes), NOT_STATED)


def _mtp(points: Points) -> list[str | None]:
    """Read the switch that said before #251 (2025-12-05) what spec_decoding says since."""
    return ["mtp" if on == 1 else None for on in points.number["mtp"].tolist()]


def _speculation(stated: str | None, mtp: str | None, model: str) -> str:
    name = _plain(stated) or mtp or "none"
    return "mtp" if name == "eagle" and model == "minimax-m3" else name  # a label of the dashboard


def misnamed(points: Points, identity: Identity) -> Iterator[Group]:
    """Say which names are there but can be none: they hold a '|' or begin like a formula."""
    for column in LABELS:
        stated, names = points.text[column], getattr(identity, column)
        pairs = zip(stated, names, strict=True)
        at = np.flatnonzero([bool(text) and not name for text, name in pairs])
        if at.size:
            value = [stated[i] for i in at.tolist()]
            yield Group("a_name", column, at, value, "letters, digits, '.-_+'", Outcome.DROPPED)


def name_findings(text: Mapping[str, Sequence[str]], catalogue: Catalogue) -> Iterator[Group]:
    """Say which names are missing, and which nobody knows.

    Rows of models and accelerators that the catalogue lacks are kept.

    Parameters
    ----------
    text : mapping of str to sequence of str
        The five names of `Identity`, one per row.
    catalogue : Catalogue

    Yields
    ------
    Group
    """
    for column in LABELS:
        names = np.array(text[column], dtype=object)
        at = np.flatnonzero(names == "")
        if at.size:
            yield Group("stated", column, at, "", "a name", Outcome.DROPPED)
        at = np.flatnonzero(names == NOT_STATED)
        if at.size and column in ("precision", "framework"):
            yield Group("software_stated", column, at, "", "a name", Outcome.FLAGGED)
    known: tuple[tuple[str, str, Iterable[str], str], ...] = (
        ("model_known", "model", catalogue.models, "a name of `list models`"),
        ("hardware_known", "hardware", catalogue.hardware, "a name of `list hardware`"),
        ("precision_known", "precision", PRECISIONS, ", ".join(PRECISIONS)),
    )
    for rule, column, choices, expected in known:
        spared = {*choices, "", NOT_STATED}
        at = np.flatnonzero([name not in spared for name in text[column]])
        if at.size:
            value = [text[column][i] for i in at.tolist()]
            yield Group(rule, column, at, value, expected, Outcome.KEPT)
