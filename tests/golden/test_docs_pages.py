"""Generated pages say what the catalogue and the command line say today."""

import os
import re
import subprocess
import sys
from pathlib import Path

from wh_uncertainty.priors import load_catalogue
from wh_uncertainty.priors.records import REGION_QUANTITIES

CHECKOUT = Path(__file__).parents[2]
SCRIPT = CHECKOUT / "scripts" / "build_docs.py"
PRIORS = (CHECKOUT / "docs" / "priors.md").read_text("utf-8")


def test_pages_are_up_to_date() -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_prior_has_its_place_and_every_source_its_target() -> None:
    catalogue = load_catalogue()
    headings = re.findall(r"^### `(.+)`$", PRIORS, re.MULTILINE)
    named = [name for name in catalogue.priors if not name.startswith("region.")]
    assert sorted(headings) == sorted([*named, *REGION_QUANTITIES])
    targets = re.findall(r"^\((source-.+)\)=$", PRIORS, re.MULTILINE)
    assert len(set(targets)) == len(targets) == len(catalogue.references)
    assert set(re.findall(r"\(#(source-[^)]+)\)", PRIORS)) <= set(targets)


def test_regions_have_a_row_for_each_prior() -> None:
    _, _, regions = PRIORS.partition("\n## Regions\n")
    regions, _, _ = regions.partition("\n### Direct emissions\n")
    rows = re.findall(r"^\| (?!region|---)", regions, re.MULTILINE)
    assert len(rows) == sum(name.startswith("region.") for name in load_catalogue().priors)


def test_the_site_lists_every_page() -> None:
    index = (CHECKOUT / "docs" / "index.md").read_text("utf-8")
    tree = re.search(r"```\{toctree\}\n(?::.*\n)*\n(.+?)```", index, re.DOTALL)
    assert tree is not None
    pages = {path.stem for path in (CHECKOUT / "docs").glob("*.md")} - {"index"}
    assert set(tree[1].split()) == pages
