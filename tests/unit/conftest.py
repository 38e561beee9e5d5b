import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def result() -> dict[str, Any]:
    """What Simulation.to_dict gives, written by hand: with a region, one board unmeasured."""
    text = (Path(__file__).parent / "simulation.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


class DrawnTexts(list[tuple[str, Any, Any]]):
    """Every text of a picture, with its place and that of the whole figure [pixels]."""

    def assert_legible(self) -> None:
        """No text leaves the figure, and none lies over another."""
        for text, box, figure in self:
            assert figure.x0 <= box.x0, text
            assert box.x1 <= figure.x1, text
            assert figure.y0 <= box.y0, text
            assert box.y1 <= figure.y1, text
        overlapping = [
            (one, other)
            for (one, box, _), (other, place, _) in combinations(self, 2)
            if box.padded(-0.5).overlaps(place.padded(-0.5))
        ]
        assert overlapping == []


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> DrawnTexts:
    """What is drawn from now on."""
    from matplotlib.text import Text

    kept = DrawnTexts()
    draw = Text.draw

    def draw_and_keep(text: Any, renderer: Any) -> None:
        draw(text, renderer)
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent(renderer)
            kept.append((text.get_text(), box, text.get_figure().bbox.frozen()))

    monkeypatch.setattr(Text, "draw", draw_and_keep)
    return kept
