"""Maps of well-known request logs that come with the package."""

from __future__ import annotations

from pathlib import Path

from wh_uncertainty.model.names import ScenarioError
from wh_uncertainty.priors.names import close_names

__all__ = ["PRESETS", "map_path", "preset_path"]

#: Names of the maps that come with the package.
PRESETS = ("otel", "otlp", "openai", "vllm", "litellm")

_DIRECTORY = Path(__file__).parent / "presets"


def map_path(name: str) -> Path:
    """Return where a map is: a preset of that name, or a file.

    Raises
    ------
    ScenarioError
        A bare word that is neither; proposes the closest preset.
    """
    if name in PRESETS:
        return preset_path(name)
    path = Path(name)
    if not path.suffix and not path.exists():
        raise ScenarioError(f"map {name!r}: no such file, and no preset; {_proposal(name)}")
    return path


def preset_path(name: object, where: str = "") -> Path:
    """Return where a preset is.

    Raises
    ------
    ScenarioError
        There is none of that name; proposes the closest.
    """
    if name not in PRESETS:
        raise ScenarioError(f"{where}: {name!r} is no preset; {_proposal(str(name))}")
    return _DIRECTORY / f"{name}.toml"


def _proposal(name: str) -> str:
    near = close_names(name, PRESETS, most=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{hint}presets are {', '.join(PRESETS)}"
