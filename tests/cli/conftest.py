import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="session")
def run(command: list[str]) -> Run:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment.pop("COLUMNS", None)  # help is as wide as the terminal

    def run_command(
        *arguments: object, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*command, *map(str, arguments)],
            capture_output=True,
            check=False,
            cwd=cwd,
            env=environment,
            timeout=120,
        )

    return run_command


@pytest.fixture
def result() -> dict[str, Any]:
    """What Simulation.to_dict gives, written by hand: with a region, one board unmeasured."""
    text = (Path(__file__).parent / "simulation.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


@pytest.fixture(scope="session")
def writers() -> dict[str, tuple[str, ...]]:
    """A command line of each command that writes files, from the folder `inputs`."""
    asked = ("--model=gpt-oss-120b", "--workload=chat", "--draws=50000", "--format=json")
    return {
        "simulate": ("simulate", *asked, "--output=answer.json", "--plot=answer.svg"),
        "sweep": ("sweep", "grid.toml", "--draws=100000", "--jobs=2", "--output=table.csv"),
        "report": (
            *("report", "scenarios.toml", "--draws=2000"),
            *("--output=page.html", "--json=page.json"),
        ),
        "account": (
            *("account", "--requests=log.csv", "--map=map.toml", "--draws=100000"),
            *("--output=sums.json", "--rejected=refused.csv"),
        ),
        "observations": ("observations", "import", "rows.json", "--out=rows.csv"),
        "measure": (
            *("measure", *asked, "--boundary=it", "--requests=3000", "--energy-kwh=1"),
            *("--save=site.toml", "--output=answer.json"),
        ),
        "fit": (
            "fit",
            *("--model=board-power", "--tune=100", "--draws=100000", "--out=posterior"),
        ),
    }


@pytest.fixture
def inputs(tmp_path: Path, vintages: Any) -> Path:
    """All that `writers` read, beside a folder for what is temporary."""
    requests = [f"gpt-oss-120b,{100 + k},{50 + k % 300}" for k in range(100_000)]
    rows = [vintages.result_v2(point) for point in vintages.points(3_000, seed=3)]
    question = 'model = "gpt-oss-120b"\nworkload = "chat"\n'
    columns = 'model = "model"\ninput_tokens = "in"\noutput_tokens = "out"\n'
    files = {
        "grid.toml": 'model = ["gpt-oss-120b", "glm-5"]\nworkload = ["1k/1k", "1k/8k", "chat"]\n',
        "scenarios.toml": f'[[scenario]]\nname = "Chat"\n{question}',
        "map.toml": f"[columns]\n{columns}",
        "log.csv": "\n".join(["model,in,out", *requests]) + "\n",
        "rows.json": json.dumps(rows),
    }
    work = tmp_path / "work"
    work.mkdir()
    for name, text in files.items():
        (work / name).write_text(text, "utf-8")
    (tmp_path / "temporary").mkdir()
    return work


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
