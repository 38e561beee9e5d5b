"""What the commands that write files are asked, where signals, disks and networks fail them."""

import json
from pathlib import Path
from typing import Any

import pytest


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
