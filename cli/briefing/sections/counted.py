"""What is counted: a picture and a sentence for each boundary that the scenarios have."""

from collections.abc import Mapping
from typing import Any

from wh_uncertainty.cli.briefing.document import Boxes, Paragraph, Section
from wh_uncertainty.cli.briefing.language import Language

__all__ = ["counted_section"]

_BOXES = ("outside", "building", "servers", "boards")
_COUNTED = {"board": "boards", "it": "servers", "facility": "building"}
_PROVISIONED = "provisioned"  # of two vintages; power of the building, in one number


def counted_section(result: Mapping[str, Any], language: Language) -> Section:
    """Show the boundaries.

    Parameters
    ----------
    result : mapping
        As `Briefing.to_dict` gives it.
    language : Language

    Returns
    -------
    Section
    """
    names: dict[str, list[str]] = {}
    for scenario in result["scenarios"]:
        names.setdefault(_kind(scenario["boundary"]), []).append(scenario["name"])
    labels = tuple(language.say(f"counted.{box}") for box in _BOXES)
    blocks: list[Boxes | Paragraph] = []
    for kind, counted in names.items():
        box = _BOXES.index(_COUNTED.get(kind, "building"))
        caption = language.say("counted.picture", names=language.listing(counted))
        blocks.append(Paragraph(language.say(f"counted.{kind}")))
        blocks.append(Boxes(labels, box, caption))
    return Section("counted", language.say("counted.heading"), tuple(blocks))


def _kind(boundary: str) -> str:
    return _PROVISIONED if boundary.startswith(_PROVISIONED) else boundary
