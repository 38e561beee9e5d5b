"""Make every picture of the README's gallery anew: ``python scripts/refresh_gallery.py``.

Pictures are what the commands draw with ``--plot``, and the pages of `report` and `explore` as
Chromium shows them (requirements/debian.txt). Run it when a picture of the tool changes.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parents[1] / "notebooks" / "pictures"

#: Commands that draw, by the name of their picture.
PLOTS = {
    "simulate.svg": "simulate --model gpt-oss-120b --workload chat",
    "compare.svg": "compare hardware=h200 hardware=b200 hardware=mi355x --model deepseek-r1 "
    "--workload 1k/1k",
    "sensitivity.svg": "sensitivity --model gpt-oss-120b --workload 1k/8k",
    "disclosure.svg": "disclosure --model gpt-oss-120b --workload 1k/8k",
    "sweep.svg": "sweep paces.toml",
}
#: Pages, by the name of their picture.
PAGES = ("report.png", "explore.png")

_PACES = """
model = "gpt-oss-120b"
workload = "1k/1k"
hardware = ["h200", "b200"]
interactivity_tok_s = [15, 25, 40, 60, 90]
"""
_SCENARIOS = """
title = "Assistants of the city"
organisation = "The city"
period = "2026"
[common]
region = "japan"
[[scenario]]
name = "Questions of citizens"
model = "gpt-oss-120b"
workload = "chat"
queries_per_year = 20_000_000
[[scenario]]
name = "Drafts of reports"
model = "deepseek-r1"
workload = "1k/8k"
queries_per_year = 1_500_000
[[scenario]]
name = "Code reviews"
model = "qwen3.5-397b-a17b"
workload = "8k/1k"
queries_per_year = 800_000
"""
_VIEW: Any = {"width": 1000, "height": 1000}  # px
_QUESTION = "?model=gpt-oss-120b&workload=chat&region=japan"


def main() -> None:
    """Draw all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "paces.toml").write_text(_PACES, "utf-8")
        (here / "scenarios.toml").write_text(_SCENARIOS, "utf-8")
        for name, words in PLOTS.items():
            _run(here, *words.split(), "--plot", str(PICTURES / name))
        _run(here, "report", "scenarios.toml", "--output", "briefing.html")
        _photograph(_report_shown(here), PICTURES / "report.png")
        _photograph_explorer(PICTURES / "explore.png")


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "wh_uncertainty.cli.main", *words]


def _run(folder: Path, *words: str) -> None:
    subprocess.run(_command(*words), cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _report_shown(folder: Path) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.goto((folder / "briefing.html").as_uri())
        page.locator("#summary .live svg").wait_for()

    return show


def _photograph_explorer(path: Path) -> None:
    served = _command("explore", "--no-browser")
    with subprocess.Popen(served, stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()

            def show(page: Page) -> None:
                page.goto(address + _QUESTION)
                page.locator("#density-chart svg").wait_for()
                page.locator("#drivers-chart svg").wait_for()

            _photograph(show, path)
        finally:
            process.terminate()


def _photograph(show: Callable[[Page], None], path: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=_VIEW)
        show(page)
        page.screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    main()
